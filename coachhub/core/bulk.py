"""Many rows in one statement: thousands of bound values are slow to send, one text is not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import DateTime, Table, Text, Uuid, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, Insert, dialect, insert
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7

from coachhub.core.db import now
from coachhub.core.tenancy import current_firm_id

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no annotation there


def insert_many(table: Table, rows: Sequence[dict[str, Any]]) -> Insert:
    """Return the insert of many rows of one firm, which may be extended (`on_conflict_…`).

    All rows name the same columns; an `id` that isn't given is made. What isn't named takes the
    database's default, so a column without one must be named. Encrypted columns are encrypted.
    """
    rows = [row if "id" in row else {"id": uuid7()} | row for row in rows]
    wanted = [table.c[name] for name in rows[0]]
    for one in wanted:
        if isinstance(one.type, TypeDecorator):
            for row in rows:
                bound = one.type.process_bind_param(row[one.name], _DIALECT)
                # PostgreSQL's own way to write bytes as text.
                row[one.name] = f"\\x{bound.hex()}" if isinstance(bound, bytes) else bound
    listed = json.dumps(rows, default=str, ensure_ascii=False)
    given = func.jsonb_to_recordset(cast(listed, Text).cast(JSONB)).table_valued(
        *(column(one.name, one.type) for one in wanted), name="given"
    )
    given = given.render_derived(with_types=True)
    selected = select(
        literal(current_firm_id(), Uuid()), literal(now(), DateTime(timezone=True)), *given.c
    )
    return insert(table).from_select(
        ["firm_id", "created_at", *rows[0]], selected, include_defaults=False
    )
