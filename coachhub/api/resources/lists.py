"""Lists a page at a time: the newest first, each page after the last id of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select

from coachhub.api.shapes.base import Listed, Paged
from coachhub.core.db import db

Row = TypeVar("Row")
Item = TypeVar("Item")


def page_of(
    found: Select[Any],
    model: Any,
    wanted: Paged,
    shaped: Callable[[Sequence[Any]], list[Item]],
) -> Listed[Item]:
    """Return one page of rows; ids are made in the order of time."""
    query = found.order_by(model.id.desc()).limit(wanted.limit + 1)
    if wanted.cursor is not None:
        query = query.where(model.id < wanted.cursor)
    return _cut(db.session.scalars(query).all(), wanted, shaped)


def page_among(
    rows: Sequence[Row],
    wanted: Paged,
    id_of: Callable[[Row], UUID],
    shaped: Callable[[Sequence[Row]], list[Item]],
) -> Listed[Item]:
    """Return one page of what has been read already."""
    ordered = sorted(rows, key=id_of, reverse=True)
    if wanted.cursor is not None:
        ordered = [row for row in ordered if id_of(row) < wanted.cursor]
    return _cut(ordered[: wanted.limit + 1], wanted, shaped, id_of)


def _cut(
    rows: Sequence[Any],
    wanted: Paged,
    shaped: Callable[[Sequence[Any]], list[Item]],
    id_of: Callable[[Any], UUID] = lambda row: row.id,
) -> Listed[Item]:
    shown = rows[: wanted.limit]
    onward = id_of(shown[-1]) if len(rows) > wanted.limit else None
    return Listed[Any](items=shaped(shown), next=onward)
