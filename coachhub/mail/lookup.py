"""Asking the mail server whether it took a mail, by Message-ID, after a stop in between.

The answer is yes, no, or None where it cannot be known; then the mail's class decides.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Protocol

SECONDS = 10
NOT_THERE = frozenset({404, 410})
_LOG_NAMES = ("", ".1")  # the log, and the one before it was rotated


class LookUp(Protocol):
    """A relay that can be asked."""

    def took(self, message_id: str) -> bool | None:
        """Say whether the relay has taken responsibility for a mail; None if it can't tell."""


class Nobody:
    """A relay that cannot be asked."""

    def took(self, message_id: str) -> bool | None:
        """Return None: plain SMTP has no question for it."""
        del message_id
        return None


class PostfixLog:
    """Postfix on this machine, by its log.

    Its `cleanup` writes the Message-ID while it still reads; only when `qmgr` has the mail in its
    queue is it on disk and its 250 under way.
    """

    def __init__(self, path: Path) -> None:
        """Name the log, as in ``/var/log/mail.log``; the one rotated before it is read too."""
        self.path = path

    def took(self, message_id: str) -> bool | None:
        """Return None if the log cannot be read, or nothing of this server is in it."""
        text, readable = "", False
        for name in reversed(_LOG_NAMES):
            try:
                text += (self.path.parent / f"{self.path.name}{name}").read_text(errors="replace")
                readable = True
            except OSError:
                continue
        if not readable or "postfix/" not in text:
            return None
        cleaned = re.compile(rf": ([0-9A-Za-z]+): message-id={re.escape(message_id)}\s")
        queue_ids = cleaned.findall(text + "\n")
        return any(f": {one}: from=" in text for one in queue_ids)


class MailFolder:
    """A folder of ``.eml`` files, one for each mail that was taken: the trial's mailbox."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        self.folder = folder

    def took(self, message_id: str) -> bool | None:
        """Look for the mail's Message-ID in the newest files first."""
        if not self.folder.is_dir():
            return None
        wanted = f"Message-ID: {message_id}".encode()
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            with path.open("rb") as file:
                if wanted in file.read(8192):
                    return True
        return False


class WebLookUp:
    """A relay with an address to ask at: 200 means taken, 404 or 410 not taken."""

    def __init__(self, address: str) -> None:
        """Name the address, with ``{message_id}`` where the Message-ID belongs."""
        self.address = address

    def took(self, message_id: str) -> bool | None:
        """Return None if the relay does not answer, or with anything else."""
        place = urllib.parse.quote(message_id, safe="")
        address = self.address.replace("{message_id}", place)
        try:
            with urllib.request.urlopen(address, timeout=SECONDS):  # noqa: S310 - http(s), by Config
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return False if error.code in NOT_THERE else None
        except (OSError, ValueError):
            return None


def look_up(setting: str) -> LookUp:
    """Return how the relay is asked, by the setting MAIL_LOOKUP."""
    kind, _, where = setting.partition(":")
    if kind == "postfix":
        return PostfixLog(Path(where))
    if kind == "folder":
        return MailFolder(Path(where))
    return WebLookUp(setting) if setting else Nobody()
