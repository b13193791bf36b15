"""Contacts and doors: address books, their import, and what the cohort sees of them."""
