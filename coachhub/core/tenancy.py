"""Wall 1 between firms: no statement touches a firm's table outside that firm's scope.

The scope is opened once, from the address of a page or by a job, with ``with scope(firm_id)``.
Confinement happens where SQL text is made: `ScopedCompiler` renders every firm's table in any
FROM, of any statement in any shape, as that firm's rows only, and adds the firm to every UPDATE
and DELETE. PostgreSQL flattens the subselect, so the plan is that of a WHERE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Connection, Engine, Insert, Table, Uuid, event
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql import Delete, Update
from sqlalchemy.sql.compiler import OPERATORS
from sqlalchemy.sql.operators import not_in_op

TENANT = "tenant"  # Table.info key of a firm's table

_firm: ContextVar[UUID | None] = ContextVar("coachhub_firm", default=None)
_listeners: list[Callable[[UUID | None], None]] = []


class ScopeError(RuntimeError, DontWrapMixin):
    """A firm's table was used outside a scope, or for another firm than the scope's."""


def current_firm_id() -> UUID:
    """Return the firm whose scope is open; raises ScopeError where none is."""
    firm_id = _firm.get()
    if firm_id is None:
        raise ScopeError("No firm's scope is open here: use `with scope(firm_id)`.")
    return firm_id


def open_firm_id() -> UUID | None:
    """Return the firm whose scope is open, or None."""
    return _firm.get()


def on_scope_change(listener: Callable[[UUID | None], None]) -> None:
    """Call `listener` with the new firm, or None, whenever a scope opens or closes."""
    _listeners.append(listener)


@contextmanager
def scope(firm_id: UUID) -> Iterator[UUID]:
    """Confine every statement to one firm until the block ends.

    Opening the same firm's scope again inside it is allowed; another firm's is a ScopeError.
    """
    outer = _firm.get()
    if outer is not None:
        if outer != firm_id:
            raise ScopeError("A scope never opens inside another firm's scope.")
        yield firm_id
        return
    token = _firm.set(firm_id)
    try:
        _announce(firm_id)
        yield firm_id
    finally:
        try:
            _announce(None)
        finally:
            _firm.reset(token)


def leave_all() -> None:
    """Leave whatever scope a piece of work that broke has left open in this thread."""
    _firm.set(None)


def _announce(firm_id: UUID | None) -> None:
    for listener in _listeners:
        listener(firm_id)


def is_tenant(table: object) -> bool:
    """Say whether `table` is a firm's table."""
    return isinstance(table, Table) and bool(table.info.get(TENANT))


def _firm_parameter() -> BindParameter[UUID]:
    # A callable is asked at each execution, so cached SQL text serves every firm.
    return BindParameter("coachhub_firm", callable_=current_firm_id, type_=Uuid())


class ScopedCompiler(PGCompiler_psycopg):
    """PostgreSQL's compiler with each firm's table narrowed to the scope's firm."""

    def _only_this_firm(self, column: str) -> str:
        return f"{column} = {self.process(_firm_parameter())}"

    def visit_table(
        self,
        table: Any,
        asfrom: bool = False,
        iscrud: bool = False,
        ashint: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> str:
        """Render a table; in a FROM, a firm's table becomes that firm's rows."""
        text: str = super().visit_table(  # type: ignore[no-untyped-call]
            table, asfrom, iscrud, ashint, *args, **kwargs
        )
        if not asfrom or iscrud or not is_tenant(table):
            return text
        this_firm = self._only_this_firm(f"{text}.firm_id")
        narrowed = f"(SELECT * FROM {text} WHERE {this_firm})"  # noqa: S608 - quoted names and a bound value
        alias = kwargs.get("enclosing_alias")
        if alias is not None and alias.element is table:
            return narrowed
        return f"{narrowed} AS {self.preparer.quote(table.name)}"

    def visit_in_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        """Render ``IN`` a list of keys as ``= ANY``, with the list as one value."""
        return self._among(binary, operator, "= ANY", **kw)

    def visit_not_in_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        """Render ``NOT IN`` a list of keys as ``<> ALL``, with the list as one value."""
        return self._among(binary, operator, "<> ALL", **kw)

    def _among(self, binary: Any, operator: Any, said: str, **kw: Any) -> str:
        # One text for lists of every length: it is made once, and PostgreSQL keeps its plan.
        values = binary.right
        if not isinstance(values.type, Uuid) or kw.get("literal_binds"):
            text = self._generate_generic_binary(binary, OPERATORS[operator], **kw)
            return f"({text})" if operator is not_in_op else text
        whole = values._clone(maintain_key=True)  # noqa: SLF001 - as the compiler itself copies one
        whole.expanding, whole.type = False, ARRAY(values.type)
        left = self.process(binary.left, **kw)
        return f"{left} {said} ({self.process(whole, **kw)})"

    def visit_update(self, update_stmt: Update, *args: Any, **kw: Any) -> str:
        """Render an UPDATE that reaches the scope's firm only."""
        text: str = super().visit_update(_confined(update_stmt), *args, **kw)
        return text

    def visit_delete(self, delete_stmt: Delete, *args: Any, **kw: Any) -> str:
        """Render a DELETE that reaches the scope's firm only."""
        text: str = super().visit_delete(  # type: ignore[no-untyped-call]
            _confined(delete_stmt), *args, **kw
        )
        return text


def _confined(statement: Any) -> Any:
    if not is_tenant(statement.table):
        return statement
    return statement.where(statement.table.c.firm_id == _firm_parameter())


def confine(engine: Engine) -> None:
    """Put wall 1 into an engine: scoped SQL text, and no row written for another firm."""
    engine.dialect.statement_compiler = ScopedCompiler
    event.listen(engine, "before_execute", _refuse_foreign_rows)


def _refuse_foreign_rows(
    _connection: Connection,
    statement: object,
    multiparams: list[dict[str, Any]],
    params: dict[str, Any],
    _options: dict[str, Any],
) -> None:
    if not isinstance(statement, (Insert, Update)) or not is_tenant(statement.table):
        return
    firm_id = current_firm_id()
    in_statement = [values.get("firm_id") for values in _inline_values(statement)]
    in_parameters = [row.get("firm_id") for row in [*multiparams, params] if row]
    if any(value not in (None, firm_id) for value in [*in_statement, *in_parameters]):
        raise ScopeError(f"A row for another firm was about to be written to {statement.table}.")


def _inline_values(statement: Insert | Update) -> Iterator[dict[str, Any]]:
    for rows in getattr(statement, "_multi_values", ()):
        for row in rows:
            yield _plain(dict(row))
    yield _plain(dict(statement._values or {}))  # noqa: SLF001 - VALUES has no public reader


def _plain(values: dict[Any, Any]) -> dict[str, Any]:
    return {
        str(getattr(key, "key", key)): getattr(value, "value", value)
        for key, value in values.items()
    }
