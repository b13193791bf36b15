"""Reports, cases and decisions; texts can be held back, and every step can be undone."""
