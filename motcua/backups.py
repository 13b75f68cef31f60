"""``motcua backup`` and ``motcua restore``: all databases of the settings in one file, and back.

The file is a packed archive with a table of contents and one part for each database: for SQLite a copy made by its
online backup, for PostgreSQL a dump by its own ``pg_dump``. Secrets aren't in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import socket
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from motcua import copies
from settings import bind_address, database_url, inbox_url, port_of, tracker_url
from storage.errors import MotCuaError

Tell = Callable[[str], None]
CONTENTS = "contents.json"
FORMAT = 1
_CHUNK = 1 << 20
NAMES = {"knowledge": "kho thủ tục", "inbox": "hộp thư", "conversations": "cuộc trò chuyện"}


class BackupFailed(MotCuaError):
    """A backup couldn't be made; nothing was left at its place."""


class RestoreRefused(MotCuaError):
    """A backup wasn't put back; the databases are as they were."""


def databases() -> dict[str, URL]:
    """What belongs into a backup: names and addresses; one database that serves for several stands once.

    Raises:
        BackupFailed: an address can't be read, or is of a kind that isn't known here.
    """
    found: dict[str, URL] = {}
    for name, address in (("knowledge", database_url()), ("inbox", inbox_url()), ("conversations", tracker_url())):
        try:
            url = make_url(address)
        except ArgumentError:
            raise BackupFailed(f"Địa chỉ của {NAMES[name]} không đọc được. Hãy xem docs/settings.md.") from None
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise BackupFailed(f"Chỉ sao lưu được SQLite và PostgreSQL, mà {NAMES[name]} nằm ở nơi khác.")
        if url not in found.values():
            found[name] = url
    return found


def backup(target: Path, tell: Tell) -> None:
    """Write all databases into one file, while everything goes on running.

    Args:
        target: the file; it is there whole or not at all, and only its owner can read it.
        tell: says what was written.

    Raises:
        BackupFailed: the file is there already, or a database can't be read.
    """
    if target.exists():
        raise BackupFailed(f"Đã có {target}. Hãy chọn tên khác.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".motcua-", dir=target.parent) as folder:
        parts: dict[str, dict[str, Any]] = {}
        for name, url in databases().items():
            if url.get_backend_name() == "sqlite" and not copies.sqlite_file(url).exists():
                continue  # a channel or a conversation was never there
            part = Path(folder) / name
            copies.dump(url, part)
            parts[name] = {"kind": url.get_backend_name(), "size": part.stat().st_size, "sha256": _digest(part)}
            tell(f"  {NAMES[name]}: {part.stat().st_size / 1e6:.1f} MB")
        if not parts:
            raise BackupFailed("Chưa có cơ sở dữ liệu nào để sao lưu.")
        made = dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
        contents = Path(folder) / CONTENTS
        contents.write_text(json.dumps({"format": FORMAT, "made": made, "parts": parts}), encoding="utf-8")
        packed = Path(folder) / "packed"
        # What people wrote is in it.
        descriptor = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
                for name in (CONTENTS, *parts):
                    archive.add(Path(folder) / name, arcname=name)
            raw.flush()
            os.fsync(raw.fileno())
        packed.replace(target)


def restore(source: Path, tell: Tell) -> None:
    """Put all databases back as they were when the backup was made. Nothing of ours may be running.

    Everything is unpacked and checked before the first database is touched.

    Raises:
        RestoreRefused: the file isn't a whole backup, doesn't fit the settings, or something is running.
    """
    _nothing_runs()
    targets = databases()
    with tempfile.TemporaryDirectory(prefix="motcua-restore-") as folder:
        contents = _unpack(source, Path(folder))
        parts: dict[str, dict[str, Any]] = contents["parts"]
        for name, part in parts.items():
            if name not in targets or targets[name].get_backend_name() != part["kind"]:
                raise RestoreRefused(
                    f"Bản sao lưu có {NAMES[name]} của {part['kind']}, khác với cài đặt hiện nay."
                    " Hãy đặt MOTCUA_DATABASE_URL, MOTCUA_INBOX_URL và MOTCUA_TRACKER_URL như lúc sao lưu."
                )
        for name in parts:
            copies.check(targets[name], Path(folder) / name)
        for name in parts:
            copies.load(targets[name], Path(folder) / name)
            tell(f"  {NAMES[name]}: đã khôi phục")
    tell(f"Bản sao lưu làm lúc {contents['made']}.")


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    broken = RestoreRefused(f"{source} không phải bản sao lưu nguyên vẹn của Một Cửa.")
    try:
        with tarfile.open(source, "r:gz") as archive:
            handle = archive.extractfile(CONTENTS)
            contents = json.load(handle) if handle else {}
            parts = contents["parts"]
            if contents["format"] != FORMAT or not parts or not set(parts) <= set(NAMES):
                raise broken
            for name, part in parts.items():
                member = archive.extractfile(name)
                if member is None or part["kind"] not in ("sqlite", "postgresql"):
                    raise broken
                with (folder / name).open("wb") as out:
                    while piece := member.read(_CHUNK):
                        out.write(piece)
                if _digest(folder / name) != part["sha256"]:
                    raise broken
    except FileNotFoundError:
        raise RestoreRefused(f"Không có file {source}.") from None
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError, AttributeError):
        raise broken from None
    return dict(contents)


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        while piece := handle.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _nothing_runs() -> None:
    address = bind_address()
    for name in ("web", "rasa", "actions", "channels"):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1" if address == "0.0.0.0" else address, port_of(name))) == 0:
                raise RestoreRefused(
                    f"Có chương trình đang chạy ở cổng {port_of(name)}. Hãy dừng trợ lý rồi khôi phục."
                )
