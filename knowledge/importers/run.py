"""``motcua import``: tell formats apart, write what is sound, say what isn't.

One transaction a file; a bad line never stops the others and never enters;
a repeated import changes nothing.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from pydantic import ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from knowledge import store
from knowledge import tables as t
from knowledge.database import begin_exclusive
from knowledge.editing.review import official_changed
from knowledge.errors import ImportRefused
from knowledge.faults import told
from knowledge.importers import portal_interface, portal_records
from knowledge.importers.clean import clean
from knowledge.importers.doubts import HEADER, Doubt, read_marks
from knowledge.layer import Layer

READER_VERSION = "2"
"""Raise it when a reader changes what it reads; records are then read anew."""
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes of text, unpacked. A packed file that grows past it is refused."""
SUFFIXES = (".jsonl", ".json", ".jsonl.gz", ".json.gz", ".tsv", ".tsv.gz")

Progress = Callable[[str, int, int], None]
"""Called with the file's name, records done and records in all."""


@dataclass(frozen=True)
class Rejection:
    """A line that didn't enter, and why."""

    line: int
    code: Optional[str]
    reason: str


@dataclass
class Summary:
    """What an import of one file did."""

    file: str
    format: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)


@dataclass
class Reading:
    """What the records of a file say, before anything is written.

    Attributes:
        writes: official layers to be written, by code.
        unchanged: codes that are known as they are.
        lines: where each of them stands.
        rejected: lines that don't enter.
    """

    writes: dict[str, store.Write] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)


@dataclass(frozen=True)
class _Record:
    line: int
    value: Any


def find_files(paths: list[Path]) -> list[Path]:
    """The files to import: those named, and those in named folders that look like ours.

    Raises:
        ImportRefused: a path isn't there, or a folder has nothing to import.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(entry for entry in path.rglob("*") if entry.is_file() and entry.name.endswith(SUFFIXES))
            if not inside:
                raise ImportRefused(f"Thư mục {path} không có file .json, .jsonl hay .tsv nào để nạp.")
            files += inside
        elif path.is_file():
            files.append(path)
        else:
            raise ImportRefused(f"Không thấy {path}. Hãy xem lại đường dẫn.")
    return files


def read_text(path: Path) -> str:
    """The file's text, unpacked where it is packed.

    Raises:
        ImportRefused: it is no text, damaged, or too large.
    """
    try:
        if path.name.endswith(".gz"):
            with gzip.open(path) as packed:
                data = packed.read(LARGEST_FILE + 1)
        else:
            with path.open("rb") as plain:
                data = plain.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise ImportRefused(f"{path.name} lớn quá {LARGEST_FILE // 2**20} MB, hãy chia nhỏ.")
        return data.decode("utf-8-sig")
    except (OSError, EOFError) as error:
        raise ImportRefused(f"{path.name} không đọc được (file hỏng?): {type(error).__name__}.") from error
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{path.name} không phải văn bản UTF-8.") from error


def import_file(
    engine: Engine, path: Path, *, today: dt.date, actor: str = "import", progress: Optional[Progress] = None
) -> Summary:
    """Import one file in one transaction.

    Args:
        engine: an up-to-date database.
        path: the file.
        today: decides which fees have run out.
        actor: for the audit log.
        progress: is told how far it got.

    Raises:
        ImportRefused: the file is in none of the known formats, or can't be read; nothing was written.
    """
    text = read_text(path)
    with engine.begin() as connection:
        begin_exclusive(connection)  # two imports at once wait for each other
        return import_text(connection, text, path.name, today=today, actor=actor, progress=progress)


def import_text(
    connection: Connection,
    text: str,
    name: str,
    *,
    today: dt.date,
    actor: str = "import",
    progress: Optional[Progress] = None,
) -> Summary:
    """Import the text of one file in the caller's transaction; otherwise as ``import_file``."""
    started = store.now()
    summary = Summary(name, tell_format(text, name))
    if summary.format == "doubts":
        _import_doubts(connection, text, summary)
    else:
        _import_records(connection, text, summary, today, actor, progress)
    _record_run(connection, summary, hashlib.sha256(text.encode()).hexdigest(), started)
    return summary


def tell_format(text: str, name: str) -> str:
    """Tell 'records', 'interface' or 'doubts' from the text itself.

    Raises:
        ImportRefused: none of them.
    """
    if text.split("\n", 1)[0].strip().split("\t") == list(HEADER):
        return "doubts"
    # Any line may be the first sound one: a bad line never stops the others.
    if any(line.lstrip()[:1] in ("{", "[") for line in text.split("\n")):
        for record in _records(text):
            entry = record.value
            if isinstance(entry, dict) and "ma_thu_tuc" in entry:
                return "records"
            if isinstance(entry, dict) and {"executionMethods", "executionCases", "executionSteps"} & set(entry):
                return "interface"
            if isinstance(entry, dict) and {"ma_so", "ten"} <= set(entry):
                raise ImportRefused(
                    f"{name} là danh mục chỉ có tên thủ tục, không có nội dung để trả lời, nên không nạp vào kho."
                )
    raise ImportRefused(
        f"{name} không đúng dạng nào đọc được (bản ghi Cổng .jsonl, JSON của giao diện Cổng, bảng nghi ngờ .tsv)."
    )


