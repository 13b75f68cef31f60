"""One database into one file and back: SQLite by its online backup, PostgreSQL by its own tools."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL

from storage.errors import MotCuaError

# A restore brings a database to what it was, so what was added since goes too.
_EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


class ToolMissing(MotCuaError):
    """PostgreSQL's own tools aren't there."""


class CopyFailed(MotCuaError):
    """A database couldn't be read or written; one that was to be written is as it was."""


def sqlite_file(url: URL) -> Path:
    """The file of an SQLite address."""
    return Path(url.database or "")


def dump(url: URL, target: Path) -> None:
    """Copy a database, which may be in use, into a file.

    Raises:
        CopyFailed: it can't be read.
        ToolMissing: ``pg_dump`` isn't there.
    """
    if url.get_backend_name() == "sqlite":
        _copy_sqlite(sqlite_file(url), target)
    else:
        _run([_tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)


def check(url: URL, source: Path) -> None:
    """See that a copy can be read as a whole, and that what loads it is there.

    Raises:
        CopyFailed: it can't be read.
        ToolMissing: ``pg_restore`` or ``psql`` isn't there.
    """
    if url.get_backend_name() == "sqlite":
        try:
            with contextlib.closing(sqlite3.connect(source)) as connection:
                sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise CopyFailed("Cơ sở dữ liệu trong bản sao lưu bị hỏng. Hãy dùng bản khác.")
    else:
        _tool("psql")
        listed = subprocess.run([_tool("pg_restore"), "--list", str(source)], capture_output=True)
        if listed.returncode:
            raise CopyFailed("Cơ sở dữ liệu trong bản sao lưu bị hỏng. Hãy dùng bản khác.")


def load(url: URL, source: Path) -> None:
    """Put a copy in a database's place, whole or not at all.

    Raises:
        CopyFailed: the database can't be written; it is as it was.
    """
    if url.get_backend_name() == "sqlite":
        _place_sqlite(source, sqlite_file(url))
    else:
        _load_postgres(url, source)


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as read,
            contextlib.closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)
            # One file, without a log beside it.
            written.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise CopyFailed(f"Không đọc được {source}: {type(error).__name__}. Hãy xem quyền và đĩa.") from error


def _place_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.restored")
    try:
        shutil.copyfile(source, fresh)
        fresh.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o600)
        with fresh.open("rb") as handle:
            os.fsync(handle.fileno())
        # A log of the old file would be played into the new one.
        if target.exists():
            with contextlib.closing(sqlite3.connect(target, timeout=5)) as old, contextlib.suppress(sqlite3.Error):
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for ending in ("-wal", "-shm"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise CopyFailed(f"Không ghi được {target}: {error.strerror}. Hãy xem quyền và đĩa.") from error


def _load_postgres(url: URL, source: Path) -> None:
    script = source.with_suffix(".sql")
    _run([_tool("pg_restore"), "--no-owner", "--no-privileges", f"--file={script}", str(source)])
    whole = source.with_suffix(".whole.sql")
    with whole.open("wb") as out, script.open("rb") as made:
        out.write(_EMPTY.encode())
        shutil.copyfileobj(made, out)
    script.unlink()
    # fmt: off
    _run([_tool("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
          "--output=/dev/null", f"--file={whole}"], url)
    # fmt: on
    whole.unlink()


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissing(f"Không có {name}. Hãy cài gói postgresql-client cùng phiên bản với máy chủ PostgreSQL.")
    return found


def _run(command: list[str], url: URL | None = None) -> None:
    """Run a tool; the password goes by the environment, which other users can't see."""
    environment = {**os.environ, "LC_ALL": "C"}
    if url is not None:
        plain = url.set(drivername="postgresql", password=None)
        command = [*command, f"--dbname={plain.render_as_string()}"]
        if url.password is not None:
            environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        # The first line tells what is wrong; later ones may quote rows.
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[0][:200] if lines else f"mã {done.returncode}"
        raise CopyFailed(f"{Path(command[0]).name} không chạy xong: {reason}")
