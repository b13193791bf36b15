"""The database session, the base class of every row, and keys that make firms unmixable.

A firm's table gets the primary key ``(firm_id, id)`` from `FirmScoped`, and every `points_to`
column becomes a composite foreign key that carries ``firm_id``: a row of one firm cannot point at
a row of another, whoever writes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal, cast
from uuid import UUID

from flask import Flask, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CheckConstraint,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    Text,
    Uuid,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedColumn,
    Session,
    SessionTransaction,
    mapped_column,
)
from uuid_utils.compat import uuid7

from coachhub.config import DIRECT
from coachhub.core.tenancy import TENANT, confine, current_firm_id, on_scope_change, open_firm_id

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> dt.datetime:
    """Return the present moment in UTC, with its zone."""
    return dt.datetime.now(dt.UTC)


class Base(DeclarativeBase):
    """What every row has in common: naming, and the column types behind Python's types."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        list[dict[str, Any]]: JSONB(),
        str: Text(),
        UUID: Uuid(),
        dt.datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
    }


class Row(Base):
    """A row of the platform itself, seen by every firm: people, firms, suppressed addresses."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class FirmScoped(Base):
    """A row that belongs to one firm and is seen only inside that firm's scope."""

    __abstract__ = True

    firm_id: Mapped[UUID] = mapped_column(
        ForeignKey("firms_firm.id"), primary_key=True, default=current_firm_id, sort_order=-2
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)

    def __init_subclass__(cls, **kw: Any) -> None:
        """Mark the table as a firm's, and make its `points_to` columns composite keys."""
        super().__init_subclass__(**kw)
        if "__tablename__" not in cls.__dict__:
            return
        table = cast("Table", cls.__table__)
        table.info[TENANT] = True
        for column in list(table.columns):
            target = column.info.get("points_to")
            if target is None:
                continue
            ondelete = column.info["ondelete"]
            if ondelete == "SET NULL":
                ondelete = f"SET NULL ({column.name})"
            table.append_constraint(
                ForeignKeyConstraint(
                    ["firm_id", column.name],
                    [f"{target}.firm_id", f"{target}.id"],
                    ondelete=ondelete,
                )
            )
            if not column.index:
                table.append_constraint(Index(None, "firm_id", column.name))


def points_to(
    table: str,
    *,
    ondelete: Literal["CASCADE", "SET NULL", "RESTRICT"] = "CASCADE",
    **kw: Any,
) -> MappedColumn[Any]:
    """Declare a column that names a row of `table` in the same firm, as a composite key.

    `table` is the target's table name. The foreign key is ``(firm_id, column)``, with an index.
    """
    return mapped_column(Uuid(), info={"points_to": table, "ondelete": ondelete}, **kw)


def one_of(*values: str, column: str) -> CheckConstraint:
    """Declare that a text column holds one of `values`, checked by the database."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class _Database(SQLAlchemy):
    """Flask-SQLAlchemy with every engine behind wall 1."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine = super()._make_engine(bind_key, options, app)
        confine(engine)
        return engine


db = _Database(disable_autonaming=True)


def direct_engine() -> Engine:
    """Return the engine for what outlives a transaction: it goes past PgBouncer, if there is one.

    A lock that a session holds, or a setting that it makes, would stay with PgBouncer's connection,
    which the next transaction of somebody else is given.
    """
    return db.engines.get(DIRECT) or db.engine


@contextmanager
def at_once() -> Iterator[Connection]:
    """Open a connection of one's own on which each statement stands as soon as it is made.

    The open firm is said once for all of them, not in every transaction anew; so it goes past
    PgBouncer, and is closed afterwards, not handed on.
    """
    with direct_engine().connect() as made:
        connection = made.execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        firm = {"firm": str(open_firm_id() or "")}
        connection.exec_driver_sql("SELECT set_config('coachhub.firm_id', %(firm)s, false)", firm)
        yield connection


def _set_firm(connection: Connection, firm_id: UUID | None) -> None:
    # Wall 3 reads this setting; it ends with the transaction. Empty means no rows.
    # As text: it is said in every transaction there is.
    value = {"firm": "" if firm_id is None else str(firm_id)}
    connection.exec_driver_sql("SELECT set_config('coachhub.firm_id', %(firm)s, true)", value)


@event.listens_for(Session, "after_begin")
def _tell_new_transaction(
    _session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    firm_id = open_firm_id()
    # A savepoint has the setting of what it stands in, and gives it back when it is undone.
    if firm_id is not None and not transaction.nested:
        _set_firm(connection, firm_id)


def _follow_scope(firm_id: UUID | None) -> None:
    """Keep the open session on the scope's side of the wall."""
    if not has_app_context():
        return
    session = db.session()
    if firm_id is None:
        # What belongs to the firm that is left must not be found in memory by the next one.
        if session.is_active:
            session.flush()
        for row in [row for row in session if isinstance(row, FirmScoped)]:
            session.expunge(row)
    if session.in_transaction() and session.is_active:
        _set_firm(session.connection(), firm_id)


on_scope_change(_follow_scope)
