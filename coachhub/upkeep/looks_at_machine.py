"""What the doctor looks at without a database: encodings, time zones, disks, keys, backups."""

from __future__ import annotations

import datetime as dt
import locale
import os
import shutil
import stat
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet

from coachhub.config import Config
from coachhub.core.db import now
from coachhub.upkeep.backup import backups_in
from coachhub.upkeep.backup import keys as keys_of
from coachhub.upkeep.errors import BackupError
from coachhub.upkeep.findings import Finding, fail, ok, warn
from coachhub.upkeep.manifest import Manifest

LITTLE, HARDLY_ANY = 0.15, 0.05  # of a disk
STALE = dt.timedelta(hours=26)  # a backup is made every day
ZONES = ("Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")


def encodings() -> Iterator[Finding]:
    """Look whether names in every script survive this machine."""
    found = {
        sys.getfilesystemencoding().lower(),
        locale.getpreferredencoding(do_setlocale=False).lower(),
    }
    if {one.replace("-", "") for one in found} == {"utf8"}:
        yield ok("encodings", "Files and texts are UTF-8.")
    else:
        words = f"This machine writes texts as {', '.join(sorted(found))}."
        yield fail("encodings", words, "Set LANG=C.UTF-8 (or PYTHONUTF8=1) for every process.")


def zones() -> Iterator[Finding]:
    """Look whether the time zones are known, so that mails come at people's own hours."""
    missing = [name for name in ZONES if not _known(name)]
    if missing:
        words = f"These time zones are unknown: {', '.join(missing)}."
        yield fail("time zones", words, "Install the package tzdata again: pip install tzdata.")
    else:
        yield ok("time zones", f"{len(zoneinfo.available_timezones())} time zones are known.")


def _known(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo.no_cache(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def disk(config: Config) -> Iterator[Finding]:
    """Look how full the disks are that this machine writes to."""
    folders = {"temporary files": Path(tempfile.gettempdir())}
    for name, given in (("erasures", config.erasures), ("backups", config.backups)):
        if given:
            folders[name] = Path(given)
    for name, folder in folders.items():
        if not folder.is_dir():
            if name == "erasures" and not folder.exists():
                continue  # the first erasure makes it
            words = f"{folder}, for {name}, is no folder."
            yield fail("disk", words, "Make it, for the user that CoachHub runs as.")
            continue
        if not os.access(folder, os.W_OK):
            words = f"{folder}, for {name}, cannot be written to."
            yield fail("disk", words, "Give it to the user that CoachHub runs as.")
            continue
        usage = shutil.disk_usage(folder)
        share = usage.free / usage.total
        words = f"{share:.0%} of the disk for {name} is free ({usage.free / 2**30:.1f} GiB)."
        if share < HARDLY_ANY:
            yield fail("disk", words, "Make room now: what cannot be written is refused.")
        elif share < LITTLE:
            yield warn("disk", words, "Make room, or a larger disk.")
        else:
            yield ok("disk", words)


def keys(config: Config) -> Iterator[Finding]:
    """Look whether the keys are there, are keys, and are for our eyes alone."""
    try:
        known = keys_of(config)
        for key in (*known.writing, *known.retired):
            Fernet(key)
    except (OSError, KeyError, ValueError) as error:
        words = f"The keys cannot be read: {type(error).__name__}."
        yield fail("keys", words, "Put ENCRYPTION_KEYS, or the file of KEYS_FILE, back.")
        return
    if not known.writing:
        yield fail("keys", "There is no key to write with.", "Set ENCRYPTION_KEYS or KEYS_FILE.")
        return
    if config.keys_file:
        mode = Path(config.keys_file).stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            words = f"{config.keys_file} can be read by others on this machine."
            yield fail("keys", words, f"chmod 600 {config.keys_file}")
            return
    if len(known.writing) > 1:
        words = f"{len(known.writing)} keys are in use: an exchange is under way."
        yield warn("keys", words, "Run `coachhub keys rotate` until it says that it is done.")
        return
    yield ok("keys", f"One key writes, {len(known.retired)} are kept for backups.")


def backups(config: Config) -> Iterator[Finding]:
    """Look how old the newest backup is."""
    if not config.backups:
        words = "No folder of backups is named, so nobody looks how old they are."
        yield warn("backups", words, "Set BACKUPS, and run `coachhub backup` every day.")
        return
    found = backups_in(Path(config.backups))
    if not found:
        words = f"There is no backup in {config.backups}."
        yield fail("backups", words, "Run `coachhub backup` now, and every day.")
        return
    try:
        made_at = Manifest.read(found[-1], config.secret_key).made_at
    except BackupError as error:
        yield fail("backups", str(error), "Run `coachhub backup` now.")
        return
    words = f"The newest is of {made_at:%Y-%m-%d %H:%M} UTC."
    if now() - made_at > STALE:
        yield fail("backups", words, "Look why none was made since; run `coachhub backup` now.")
    else:
        yield ok("backups", words)
