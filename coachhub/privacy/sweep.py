"""The last look: words of somebody who is gone are taken out of every text of a firm.

Rooms and plugins have deleted what they know of by then. What is left are names and addresses in
others' sentences: a coach's note, a frozen digest, a line that a machine wrote. Private texts are
opened for it, mails are read as their receiver would read them.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Collection, Iterator, Sequence
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    LargeBinary,
    Table,
    Text,
    cast,
    func,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from coachhub.core.audit import AuditEntry
from coachhub.core.db import Base, db
from coachhub.core.secrets import PRIVATE_BOOK, Encrypted
from coachhub.core.tenancy import is_tenant
from coachhub.mail.models import FirmIncoming, FirmMail

NOBODY = "somebody who has left"
_READ = 500
# The record has its own way (`audit.forget`); mails are read whole, below.
_OWN_WAYS = {AuditEntry.__tablename__, FirmMail.__tablename__, FirmIncoming.__tablename__}


def firm_tables() -> list[Table]:
    """Return every firm's table that there is in this database, the plugins' too."""
    there = set(inspect(db.session.connection()).get_table_names())
    return [
        table for table in Base.metadata.sorted_tables if is_tenant(table) and table.name in there
    ]


def telling(words: Collection[str]) -> list[str]:
    """Return the words that stand for one person alone: addresses, links, names of two parts."""
    kept = {word.strip() for word in words if len(word.strip()) > 4}  # noqa: PLR2004 - "J. Li" is the shortest
    return sorted((word for word in kept if set(word) & set(" @/")), key=len, reverse=True)


def sweep(words: Sequence[str]) -> int:
    """Take `words`, as `telling` gives them, out of every text of the firm; return how many rows.

    Members' own books of contacts are left as they are: what stands there is their owners'.
    """
    if not words:
        return 0
    found = _mails(words)
    for table in firm_tables():
        if table.name in _OWN_WAYS or table.info.get(PRIVATE_BOOK):
            continue
        for column in table.columns:
            if column.computed is not None:
                continue
            if isinstance(column.type, Encrypted):
                found += _private(table, column, words)
            elif isinstance(column.type, JSONB):
                inside = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
                found += _plain(table, column, inside)
            elif isinstance(column.type, Text):
                found += _plain(table, column, words)
    db.session.expire_all()
    return found


def _plain(table: Table, column: Column[Any], words: Sequence[str]) -> int:
    text: Any = cast(column, Text)
    pattern = "|".join(re.escape(word) for word in words)
    changed: Any = func.regexp_replace(text, pattern, NOBODY, "gi")
    holding = update(table).where(text.regexp_match(pattern, flags="i")).returning(table.c.id)
    try:
        with db.session.begin_nested():
            rows = db.session.execute(holding.values({column: cast(changed, column.type)})).all()
    except DBAPIError:
        # A text that stays as it was made, like a case's evidence, may only be emptied.
        rows = db.session.execute(holding.values({column: ""})).all()
    return len(rows)


def _private(table: Table, column: Column[Any], words: Sequence[str]) -> int:
    found = 0
    rows = db.session.execute(
        select(table.c.id, column).where(func.length(cast(column, LargeBinary)) > 0),
        execution_options={"yield_per": _READ},
    )
    for row_id, text in [(one, told) for one, told in rows if told and _holds(told, words)]:
        changed = text
        for word in words:
            changed = _without(changed, word)
        db.session.execute(update(table).where(table.c.id == row_id).values({column: changed}))
        found += 1
    return found


def _holds(text: str, words: Sequence[str]) -> bool:
    folded = " ".join(text.casefold().split())
    return any(word.casefold() in folded for word in words)


def _without(text: str, word: str) -> str:
    """Return a text without a word, in whatever case; an address or a name alone leaves nothing."""
    if text.strip().casefold() == word.casefold():
        return "" if "@" in word or "/" in word else NOBODY
    at = text.casefold().find(word.casefold())
    while at >= 0 and len(text.casefold()) == len(text):
        text = f"{text[:at]}{NOBODY}{text[at + len(word) :]}"
        at = text.casefold().find(word.casefold(), at + len(NOBODY))
    return text


def _mails(words: Sequence[str]) -> int:
    """Let go of the bodies of mails that speak of somebody; what waits of them is not sent."""
    found = 0
    for model in (FirmMail, FirmIncoming):
        rows = db.session.execute(
            select(model.id, model.raw).where(func.length(model.raw) > 0),
            execution_options={"yield_per": _READ},
        )
        ids = [row_id for row_id, raw in rows if _holds(readable(raw), words)]
        found += len(ids)
        (blank_mails if model is FirmMail else _drop_incoming)(ids)
    addressed = select(FirmMail.id).where(
        or_(
            func.lower(FirmMail.to_address).in_([word.casefold() for word in words]),
            *(func.strpos(FirmMail.subject, word) > 0 for word in words),
        )
    )
    blank_mails(db.session.scalars(addressed).all(), address=True)
    # A second mail about the same thing is still recognised, but by a hash of what it is about.
    pattern = "|".join(re.escape(word) for word in words)
    db.session.execute(
        update(FirmMail)
        .where(FirmMail.once.regexp_match(pattern, flags="i"))
        .values(once=func.md5(FirmMail.once))
    )
    return found


def blank_mails(ids: Sequence[UUID], *, address: bool = False) -> None:
    """Take away what mails said; that they were written stays, for the counts.

    With `address` also to whom. What had not left is withheld.
    """
    gone = {"raw": b"", "subject": ""} | ({"to_address": ""} if address else {})
    for start in range(0, len(ids), _READ):
        of_these = FirmMail.id.in_(ids[start : start + _READ])
        db.session.execute(
            update(FirmMail)
            .where(of_these, FirmMail.state.in_(("waiting", "in_doubt")))
            .values(state="withheld", reason="Somebody it speaks of has been erased.")
        )
        db.session.execute(update(FirmMail).where(of_these).values(gone))


def _drop_incoming(ids: Sequence[UUID]) -> None:
    for start in range(0, len(ids), _READ):
        db.session.execute(
            update(FirmIncoming)
            .where(FirmIncoming.id.in_(ids[start : start + _READ]))
            .values(raw=b"", sender="", said="", state="ignored")
        )


def readable(raw: bytes) -> str:
    """Return all that can be read in a mail: headers and texts, decoded."""
    return "\n".join(_told(message_from_bytes(raw)))


def _told(message: Message) -> Iterator[str]:
    for part in message.walk():
        for value in part.values():
            with contextlib.suppress(HeaderParseError, LookupError, UnicodeError):
                yield str(make_header(decode_header(str(value))))
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield html.unescape(content.decode("utf-8", "replace"))
