"""Cohorts, enrolments, and the coach's view of who needs them today."""
