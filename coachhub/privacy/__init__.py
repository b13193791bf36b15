"""What people may do about their own data: take it with them, and be left alone."""
