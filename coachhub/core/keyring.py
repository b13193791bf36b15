"""The keys of private texts: where they come from, and how they are exchanged while others read.

They stand in the environment, or in a file outside the database that every process looks at again
whenever it has changed (`KEYS_FILE`), so that a new key works everywhere at once. The first key
writes; all of them read, also those that were retired and are kept as long as backups are.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from coachhub.core.tokens import hashed, keyed_hash

RETIRED_FOR = dt.timedelta(days=35)  # as long as backups are kept


@dataclass(frozen=True)
class Keys:
    """The keys at one moment.

    Attributes:
        writing: Fernet keys, the one that writes first.
        index: keys of the hashes that find a private text again, the one that writes first.
        retired: Fernet keys that only old backups need.
    """

    writing: tuple[str, ...]
    index: tuple[str, ...]
    retired: tuple[str, ...] = ()

    @classmethod
    def of(cls, writing: str, index: str, otherwise: str) -> Keys:
        """Return keys that are separated by spaces; without one of the index, `otherwise` is it.

        That one is taken whole: the words of a pass phrase would be short keys.
        """
        return cls(tuple(writing.split()), tuple(index.split()) or (otherwise,))

    @property
    def mark(self) -> str:
        """Return what tells the writing key from others without telling it."""
        return hashed(self.writing[0])[:16]


class Keyring:
    """The keys of one app."""

    def __init__(self, keys: Keys, file: Path | None = None) -> None:
        """Take the keys of the environment, or of a file once it is there."""
        self.file = file
        self._seen: tuple[int, int] | None = None
        self._take(keys)

    @property
    def keys(self) -> Keys:
        """Return the keys as they are now."""
        self._look()
        return self._keys

    @property
    def box(self) -> MultiFernet:
        """Return what encrypts with the first key and decrypts with all."""
        self._look()
        return self._box

    def is_current(self, token: bytes) -> bool:
        """Say whether a text was written with the key that writes now."""
        self._look()
        try:
            self._first.decrypt(token)
        except InvalidToken:
            return False
        return True

    def index_hash(self, purpose: str, value: str) -> str:
        """Return the keyed hash under which a private text is found now."""
        self._look()
        return keyed_hash(self._keys.index[0], purpose, value)

    def index_hashes(self, purpose: str, value: str) -> list[str]:
        """Return all the hashes under which it may stand while keys are exchanged."""
        self._look()
        return [keyed_hash(key, purpose, value) for key in self._keys.index]

    def begin(self) -> None:
        """Put a new key in front, for texts and for hashes; both old ones go on reading."""
        file, told = self._told()
        known = self.keys
        told["ENCRYPTION_KEYS"] = " ".join([Fernet.generate_key().decode(), *known.writing])
        told["INDEX_KEYS"] = " ".join([secrets.token_urlsafe(48), *known.index])
        _write(file, told)

    def retire(self, today: dt.date) -> None:
        """Put all keys but the first aside: nothing in the database needs them any more."""
        file, told = self._told()
        known = self.keys
        told["ENCRYPTION_KEYS"], told["INDEX_KEYS"] = known.writing[0], known.index[0]
        aside = [{"key": key, "since": today.isoformat()} for key in known.writing[1:]]
        told["RETIRED"] = [*told.get("RETIRED", []), *aside]
        _write(file, told)

    def drop_retired(self, today: dt.date) -> int:
        """Forget keys that no backup needs any more; return how many."""
        file, told = self._told()
        before = told.get("RETIRED", [])
        kept = [one for one in before if dt.date.fromisoformat(one["since"]) > today - RETIRED_FOR]
        if len(kept) < len(before):
            told["RETIRED"] = kept
            _write(file, told)
        return len(before) - len(kept)

    def _told(self) -> tuple[Path, dict[str, Any]]:
        if self.file is None:
            raise LookupError("The keys stand in the environment: only its owner can change them.")
        return self.file, json.loads(self.file.read_text(encoding="utf-8"))

    def _look(self) -> None:
        if self.file is None:
            return
        state = self.file.stat()
        if (state.st_mtime_ns, state.st_ino) != self._seen:
            self._take(keys_in(self.file))
            self._seen = (state.st_mtime_ns, state.st_ino)

    def _take(self, keys: Keys) -> None:
        self._keys = keys
        self._first = Fernet(keys.writing[0])
        self._box = MultiFernet([Fernet(key) for key in (*keys.writing, *keys.retired)])


def keys_in(file: Path) -> Keys:
    """Return the keys that a file holds: a JSON object, as `coachhub run` makes one."""
    told = json.loads(file.read_text(encoding="utf-8"))
    return Keys(
        tuple(told["ENCRYPTION_KEYS"].split()),
        tuple(told.get("INDEX_KEYS", told.get("SECRET_KEY", "")).split()),
        tuple(one["key"] for one in told.get("RETIRED", [])),
    )


def _write(file: Path, told: dict[str, Any]) -> None:
    """Replace the file at once: whoever reads sees the old keys or the new ones."""
    half = file.with_suffix(".half")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(told, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    half.rename(file)
