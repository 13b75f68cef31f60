"""Our own content, from YAML files: read with file and line for every mistake, and loaded into the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from knowledge import store
from knowledge import tables as t
from knowledge.database import begin_exclusive
from knowledge.editing.review import Origin, raise_items
from knowledge.errors import ContentInvalid
from knowledge.faults import told
from knowledge.layer import CODE_PATTERN, ProcedureContent
from knowledge.review import faults

FOLDER = Path(__file__).parent / "content"
ACTOR = "content"
"""Who the audit log says wrote what these files hold."""

_PLACE = tuple[Hashable, ...]


@dataclass(frozen=True)
class Problem:
    """A mistake in a content file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class SearchKey:
    """A name or a way to ask for a procedure that other records describe."""

    code: str
    kind: str
    text: str


@dataclass
class Content:
    """Everything the folder holds, and what is wrong with it."""

    procedures: list[ProcedureContent]
    keys: list[SearchKey]
    aliases: dict[str, str]
    problems: list[Problem]
    references: list[tuple[str, Problem]] = field(default_factory=list)
    """Codes that procedures name, with what to say where nothing in the content has them."""


class _UniqueKeyLoader(yaml.CSafeLoader):
    """Refuses a key written twice, which YAML would swallow."""

    def construct_date(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError as error:
            raise yaml.MarkedYAMLError(
                problem=f"ngày '{node.value}' không có trong lịch", problem_mark=node.start_mark
            ) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen and key != "<<":
                raise yaml.MarkedYAMLError(problem=f"khóa '{key}' viết hai lần", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:timestamp", _UniqueKeyLoader.construct_date)


def read_yaml(path: Path) -> tuple[Any, dict[_PLACE, int]]:
    """Read a YAML file with the line of every node.

    Returns:
        The value, and a map from a node's place (keys and indexes) to its line, from 1.

    Raises:
        ContentInvalid: no YAML, or no UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
        loader = _UniqueKeyLoader(text)
        try:
            node = loader.get_single_node()
            lines = dict(_lines(node, ()))
            return (loader.construct_document(node) if node else None), lines
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        # What never ends is best shown where it begins.
        mark = error.context_mark if "end of stream" in str(error.problem) else error.problem_mark
        line = mark.line + 1 if mark else 1
        raise ContentInvalid(str(Problem(path.name, line, f"YAML không đọc được: {error.problem}"))) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentInvalid(str(Problem(path.name, 1, "không phải YAML UTF-8"))) from error


def _lines(node: yaml.Node | None, place: _PLACE) -> Iterator[tuple[_PLACE, int]]:
    if node is None:
        return
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*place, key.value))
            yield (*place, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*place, index))


def _line_of(place: _PLACE, lines: dict[_PLACE, int]) -> int:
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def read_content(folder: Path = FOLDER) -> Content:
    """Read and check every file; problems are collected, not raised."""
    content = Content([], [], {}, [])
    files_by_code: dict[str, str] = {}
    for path in sorted((folder / "procedures").glob("*.yml")):
        _read_procedure(path, content, files_by_code)
    for path in sorted((folder / "keys").glob("*.yml")):
        _read_keys(path, content)
    aliases = folder / "aliases.yml"
    if aliases.exists():
        _read_aliases(aliases, content)
    return content


def _read_procedure(path: Path, content: Content, files_by_code: dict[str, str]) -> None:
    try:
        value, lines = read_yaml(path)
        procedure = ProcedureContent.parse_obj(value)
    except ContentInvalid as error:
        content.problems.append(_problem_of(error))
        return
    except ValidationError as error:
        for problem in error.errors():
            place = tuple(part for part in problem["loc"] if part != "__root__")
            reason = f"{'.'.join(map(str, place)) or 'file'}: {told(problem)}"
            content.problems.append(Problem(path.name, _line_of(place, lines), reason))
        return
    named = path.name.startswith(f"{procedure.code}-") or path.stem == procedure.code
    if not named:
        content.problems.append(
            Problem(path.name, _line_of(("code",), lines), f"tên file phải bắt đầu bằng '{procedure.code}-'")
        )
    if procedure.code in files_by_code:
        reason = f"mã {procedure.code} đã có trong {files_by_code[procedure.code]}"
        content.problems.append(Problem(path.name, _line_of(("code",), lines), reason))
        return
    files_by_code[procedure.code] = path.name
    content.procedures.append(procedure)
    content.problems += [Problem(path.name, _line_of(place, lines), reason) for place, reason in faults(procedure)]
    for kind in ("instead", "related"):
        named = [other if isinstance(other, str) else other.code for other in getattr(procedure, kind)]
        content.references += [
            (code, Problem(path.name, _line_of((kind, at), lines), f"chưa có thủ tục {code} trong nội dung"))
            for at, code in enumerate(named)
        ]


def _problem_of(error: ContentInvalid) -> Problem:
    file, line, reason = re.split(r":(\d+): ", str(error), maxsplit=1)
    return Problem(file, int(line), reason)


def _read_keys(path: Path, content: Content) -> None:
    try:
        value, lines = read_yaml(path)
    except ContentInvalid as error:
        content.problems.append(_problem_of(error))
        return
    if not isinstance(value or [], list):
        content.problems.append(Problem(path.name, 1, "file phải là một danh sách các mục"))
        return
    for index, entry in enumerate(value or []):
        line = _line_of((index,), lines)
        if not isinstance(entry, dict) or set(entry) - {"code", "popular_names", "ways_to_ask"}:
            content.problems.append(Problem(path.name, line, "mỗi mục gồm code, popular_names, ways_to_ask"))
            continue
        code = str(entry.get("code", ""))
        if not CODE_PATTERN.match(code):
            content.problems.append(Problem(path.name, line, f"mã thủ tục '{code}' không đúng dạng 1.001193"))
            continue
        for kind, texts in (("popular_name", entry.get("popular_names")), ("way_to_ask", entry.get("ways_to_ask"))):
            if not _is_texts(texts or []):
                content.problems.append(Problem(path.name, line, f"{code}: mỗi cách gọi, cách hỏi là một chuỗi chữ"))
                continue
            content.keys += [SearchKey(code, kind, text.strip()) for text in texts or []]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value)


def _read_aliases(path: Path, content: Content) -> None:
    try:
        value, lines = read_yaml(path)
    except ContentInvalid as error:
        content.problems.append(_problem_of(error))
        return
    if not isinstance(value or {}, dict):
        content.problems.append(Problem(path.name, 1, "mỗi dòng: tên dân gian: tên chính thức"))
        return
    for alias, term in (value or {}).items():
        if not isinstance(alias, str) or not isinstance(term, str):
            content.problems.append(
                Problem(path.name, _line_of((alias,), lines), "mỗi dòng: tên dân gian: tên chính thức")
            )
        else:
            content.aliases[alias.strip().lower()] = term.strip()


def load_content(engine: Engine, folder: Path = FOLDER) -> store.Outcome:
    """Bring the database's copy of our own content up to date, in one transaction.

    What staff have edited since is left alone; where its file changed, that goes to the review list. A file that is
    gone takes its layer with it.

    Raises:
        ContentInvalid: a file has a mistake; nothing is written.
    """
    fingerprint = _fingerprint(folder)
    with engine.connect() as connection:
        if connection.execute(_loaded()).scalar() == fingerprint:
            return store.Outcome()
    content = read_content(folder)
    if content.problems:
        more = f" (và {len(content.problems) - 1} lỗi nữa)" if len(content.problems) > 1 else ""
        raise ContentInvalid(f"{content.problems[0]}{more}")
    with engine.begin() as connection:
        begin_exclusive(connection)
        ours = _written_by_content(connection)
        known = store.known_digests(connection, store.EDITORIAL)
        writes = []
        for procedure in content.procedures:
            digest = store.digest_of(store.payload_of(procedure))
            untouched = procedure.code not in known or procedure.code in ours
            if untouched and known.get(procedure.code) != digest:
                writes.append(store.Write(procedure, digest))
        kept = {each.code: each for each in content.procedures if each.code in known and each.code not in ours}
        raise_items(connection, Origin.CONTENT, *_changed_under_staff(connection, kept))
        outcome = store.save_layers(connection, store.EDITORIAL, writes, actor=ACTOR, reason="nội dung đi kèm")
        gone = sorted(ours - {procedure.code for procedure in content.procedures})
        store.remove_layers(connection, store.EDITORIAL, gone, actor=ACTOR, reason="file không còn")
        _replace_keys(connection, content.keys)
        _replace_aliases(connection, content.aliases)
        connection.execute(delete(t.fingerprints).where(t.fingerprints.c.name == ACTOR))
        connection.execute(insert(t.fingerprints).values(name=ACTOR, value=fingerprint))
    return outcome


def _loaded() -> Any:
    return select(t.fingerprints.c.value).where(t.fingerprints.c.name == ACTOR)


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _written_by_content(connection: Connection) -> set[str]:
    """Codes whose editorial layer was last written from files."""
    query = (
        select(t.revisions.c.code, t.revisions.c.actor)
        .join(t.layers, (t.layers.c.code == t.revisions.c.code) & (t.layers.c.layer == t.revisions.c.layer))
        .where(t.revisions.c.layer == store.EDITORIAL)
        .order_by(t.revisions.c.revision)
    )
    last = {row.code: row.actor for row in connection.execute(query)}
    return {code for code, actor in last.items() if actor == ACTOR}


def _changed_under_staff(
    connection: Connection, kept: Mapping[str, ProcedureContent]
) -> tuple[dict[str, tuple[dict[str, Any], dict[str, Any]]], dict[str, dict[str, Any]]]:
    """Files as they were when last written and as they are, and what staff's layers say, by code."""
    before: dict[str, dict[str, Any]] = {}
    staff: dict[str, dict[str, Any]] = {}
    r = t.revisions.c
    for batch in store.batches(kept):
        query = select(r.code, r.actor, r.payload).where(r.layer == store.EDITORIAL, r.code.in_(batch))
        for row in connection.execute(query.order_by(r.revision)):
            staff[row.code] = row.payload
            if row.actor == ACTOR:
                before[row.code] = row.payload
    changes = {code: (before.get(code, {}), store.payload_of(layer)) for code, layer in kept.items()}
    return changes, staff


def _replace_keys(connection: Connection, keys: Sequence[SearchKey]) -> None:
    wanted: list[dict[str, Any]] = []
    positions: dict[str, int] = {}
    for key in dict.fromkeys(keys):
        position = positions[key.code] = positions.get(key.code, -1) + 1
        wanted.append({"code": key.code, "position": position, "kind": key.kind, "text": key.text})
    stored = [dict(row) for row in connection.execute(select(t.search_keys)).mappings()]

    def order(row: dict[str, Any]) -> tuple[str, int]:
        return row["code"], row["position"]

    if sorted(stored, key=order) != sorted(wanted, key=order):
        connection.execute(delete(t.search_keys))
        for batch in store.batches(wanted):
            connection.execute(insert(t.search_keys), batch)
        store.grow(connection, store.KNOWLEDGE)


def _replace_aliases(connection: Connection, aliases: dict[str, str]) -> None:
    stored = {row.alias: row.term for row in connection.execute(select(t.aliases))}
    if stored != aliases:
        connection.execute(delete(t.aliases))
        if aliases:
            connection.execute(insert(t.aliases), [{"alias": alias, "term": term} for alias, term in aliases.items()])
        store.grow(connection, store.KNOWLEDGE)
