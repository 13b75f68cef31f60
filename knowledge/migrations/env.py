"""Run migrations on the connection that ``knowledge.database.migrate`` hands over."""

from alembic import context

from knowledge.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations run through 'motcua' commands; to write one: 'motcua database revision MESSAGE'.")
# Batch mode lets ALTER TABLE work on SQLite.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
