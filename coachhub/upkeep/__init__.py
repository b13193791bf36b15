"""Keeping it well: backups that are tried, bringing one back, and a doctor who says what to do."""

from coachhub.upkeep.errors import BackupError

__all__ = ["BackupError"]
