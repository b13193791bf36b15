"""The pieces of an import: encrypted, a thousand rows each, so that memory follows the piece."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select

from coachhub.contacts.models import ImportPart
from coachhub.core.db import db

ROWS = 1_000
"""Rows in one part; every page of a preview lies inside one part."""

_BYTES = 512 * 1024
Kind = Literal["file", "rows", "bad", "companies", "before"]
Status = Literal["new", "known", "twice", "unwanted"]


class Staged(NamedTuple):
    """A row of the file that can be read, and what taking it would do."""

    line: int
    first_name: str
    last_name: str
    email: str
    url: str
    company: str
    position: str
    connected_on: str
    note: str
    fingerprint: str
    email_hash: str
    status: Status
    namesake: str = ""

    @property
    def name(self) -> str:
        """Return first and last name as one."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def day(self) -> dt.date | None:
        """Return the day of connection as a date."""
        return dt.date.fromisoformat(self.connected_on) if self.connected_on else None


class Bad(NamedTuple):
    """A row that can't be read: where it begins, what is wrong, how it starts."""

    line: int
    what: str
    text: str


@dataclass(frozen=True)
class Before:
    """What one contact was before an import changed it: field → [before, after]."""

    contact_id: UUID
    fields: dict[str, list[Any]]


def write(import_id: UUID, kind: Kind, number: int, content: object) -> None:
    """Store one part; `content` is what `json` can write."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    _store([{"import_id": import_id, "kind": kind, "number": number, "content": text}])


def write_file(import_id: UUID, chunks: Iterable[bytes]) -> None:
    """Store the file itself, piece by piece."""
    for number, chunk in enumerate(chunks):
        # Latin-1 gives each byte one character.
        content = chunk.decode("latin-1")
        _store([{"import_id": import_id, "kind": "file", "number": number, "content": content}])


def chunks_of(stream: Any) -> Iterator[bytes]:
    """Yield a stream's bytes from its start, piece by piece."""
    stream.seek(0)
    while chunk := stream.read(_BYTES):
        yield chunk


def file_of(import_id: UUID) -> bytes:
    """Return the stored file's bytes, at most `formats.MAX_BYTES`."""
    parts = db.session.scalars(
        select(ImportPart.content)
        .where(ImportPart.import_id == import_id, ImportPart.kind == "file")
        .order_by(ImportPart.number)
    )
    return b"".join(part.encode("latin-1") for part in parts)


def read(import_id: UUID, kind: Kind, number: int = 0) -> list[Any]:
    """Return one part's list; empty where there is no such part."""
    content = db.session.scalar(
        select(ImportPart.content).where(
            ImportPart.import_id == import_id,
            ImportPart.kind == kind,
            ImportPart.number == number,
        )
    )
    found: list[Any] = json.loads(content) if content else []
    return found


def numbers_of(import_id: UUID, kind: Kind) -> list[int]:
    """Return the numbers of the parts there are."""
    return list(
        db.session.scalars(
            select(ImportPart.number)
            .where(ImportPart.import_id == import_id, ImportPart.kind == kind)
            .order_by(ImportPart.number)
        )
    )


def rows_of(import_id: UUID, number: int) -> list[Staged]:
    """Return the rows of one part."""
    return [Staged(*row) for row in read(import_id, "rows", number)]


def bad_of(import_id: UUID, number: int) -> list[Bad]:
    """Return the rows of one part that can't be read."""
    return [Bad(*row) for row in read(import_id, "bad", number)]


def before_of(import_id: UUID, number: int) -> list[Before]:
    """Return what the contacts of one part were before."""
    return [Before(UUID(one), fields) for one, fields in read(import_id, "before", number)]


def companies_of(import_id: UUID) -> list[tuple[str, int]]:
    """Return the companies with how many people at each can be taken in, most first."""
    return [(name, rows) for name, rows in read(import_id, "companies")]


def drop(import_id: UUID, *kinds: Kind) -> None:
    """Delete an import's parts: of these kinds, or all."""
    query = delete(ImportPart).where(ImportPart.import_id == import_id)
    db.session.execute(query.where(ImportPart.kind.in_(kinds)) if kinds else query)


def _store(rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(ImportPart), rows)
