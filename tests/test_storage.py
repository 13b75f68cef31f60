"""What every database of ours has in common."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import open_engine


@pytest.mark.parametrize("queue", [False, True])
def test_an_error_of_the_database_quotes_no_values(tmp_path: Path, queue: bool) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}", queue=queue)
    with pytest.raises(DBAPIError) as failed, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "079012345678"})
    assert "079012345678" not in str(failed.value)
    engine.dispose()