def _records(text: str) -> Iterator[_Record]:
    """JSON values of a text: one value, a list of values, or one a line; ValueError for a bad one."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield _Record(number, json.loads(line))
                except (ValueError, RecursionError) as error:
                    yield _Record(number, ValueError(f"không phải JSON: {getattr(error, 'msg', 'lồng quá sâu')}"))
        return
    if isinstance(whole, dict) and isinstance(whole.get("data"), list):
        whole = whole["data"]
    for number, value in enumerate(whole if isinstance(whole, list) else [whole], 1):
        yield _Record(number, value)


def _import_records(
    connection: Connection, text: str, summary: Summary, today: dt.date, actor: str, progress: Optional[Progress]
) -> None:
    reading = read_records(connection, text, summary.format, today=today, name=summary.file, progress=progress)
    writes = list(reading.writes.values())
    result = store.save_layers(connection, store.OFFICIAL, writes, actor=actor, reason=summary.file)
    # What staff have written over stays; that it changed underneath is shown to them.
    official_changed(connection, result.changed)
    summary.rejected += reading.rejected
    summary.created, summary.changed = len(result.created), len(result.changed)
    summary.unchanged += len(result.unchanged) + len(reading.unchanged)


def read_records(
    connection: Connection,
    text: str,
    format_name: str,
    *,
    today: dt.date,
    name: str = "",
    progress: Optional[Progress] = None,
) -> Reading:
    """Read the records of a file ('records' or 'interface'); nothing is written.

    Args:
        connection: knows which records are as they were.
        text: of the file.
        format_name: by ``tell_format``.
        today: decides which fees have run out.
        name: of the file, for ``progress``.
        progress: is told how far it got.
    """
    known = store.known_digests(connection, store.OFFICIAL)
    records = list(_records(text))
    reading = Reading()
    for done, record in enumerate(records, 1):
        if progress and (done % 100 == 0 or done == len(records)):
            progress(name, done, len(records))
        code, outcome = _read_one(record, format_name, known, today)
        if code is not None and code in reading.lines:
            reason = f"mã {code} đã có ở dòng {reading.lines[code]}"
            reading.rejected.append(Rejection(record.line, code, reason))
        elif isinstance(outcome, str):
            reading.rejected.append(Rejection(record.line, code, outcome))
        else:
            assert code is not None
            reading.lines[code] = record.line
            if outcome is None:
                reading.unchanged.append(code)
            else:
                reading.writes[code] = outcome
    return reading


def _read_one(
    record: _Record, format_name: str, known: dict[str, str], today: dt.date
) -> tuple[Optional[str], store.Write | str | None]:
    """The code, and a write, a reason for refusal, or None where it is known as it is."""
    value = record.value
    if isinstance(value, ValueError):
        return None, str(value)
    if not isinstance(value, dict):
        return None, "mỗi bản ghi phải là một đối tượng JSON"
    raw = value.get("ma_thu_tuc" if format_name == "records" else "code")
    code = clean(raw, 40) or None if isinstance(raw, str) else None
    try:
        digest = store.digest_of([READER_VERSION, value])
        if code is not None and known.get(code) == digest:
            return code, None
        layer: Layer
        if format_name == "records":
            layer = portal_records.read_record(value, portal_records.DATED, today)
        else:
            layer = portal_interface.read_object(value, today)
    except ValidationError as error:
        return code, "; ".join(told(problem) for problem in error.errors())[:300]
    except UnicodeEncodeError:
        return code, "có ký tự Unicode hỏng"
    except RecursionError:
        return code, "JSON lồng quá sâu"
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        return code, str(error)[:300] or "bản ghi không đọc được"
    return layer.code, store.Write(layer, digest)


def _import_doubts(connection: Connection, text: str, summary: Summary) -> None:
    marks: dict[str, list[Doubt]] = {}
    for line, code, found in read_marks(text.split("\n")):
        if isinstance(found, ValueError):
            summary.rejected.append(Rejection(line, code or None, str(found)))
        else:
            marks.setdefault(code, []).extend(found)
    before: dict[str, set[tuple[str, str]]] = {}
    for row in connection.execute(select(t.doubts.c.code, t.doubts.c.field, t.doubts.c.what)):
        before.setdefault(row.code, set()).add((row.field, row.what))
    fresh: list[str] = []
    for code, doubts in marks.items():
        wanted = {(doubt.field, doubt.what) for doubt in doubts}
        if before.get(code, set()) == wanted:
            summary.unchanged += 1
            continue
        fresh.append(code)
        if code in before:
            summary.changed += 1
        else:
            summary.created += 1
    for batch in store.batches(fresh):
        connection.execute(delete(t.doubts).where(t.doubts.c.code.in_(batch)))
    rows = []
    for code in fresh:
        for position, doubt in enumerate(dict.fromkeys(marks[code])):
            rows.append({"code": code, "field": doubt.field, "position": position, "what": doubt.what,
                         "instead": doubt.instead or None, "confidence": doubt.confidence})  # fmt: skip
    if rows:
        connection.execute(insert(t.doubts), rows)
    if fresh:
        store.grow(connection, store.KNOWLEDGE)


def _record_run(connection: Connection, summary: Summary, digest: str, started: dt.datetime) -> None:
    if not (summary.created or summary.changed or summary.rejected):
        return  # nothing happened, so nothing is recorded: a repeat changes nothing
    done = connection.execute(
        insert(t.import_runs).values(
            file=summary.file, format=summary.format, digest=digest, started_at=started, finished_at=store.now(),
            created=summary.created, changed=summary.changed, unchanged=summary.unchanged,
            rejected=len(summary.rejected),
        )
    )  # fmt: skip
    run = done.inserted_primary_key[0]
    lines = {rejection.line: rejection for rejection in summary.rejected}
    if lines:
        connection.execute(insert(t.import_rejections), [
            {"run_id": run, "line": line, "code": entry.code, "reason": entry.reason} for line, entry in lines.items()
        ])  # fmt: skip
