"""Contacts are found again by name and company; an index goes that row-level security never used.

PostgreSQL may not ask `&&` of rows before it knows whose they are, so the index on blocks only
made imports slower.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the hash; it is empty for those there already until an import meets them again."""
    op.add_column(
        "contacts_contact", sa.Column("namesake", sa.Text(), nullable=False, server_default="")
    )
    op.alter_column("contacts_contact", "namesake", server_default=None)
    op.drop_index("ix_companies_name_blocks", table_name="companies_name")


def downgrade() -> None:
    """Take both back."""
    op.create_index(
        "ix_companies_name_blocks", "companies_name", ["blocks"], postgresql_using="gin"
    )
    op.drop_column("contacts_contact", "namesake")
