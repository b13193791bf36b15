"""Texts that no row of their own hides: taken out while a moderator holds them, and put back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.moderation.hooks import Reportable
from coachhub.moderation.models import Content


def taken_out(kind: str, row: Any, *fields: str, **told: Any) -> Reportable:
    """Return the words in some columns of a row as one thing that can be reported.

    While it is held, returned or removed, the columns are empty and moderation keeps what stood
    there. A column may hold a text or a list of short ones. `told` is the rest of a `Reportable`.
    """

    def write(name: str, text: str) -> None:
        plural = isinstance(getattr(row, name), list)
        setattr(row, name, text.splitlines() if plural else text)

    words = {name: _text(getattr(row, name)) for name in fields}
    return Reportable(
        kind=kind,
        id=row.id,
        text="\n".join(text for text in words.values() if text),
        move=lambda _state: None,
        state=db.session.scalar(
            select(Content.state).where(Content.kind == kind, Content.target_id == row.id)
        )
        or "visible",
        words=words,
        write=write,
        row_hides=False,
        **told,
    )


def _text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else value
