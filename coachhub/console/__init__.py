"""The firm admin's and moderators' pages over all rooms, and the staff desk."""
