"""What goes in and out of the API: one class for each, which checks and which documents."""
