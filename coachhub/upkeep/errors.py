"""What goes wrong with a backup."""

from __future__ import annotations


class BackupError(RuntimeError):
    """A backup cannot be made, or must not be trusted; the message says why and what to do."""
