"""Members' private address books, their import, and the doors that the cohort sees of them."""
