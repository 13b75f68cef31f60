"""Write a migration from the difference between a schema's tables and its migrations so far."""

from __future__ import annotations

import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from storage.database import VERSION_TABLE, migrate, open_engine


def write_revision(message: str, migrations: Path, version_table: str = VERSION_TABLE) -> str:
    """Write the next migration; returns its file's name."""
    before = set((migrations / "versions").glob("*.py"))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/empty.db")
        migrate(engine, migrations, version_table)
        config = Config()
        config.set_main_option("script_location", str(migrations))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            config.attributes["version_table"] = version_table
            command.revision(config, message=message, autogenerate=True, rev_id=f"{len(before) + 1:04d}")
        engine.dispose()
    return (set((migrations / "versions").glob("*.py")) - before).pop().name
