"""Wall 3 between firms: PostgreSQL's own row-level security, put up and checked.

Migrations say ``op.protect(table)`` for each firm's table, generated ones by themselves. `check`
looks, from the application's own connection, whether the wall stands; the app does not start
without it.
"""

from __future__ import annotations

import dataclasses
from itertools import chain

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations
from alembic.operations.ops import CreateTableOp, ExecuteSQLOp, MigrateOperation, MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from coachhub.core.db import Base
from coachhub.core.tenancy import TENANT, is_tenant

# After a commit SET LOCAL leaves '', not NULL: without a scope there are no rows.
_THIS_FIRM = "firm_id = nullif(current_setting('coachhub.firm_id', true), '')::uuid"

# The same as PostgreSQL tells it, 15 to 18.
_IN_CATALOGUE = (
    "(firm_id = (NULLIF(current_setting('coachhub.firm_id'::text, true), ''::text))::uuid)"
)


class WallError(RuntimeError):
    """The database would let firms see each other; the message says what to mend."""


@Operations.register_operation("protect")
@dataclasses.dataclass
class ProtectOp(MigrateOperation):
    """Put row-level security, forced, on a firm's table: ``op.protect("board_offer")``."""

    table: str

    @classmethod
    def protect(cls, operations: Operations, table: str) -> None:
        """Run it inside a migration."""
        operations.invoke(cls(table))

    def reverse(self) -> MigrateOperation:
        """Return nothing to do: dropping the table drops its policy."""
        return ExecuteSQLOp("")


@Operations.implementation_for(ProtectOp)
def _protect(operations: Operations, operation: ProtectOp) -> None:
    table = operation.table
    operations.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    operations.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    operations.execute(
        f"CREATE POLICY firm ON {table} USING ({_THIS_FIRM}) WITH CHECK ({_THIS_FIRM})"
    )


@renderers.dispatch_for(ProtectOp)
def _render(_context: AutogenContext, operation: ProtectOp) -> str:
    return f'op.protect("{operation.table}")'


def protect_new_tables(
    _context: MigrationContext, _revision: object, directives: list[MigrationScript]
) -> None:
    """Let a generated migration put up the wall around each firm's table that it creates."""
    for steps in chain.from_iterable(script.upgrade_ops_list for script in directives):
        created = [step for step in steps.ops if isinstance(step, CreateTableOp)]
        steps.ops.extend(
            ProtectOp(step.table_name) for step in created if is_tenant(step.to_table())
        )


def check(connection: Connection) -> None:
    """Raise WallError unless every firm's table is behind forced row-level security.

    The connection is the application's: its role must own nothing and must not bypass policies.
    """
    role = connection.execute(
        text(
            "SELECT rolname, rolsuper OR rolbypassrls AS above,"
            " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) AS owner"
            " FROM pg_roles WHERE rolname = current_user"
        )
    ).one()
    if role.above or role.owner:
        raise WallError(
            f"DATABASE_URL signs in as {role.rolname}, which could step over the walls between"
            " firms: use a role that owns nothing, is no superuser and has no BYPASSRLS."
        )
    forced = set(
        connection.scalars(
            text(
                # One policy and no other, for everybody and everything, in these words: policies
                # are ways in, and a second one would be a second way.
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
                " AND 1 = (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid)"
                " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid"
                " AND polcmd = '*' AND polroles = '{0}'"
                " AND pg_get_expr(polqual, polrelid) = :words"
                " AND pg_get_expr(polwithcheck, polrelid) = :words)"
            ),
            {"words": _IN_CATALOGUE},
        )
    )
    tenants = {name for name, table in Base.metadata.tables.items() if table.info.get(TENANT)}
    bare = sorted(tenants - forced)
    if bare:
        raise WallError(f"No row-level security on {', '.join(bare)}: run `coachhub db upgrade`.")
