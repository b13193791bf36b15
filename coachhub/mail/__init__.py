"""Letters and the outbox: every mail is written down first, then delivered."""
