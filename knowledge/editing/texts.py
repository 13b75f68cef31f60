"""Guides and life events as staff write them: over the files that come with the software, checked, with history.

A staff version is YAML text of the same shape as the file. It counts until it is
taken back; the file then counts again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Optional

import yaml
from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.content import FOLDER, Problem
from knowledge.editing.model import Actor
from knowledge.errors import EditRefused
from knowledge.guides.model import GUIDES, SCENARIOS, Guide, read_guides
from knowledge.guides.scenarios import run_file
from knowledge.life_events import EVENTS, LifeEvent, read_life_events
from knowledge.yaml_models import Known

LARGEST = 100_000
"""Characters of one text; the longest guide has a tenth of that."""


class Kind(str, Enum):
    """What staff write as text."""

    GUIDE = "guide"
    EVENT = "life_event"

    @property
    def folder(self) -> str:
        """Where the files of this kind lie in the content."""
        return GUIDES if self is Kind.GUIDE else EVENTS


@dataclass(frozen=True)
class Text:
    """A guide or a life event as text.

    Attributes:
        kind: which.
        name: its name, that of its file.
        revision: of the staff version; 0 for the file itself.
        text: YAML.
        scenarios: YAML of a guide's scenarios; '' for a life event.
        shipped: fingerprint of the file that comes with the software; '' for none.
        over: fingerprint of the file that a staff version was written over.
        actor: who wrote it; None for the file.
        at: when, UTC.
    """

    kind: Kind
    name: str
    revision: int
    text: str
    scenarios: str
    shipped: str
    over: str
    actor: Optional[str] = None
    at: Optional[dt.datetime] = None

    @property
    def overtaken(self) -> bool:
        """Say whether the file has changed since staff wrote over it."""
        return self.revision > 0 and self.over != self.shipped


class TextInvalid(EditRefused):
    """A text breaks the rules or its scenarios fail; nothing was written.

    Attributes:
        problems: each with its file and line.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        more = f" (và {len(problems) - 1} chỗ nữa)" if len(problems) > 1 else ""
        super().__init__(f"Chưa lưu được. {problems[0]}{more}")
        self.problems = problems


def _file(kind: Kind, name: str, folder: Path) -> tuple[str, str]:
    """Text and scenarios of the file; '' where there is none."""
    path = folder / kind.folder / f"{name}.yml"
    beside = folder / kind.folder / f"{name}{SCENARIOS}"
    return (
        path.read_text(encoding="utf-8") if path.is_file() else "",
        beside.read_text(encoding="utf-8") if beside.is_file() else "",
    )


def _fingerprint(text: str, scenarios: str) -> str:
    return hashlib.sha256(f"{text}\0{scenarios}".encode()).hexdigest() if text else ""


def _shipped_names(kind: Kind, folder: Path) -> list[str]:
    paths = (folder / kind.folder).glob("*.yml")
    return sorted(path.stem for path in paths if not path.name.endswith(SCENARIOS))


def staff_rows(connection: Connection) -> dict[tuple[str, str], Any]:
    """The newest staff version of each text, by kind and name; one that was taken back has no text."""
    s = t.staff_texts
    newest = (
        select(s.c.kind, s.c.name, func.max(s.c.revision).label("revision")).group_by(s.c.kind, s.c.name).subquery()
    )
    same = (newest.c.kind == s.c.kind) & (newest.c.name == s.c.name) & (newest.c.revision == s.c.revision)
    return {(row.kind, row.name): row for row in connection.execute(select(s).join(newest, same))}


def list_texts(connection: Connection, kind: Kind, folder: Path = FOLDER) -> list[Text]:
    """All texts of a kind as they count, by name."""
    rows = {name: row for (which, name), row in staff_rows(connection).items() if which == kind.value}
    names = sorted({*_shipped_names(kind, folder), *(name for name, row in rows.items() if row.text)})
    return [_text(kind, name, rows.get(name), folder) for name in names]


