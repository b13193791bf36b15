"""What stands beside a backup: what is in it, to be held against what comes back.

It holds no key and no name: counts, checksums, seals, and marks that tell keys from each other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from coachhub.core.tokens import keyed_hash
from coachhub.upkeep.errors import BackupError
from coachhub.upkeep.postgres import Picture

FORMAT = 1
ENDING = ".dump"


@dataclass(frozen=True)
class Manifest:
    """One backup, described.

    Attributes:
        made_at: the moment that the backup shows.
        version: CoachHub's version.
        server: PostgreSQL's major version.
        revisions: the migrations its tables stand at.
        owner, app: the database roles that it speaks of.
        tables: what each table holds.
        trails: where each audit trail ends, by firm id.
        keys: marks of the keys that private texts may need, the writing one first.
        bytes, sha256: of the file beside it.
    """

    made_at: dt.datetime
    version: str
    server: int
    revisions: tuple[str, ...]
    owner: str
    app: str
    tables: Mapping[str, Picture]
    trails: Mapping[str, str]
    keys: tuple[str, ...]
    bytes: int
    sha256: str

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(one.rows for one in self.tables.values())

    def write(self, file: Path, secret: str) -> None:
        """Write it beside the backup, sealed with the installation's secret."""
        told = _json({"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()})
        told["seal"] = _seal(told, secret)
        half = file.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        half.rename(file)

    @classmethod
    def read(cls, file: Path, secret: str) -> Self:
        """Read and check the one beside a backup.

        Raises:
            BackupError: there is none, it was changed, or another installation made it.
        """
        beside = beside_of(file)
        try:
            told: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BackupError(
                f"{beside} is missing: a backup without it is unfinished, or half copied."
            ) from None
        except ValueError as error:
            raise BackupError(f"{beside} is damaged: fetch it again from where it was.") from error
        seal = told.pop("seal", "")
        if not hmac.compare_digest(str(seal), _seal(told, secret)):
            raise BackupError(
                f"{beside} was changed, or another installation made it: its seal is not of this"
                " SECRET_KEY."
            )
        if told.pop("format") != FORMAT:
            raise BackupError(f"{beside} is of a newer CoachHub: use that one.")
        told["made_at"] = dt.datetime.fromisoformat(told["made_at"])
        told["tables"] = {name: Picture(**one) for name, one in told["tables"].items()}
        for name in ("revisions", "keys"):
            told[name] = tuple(told[name])
        return cls(**told)

    def check_file(self, file: Path) -> None:
        """Hold the backup against what is told of it; raises BackupError."""
        try:
            size = file.stat().st_size
        except FileNotFoundError:
            raise BackupError(f"{file} is not there.") from None
        if size != self.bytes:
            word = "short" if size < self.bytes else "too long"
            raise BackupError(
                f"{file} is {word}: {size} bytes, and {self.bytes} were written. It was not copied"
                " whole; take another copy."
            )
        if digest(file) != self.sha256:
            raise BackupError(f"{file} was changed since it was made: take another copy.")

    def differences(self, found: Mapping[str, Picture]) -> list[str]:
        """Return what came back otherwise, a sentence for each table."""
        told = []
        for name in sorted(self.tables.keys() | found.keys()):
            before, after = self.tables.get(name), found.get(name)
            if before is None or after is None:
                told.append(f"{name} is {'new' if before is None else 'missing'}")
            elif before.rows != after.rows:
                told.append(f"{name} has {after.rows} rows, and had {before.rows}")
            elif before != after:
                told.append(f"{name} holds something else")
        return told


def beside_of(file: Path) -> Path:
    """Return where the manifest of a backup stands."""
    return file.with_name(f"{file.name}.json")


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _json(told: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(told))
    return plain


def _seal(told: Mapping[str, Any], secret: str) -> str:
    return keyed_hash(secret, "backup", json.dumps(told, sort_keys=True, separators=(",", ":")))
