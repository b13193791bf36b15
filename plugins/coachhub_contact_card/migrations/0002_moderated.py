"""What moderation holds back moves step by step, whoever writes."""

from alembic import op

revision = "contact_card_2"
down_revision = "contact_card_1"
branch_labels = None
depends_on = "0031"

TABLES = ("contact_card_card",)


def upgrade():
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER content_step BEFORE UPDATE OF moderation ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION moderation_content_step()"
        )


def downgrade():
    for table in TABLES:
        op.execute(f"DROP TRIGGER content_step ON {table}")