def read_text(connection: Connection, kind: Kind, name: str, folder: Path = FOLDER) -> Optional[Text]:
    """A text as it counts; None for an unknown name."""
    return next((text for text in list_texts(connection, kind, folder) if text.name == name), None)


def _text(kind: Kind, name: str, row: Any, folder: Path) -> Text:
    text, scenarios = _file(kind, name, folder)
    shipped = _fingerprint(text, scenarios)
    if row is not None and row.text:
        return Text(kind, name, row.revision, row.text, row.scenarios or "", shipped, row.shipped, row.actor, row.at)
    return Text(kind, name, 0, text, scenarios, shipped, shipped)


def versions(connection: Connection, kind: Kind, name: str) -> list[Any]:
    """All staff versions of a text, the newest first, as rows of the table."""
    s = t.staff_texts
    query = select(s).where(s.c.kind == kind.value, s.c.name == name).order_by(s.c.revision.desc())
    return list(connection.execute(query))


def known_of(connection: Connection) -> Known:
    """What guides and life events may lead to: published procedures with the names of their cases."""
    published = t.procedures.c.state == "published"
    codes = set(connection.execute(select(t.procedures.c.code).where(published)).scalars())
    codes |= set(connection.execute(select(t.search_keys.c.code)).scalars())
    cases: dict[str, dict[str, list[str]]] = {}
    for row in connection.execute(select(t.cases).order_by(t.cases.c.code, t.cases.c.layer, t.cases.c.position)):
        if row.code in codes:
            cases.setdefault(row.code, {}).setdefault(row.layer, []).append(row.name)
    told = {code: tuple(of.get(store.EDITORIAL) or of.get(store.OFFICIAL) or ()) for code, of in cases.items()}
    return Known(told, frozenset(codes))


@contextmanager
def _written(kind: Kind, texts: Mapping[str, tuple[str, str]]) -> Iterator[Path]:
    """A content folder that holds some texts: the readers of the files then read and check them."""
    with tempfile.TemporaryDirectory() as made:
        inside = Path(made) / kind.folder
        inside.mkdir()
        for name, (text, scenarios) in texts.items():
            (inside / f"{name}.yml").write_text(text, encoding="utf-8")
            if kind is Kind.GUIDE:
                (inside / f"{name}{SCENARIOS}").write_text(scenarios, encoding="utf-8")
        yield Path(made)


def check_text(
    connection: Connection, kind: Kind, name: str, text: str, scenarios: str = "", folder: Path = FOLDER
) -> tuple[Guide | LifeEvent | None, tuple[Problem, ...]]:
    """Read a text, check it by the rules of ``motcua check`` and run its scenarios.

    Returns:
        The guide or event, or None where it can't be read; and what is wrong, with lines.
    """
    file = f"{name}.yml"
    if len(text) + len(scenarios) > LARGEST:
        return None, (Problem(file, 1, f"dài quá {LARGEST:,} chữ cái".replace(",", ".")),)
    if found := _anchors(file, text) or _anchors(f"{name}{SCENARIOS}", scenarios):
        return None, (found,)
    known = known_of(connection)
    with _written(kind, {name: (text, scenarios)}) as made:
        if kind is Kind.EVENT:
            events = read_life_events(known, made)
            return events.events.get(name), events.problems
        bare = read_guides(None, made).guides.get(name)
        guides = read_guides(known, made)
        if bare is None or guides.problems:
            return bare, guides.problems
        others = [guide for other, guide in guides_in_force(connection, folder).items() if other != name]
        return bare, run_file(bare, [bare, *others], made).problems


def _anchors(file: str, text: str) -> Optional[Problem]:
    """A text that refers to its own parts could be made to grow without end when it is read."""
    try:
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            if isinstance(token, yaml.AliasToken):
                return Problem(file, token.start_mark.line + 1, "không dùng dấu * để nhắc lại phần khác, hãy chép ra")
    except yaml.YAMLError:
        return None  # the reader says what is wrong, and where
    return None


