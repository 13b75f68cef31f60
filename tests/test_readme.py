"""What the README and the docs name is there: verbs, files, headings, pictures, parts of a content file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from knowledge import faults
from knowledge.importers.doubts import HEADER, doubtful_fields, read_marks
from knowledge.layer import Group, Layer, Level, OnlineLevel, ProcedureContent, TimeUnit
from motcua.cli import app
from tests.conftest import ROOT

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
PICTURES = sorted((ROOT / "docs" / "pictures").iterdir())
LARGEST_PICTURE = 300_000
"""Bytes. A README is read on slow lines too."""
GUIDE_FOR_STAFF = (ROOT / "docs" / "noi-dung.md").read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_in(text: str) -> Iterator[str]:
    """Lines of fenced blocks, and inline code."""
    for number, part in enumerate(re.split(r"^\s*```.*$", text, flags=re.MULTILINE)):
        yield from part.splitlines() if number % 2 else re.findall(r"`([^`\n]+)`", part)


def commands(program: str) -> set[tuple[str, tuple[str, ...]]]:
    """(page, the lower-case words after the program's name) for each time that a page tells to run it."""
    found = set()
    for page in PAGES:
        for line in code_in(page.read_text(encoding="utf-8")):
            match = re.match(
                rf"(?:\$ |[A-Z_]+=\S+ |\.venv/bin/)*{program}((?: [a-z][a-z-]*(?![\w./=]))+)", line.strip()
            )
            if match:
                found.add((name_of(page), tuple(match.group(1).split())))
    return found


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        text = re.sub(r"^\s*```.*?^\s*```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)
        yield from ((page, target) for target in found if "://" not in target)


def test_every_verb_of_make_that_is_told_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    told = commands("make")
    assert {("README.md", ("run",)), ("README.md", ("test",))} <= told
    assert not {(page, words) for page, words in told if words[0] not in verbs}


def test_every_verb_of_motcua_that_is_told_exists() -> None:
    told = commands("motcua")
    assert len(told) > 15
    unknown = set()
    for page, words in told:
        command: Any = typer.main.get_command(app)
        for word in words:
            inner = getattr(command, "commands", None)
            if inner is None:
                break  # the rest are arguments
            command = inner.get(word)
            if command is None:
                unknown.add((page, words))
                break
    assert not unknown


def test_every_verb_of_motcua_is_told_somewhere() -> None:
    told = {words[0] for _, words in commands("motcua")}
    hidden = {"setup", "run", "telegram"}  # told as verbs of make
    for_programmers = {"train", "revision"}
    assert set(typer.main.get_command(app).commands) - hidden - for_programmers <= told  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = set()
    for at, target in links():
        if at != page:
            continue
        file, _, anchor = target.partition("#")
        aim = (page.parent / file).resolve() if file else page
        if not aim.exists():
            broken.add(target)
        elif anchor:
            headings = re.findall(r"^#+ (.+)$", aim.read_text(encoding="utf-8"), re.MULTILINE)
            if anchor not in {slug(heading) for heading in headings}:
                broken.add(target)
    assert not broken


def test_pictures_are_small_and_all_shown() -> None:
    shown = {(page.parent / target).resolve() for page, target in links()}
    assert len(PICTURES) >= 2
    assert not [name_of(picture) for picture in PICTURES if picture not in shown]
    assert not [name_of(picture) for picture in PICTURES if picture.stat().st_size >= LARGEST_PICTURE]


def test_every_picture_says_what_it_shows() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"!\[([^\]]*)\]", readme) + re.findall(r'<img [^>]*alt="([^"]*)"', readme)
    assert len(told) == readme.count("![") + readme.count("<img ")
    assert all(len(words) > 10 for words in told)


def test_staff_are_told_of_every_part_of_a_content_file() -> None:
    named = set(re.findall(r"`([a-z_]+)`", GUIDE_FOR_STAFF))
    fields: set[str] = {field.alias for field in Layer.__fields__.values()}
    values = {item.value for kind in (Group, Level, OnlineLevel) for item in kind}
    assert not (fields | values) - named
    assert all(re.search(rf"\b{unit.value}\b", GUIDE_FOR_STAFF) for unit in TimeUnit)


def test_required_parts_are_marked() -> None:
    marked = set(re.findall(r"^\| ● `([a-z_]+)`", GUIDE_FOR_STAFF, re.MULTILINE))
    assert marked == {name for name, field in ProcedureContent.__fields__.items() if field.required}


def test_the_examples_for_staff_are_sound() -> None:
    blocks = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", GUIDE_FOR_STAFF, re.M | re.S)]
    whole = ProcedureContent.parse_obj(blocks[0])
    assert whole.code == "1.000656"
    parts: dict[str, Any] = {}
    for block in blocks[1:]:
        parts |= block
    assert set(parts) == {"sources", "cases", "channels"}
    sources = {**parts["sources"], "nq411": parts["sources"]["portal"]}
    together = ProcedureContent.parse_obj({**blocks[0], **parts, "sources": sources})
    assert together.channels[0].fees[0].amount == 0
    assert together.cases[0].documents[1].show_only


def test_the_table_of_doubts_for_staff_is_one_that_is_read() -> None:
    block = re.search(r"^```\n(code\t.+?)^```", GUIDE_FOR_STAFF, re.MULTILINE | re.DOTALL)
    assert block
    rows = block.group(1).splitlines()
    assert rows[0].split("\t") == list(HEADER)
    ((_, code, marks),) = read_marks(rows)
    assert isinstance(marks, list)
    assert (code, [mark.field for mark in marks]) == ("1.001193", ["fees"])
    for beginning, fields in (("fee", ("fees",)), ("time cell", ("times",)), ("district", ("agencies",))):
        assert f"`{beginning}`" in GUIDE_FOR_STAFF
        assert doubtful_fields(f"{beginning}: cũ") == fields


def test_mistakes_shown_to_staff_are_worded_as_they_are_told() -> None:
    known = Path(faults.__file__).read_text(encoding="utf-8")
    for words in ("không có phần nào tên này", "phải là số nguyên"):
        assert words in GUIDE_FOR_STAFF
        assert f'"{words}"' in known
