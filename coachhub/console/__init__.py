"""Firm admin, moderation and the platform's own desk, over all rooms."""