def save_text(
    connection: Connection,
    kind: Kind,
    name: str,
    text: str,
    scenarios: str = "",
    *,
    base: int,
    actor: Actor,
    comment: Optional[str] = None,
    folder: Path = FOLDER,
) -> None:
    """Write a staff version; the chat follows within seconds.

    Args:
        connection: in a transaction.
        kind: guide or life event.
        name: its name.
        text: YAML.
        scenarios: YAML of a guide's scenarios.
        base: revision of the staff version that the writer began from; 0 for the file.
        actor: who writes.
        comment: why.
        folder: of the content.

    Raises:
        EditRefused: the actor may not, or somebody else wrote meanwhile.
        TextInvalid: it breaks the rules, or a scenario fails.
    """
    _see_that_it_may_be_written(connection, kind, name, base, actor)
    _, problems = check_text(connection, kind, name, text, scenarios, folder)
    if problems:
        raise TextInvalid(problems)
    _write(connection, kind, name, text, scenarios, actor, comment, folder)


def take_back(
    connection: Connection, kind: Kind, name: str, *, base: int, actor: Actor, comment: Optional[str] = None,
    folder: Path = FOLDER,
) -> None:  # fmt: skip
    """Let the file count again; without a file the text is gone. Versions stay.

    Raises:
        EditRefused: the actor may not, or somebody else wrote meanwhile.
    """
    _see_that_it_may_be_written(connection, kind, name, base, actor)
    _write(connection, kind, name, None, None, actor, comment, folder)


def _see_that_it_may_be_written(connection: Connection, kind: Kind, name: str, base: int, actor: Actor) -> None:
    if not actor.may_publish:
        raise EditRefused("Chỉ người duyệt mới sửa hướng dẫn và việc trong đời, vì sửa xong là trợ lý dùng ngay.")
    row = staff_rows(connection).get((kind.value, name))
    if (row.revision if row is not None and row.text else 0) != base:
        who = row.actor if row is not None else "người khác"
        raise EditRefused(
            f"{who} đã sửa phần này trong lúc bạn đang sửa. Chưa có gì bị ghi đè: hãy chép lời của bạn ra, mở lại "
            "trang rồi sửa tiếp."
        )


def _write(
    connection: Connection, kind: Kind, name: str, text: Optional[str], scenarios: Optional[str], actor: Actor,
    comment: Optional[str], folder: Path,
) -> None:  # fmt: skip
    s = t.staff_texts.c
    newest = connection.execute(select(func.max(s.revision)).where(s.kind == kind.value, s.name == name)).scalar()
    connection.execute(
        insert(t.staff_texts).values(
            kind=kind.value, name=name, revision=int(newest or 0) + 1, text=text, scenarios=scenarios,
            shipped=_fingerprint(*_file(kind, name, folder)), at=store.now(), actor=actor.name, reason=comment,
        )
    )  # fmt: skip
    store.grow(connection, store.KNOWLEDGE)


def guides_in_force(connection: Connection, folder: Path = FOLDER) -> dict[str, Guide]:
    """Guides by name: staff's version where there is one, else the file."""
    guides = dict(read_guides(folder=folder).guides)
    with _written(Kind.GUIDE, _staff_texts(connection, Kind.GUIDE)) as made:
        guides.update(read_guides(folder=made).guides)
    return guides


def events_in_force(connection: Connection, folder: Path = FOLDER) -> dict[str, LifeEvent]:
    """Life events by name: staff's version where there is one, else the file."""
    events = dict(read_life_events(folder=folder).events)
    with _written(Kind.EVENT, _staff_texts(connection, Kind.EVENT)) as made:
        events.update(read_life_events(folder=made).events)
    return events


def _staff_texts(connection: Connection, kind: Kind) -> dict[str, tuple[str, str]]:
    return {
        name: (row.text, row.scenarios or "")
        for (which, name), row in staff_rows(connection).items()
        if which == kind.value and row.text
    }
