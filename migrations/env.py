"""Alembic's entry: connects as the owner and knows every table of the platform and the plugins."""

from alembic import context
from sqlalchemy import create_engine, pool

import coachhub.app  # every room's tables
from coachhub.core import plugins, walls
from coachhub.core.db import Base
from coachhub.core.secrets import Encrypted

assert coachhub.app  # noqa: S101 - imported for its tables
plugins.find()
settings = context.config
connectable = create_engine(settings.attributes["owner_url"], poolclass=pool.NullPool)


def is_ours(_object, name, kind, _reflected, _compare_to):
    """Leave the queue's own tables out of comparisons, or look at chosen tables only."""
    only = settings.attributes.get("only")
    if kind != "table":
        return True
    return name in only if only is not None else not name.startswith("huey_")


def plainly(kind, item, _context):
    """Write our own column types as what they are to the database."""
    return "sa.LargeBinary()" if kind == "type" and isinstance(item, Encrypted) else False


with connectable.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=is_ours,
        render_item=plainly,
        process_revision_directives=walls.protect_new_tables,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
