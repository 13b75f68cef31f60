"""Run the inbox's migrations on the connection that ``storage.database.migrate`` hands over."""

from alembic import context

import bot.channels.zalo_oa.tables  # noqa: F401  # its table belongs to the same metadata
from bot.channels.inbox.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Migrations run through 'motcua' commands.")
# The knowledge base may live in the same database: own version table, and only own tables are compared.
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
    render_as_batch=True,
    compare_type=True,
    include_object=lambda _object, name, kind, _reflected, _other: kind != "table" or name in metadata.tables,
)
context.run_migrations()
