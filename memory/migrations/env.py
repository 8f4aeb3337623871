"""What Alembic runs to apply steps on the connection `memory.database` hands over."""

from alembic import context

from memory.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
