"""Foundation: what the application's role may do, and the queue's tables."""

from alembic import context, op

revision = "0001"
down_revision = None
branch_labels = ("coachhub",)
depends_on = None

QUEUE = (
    (
        "CREATE TABLE huey_kv (queue text NOT NULL, key text NOT NULL, value bytea NOT NULL,"
        " PRIMARY KEY (queue, key))"
    ),
    (
        "CREATE TABLE huey_schedule (id bigserial PRIMARY KEY, queue text NOT NULL,"
        " data bytea NOT NULL, timestamp double precision NOT NULL)"
    ),
    "CREATE INDEX huey_schedule_queue_timestamp ON huey_schedule (queue, timestamp)",
    (
        "CREATE TABLE huey_task (id bigserial PRIMARY KEY, queue text NOT NULL, data bytea NOT NULL,"
        " priority double precision NOT NULL DEFAULT 0.0)"
    ),
    "CREATE INDEX huey_task_queue_priority_id ON huey_task (queue, priority DESC, id)",
    (
        "CREATE TABLE huey_counter (queue text NOT NULL, key text NOT NULL,"
        " value bigint NOT NULL DEFAULT 0, PRIMARY KEY (queue, key))"
    ),
)


def upgrade():
    role = context.config.attributes["app_role"]
    # Whatever the owner creates from here on, the application may read and write, not own.
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
        f' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{role}"'
    )
    op.execute(
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "{role}"'
    )
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    # The queue's own statements make these tables; the application's role may not, so we do.
    for statement in QUEUE:
        op.execute(statement)


def downgrade():
    role = context.config.attributes["app_role"]
    for table in ("huey_counter", "huey_task", "huey_schedule", "huey_kv"):
        op.execute(f"DROP TABLE {table}")
    op.execute(f'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM "{role}"')
    op.execute(f'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM "{role}"')
