"""What each transaction writes, seen on its way to the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

TRAILS = {"audit_entry", "audit_desk_entry"}
# What every request may leave: that the form was taken, and work for later.
EVERYBODYS = {"core_sent_form"}
_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


class Watch:
    """The tables that each transaction writes, as it is committed."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.committed: list[list[str]] = []

    def statement(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found = _WRITES.match(statement)
        if found:
            self.now.append(found[1])

    def commit(self, session: Session) -> None:
        if not session.in_nested_transaction():
            self.committed.append(self.now)
            self.now = []

    def rollback(self, _session: Session) -> None:
        self.now = []

    @property
    def entries(self) -> int:
        return sum(table in TRAILS for tables in self.committed for table in tables)

    def without_entry(self, allowed: frozenset[str]) -> set[str]:
        return {
            table
            for tables in self.committed
            if not TRAILS & set(tables)
            for table in tables
            if table not in EVERYBODYS | allowed
        }


@contextmanager
def watching(session: Session) -> Iterator[Watch]:
    watch, connection = Watch(), session.get_bind()
    listeners = (
        (connection, "before_cursor_execute", watch.statement),
        (session, "after_commit", watch.commit),
        (session, "after_rollback", watch.rollback),
    )
    for target, name, function in listeners:
        event.listen(target, name, function)
    try:
        yield watch
    finally:
        for target, name, function in listeners:
            event.remove(target, name, function)
