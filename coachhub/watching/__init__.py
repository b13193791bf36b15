"""What machines ask: alive, ready, how much of what; and errors told to Sentry, without people."""
