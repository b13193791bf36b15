"""The ledger of who was erased: hashes alone, in the database and in a file beside it.

A backup that is brought back knows nothing of erasures since. The file does: what it lists and the
table does not is erased again by `replay`, which runs when CoachHub starts, and every few minutes.
Each process appends to a file of its machine, before its transaction commits: an erasure that was
written down and then failed is tried again anyway.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from coachhub.core.db import db, now
from coachhub.core.secrets import fingerprint
from coachhub.mail.suppression import address_hash
from coachhub.privacy.models import KINDS, Erased


class Line(NamedTuple):
    """One line: what kind of thing was erased, and its keyed hash."""

    kind: str
    mark: str


def mark(kind: str, told: str) -> str:
    """Return the keyed hash under which a thing stands in the ledger.

    An address has the same one as in the list of those who are not written to.
    """
    if kind == "address":
        return address_hash(told)
    return fingerprint(f"erased {kind}", told.strip().casefold())


def write(kind: str, told: str) -> None:
    """Write down that a thing was erased, in the table and in the file; twice is fine."""
    line = Line(kind, mark(kind, told))
    if _note(line) and (folder := _folder()):
        _append(folder / f"erasures-{socket.gethostname()}.jsonl", line)


def holds(kind: str, told: str) -> bool:
    """Say whether a thing was erased."""
    return db.session.get(Erased, (kind, mark(kind, told))) is not None


def missing() -> list[Line]:
    """Return the lines of the files that the table does not know: a backup was brought back."""
    known = {Line(*row) for row in db.session.execute(select(Erased.kind, Erased.mark))}
    return sorted(set(_written()) - known)


def take_in(line: Line) -> None:
    """Write a line of the files into the table, once what it says has been done again."""
    _note(line)


def _note(line: Line) -> bool:
    added = db.session.scalar(
        insert(Erased)
        .values(kind=line.kind, mark=line.mark, created_at=now())
        .on_conflict_do_nothing()
        .returning(Erased.mark)
    )
    return added is not None


def _folder() -> Path | None:
    chosen: str = current_app.extensions["coachhub.config"].erasures
    return Path(chosen) if chosen else None


def _append(file: Path, line: Line) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {"kind": line.kind, "mark": line.mark, "at": now().isoformat(timespec="seconds")}
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{json.dumps(told)}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _written() -> Iterator[Line]:
    folder = _folder()
    for file in sorted(folder.glob("erasures-*.jsonl")) if folder else ():
        for text in file.read_text(encoding="utf-8").splitlines():
            try:
                told = json.loads(text)
                line = Line(told["kind"], told["mark"])
            except (ValueError, KeyError, TypeError):
                continue  # a line that a full disk cut short; its transaction did not commit
            if line.kind in KINDS:
                yield line
