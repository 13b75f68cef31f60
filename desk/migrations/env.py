"""Run the desk's migrations on the connection that ``storage.database.migrate`` hands over."""

from alembic import context

from desk.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations run through 'motcua' commands.")
# The inbox and the knowledge base may live in the same database: own version table, and only own tables are compared.
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
    render_as_batch=True,
    compare_type=True,
    include_object=lambda _object, name, kind, _reflected, _other: kind != "table" or name in metadata.tables,
)
context.run_migrations()
