"""CoachHub: cohorts of people between jobs, and the introductions they make for each other."""
