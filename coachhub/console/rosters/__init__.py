"""Rosters: many people invited from one file, looked at first, sent by a job, taken back whole."""
