"""What members need against what others can give: matches, with worth and reason."""
