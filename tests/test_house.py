"""The rules of the house: who imports whom, how long files grow, what is documented, what language people read."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from knowledge import catalogue, wording
from knowledge.editing import labels
from motcua.cli import app
from tests.conftest import ROOT
from web import words
from web.console import editing_words, explain_words
from web.console import words as console_words

PACKAGES = (
    "storage",
    "settings",
    "privacy",
    "watching",
    "limits",
    "vietnamese",
    "knowledge",
    "rendering",
    "answers",
    "analytics",
    "desk",
    "accounts",
    "bot",
    "actions",
    "web",
    "evaluation",
    "motcua",
    "bench",
)
MAY_IMPORT = {
    "storage": set(),
    "settings": set(),
    "privacy": {"settings"},
    "watching": {"privacy", "settings"},
    "limits": {"settings"},
    "vietnamese": set(),
    "knowledge": {"vietnamese", "settings", "storage"},
    "rendering": set(),
    "answers": {"knowledge", "vietnamese", "settings"},
    # What the staff and leaders work with: turns and figures, handed-over conversations and notices, accounts.
    "analytics": {"answers", "knowledge", "vietnamese", "privacy", "settings", "storage"},
    "desk": {"privacy", "settings", "storage"},
    "accounts": {"settings", "storage"},
    "bot": {
        *("accounts", "analytics", "desk", "privacy", "watching", "limits", "rendering", "vietnamese", "settings"),
        "storage",
    },
    "actions": {"answers", "desk", "evaluation", "knowledge", "vietnamese", "privacy", "watching", "settings"},
    "web": {
        *("accounts", "analytics", "answers", "desk", "evaluation", "knowledge", "rendering"),
        *("vietnamese", "privacy", "settings", "storage", "watching", "limits"),
    },
    "evaluation": {"knowledge", "settings"},
    # The command line is the top of the house.
    "motcua": {*PACKAGES} - {"bench"},
    # Measures any part from outside; Rasa's own process is measured through its port.
    "bench": {*PACKAGES} - {"bot"},
}
LONGEST_FILE = 400
CODE = {".py", ".js", ".css", ".html", ".sh", ".toml", ""}
# A migration is written by Alembic from the tables, once, and never edited afterwards.
WRITTEN_BY_TOOLS = ("knowledge/migrations/versions/",)
# Not the beginnings that stand for many, as in MOTCUA_INBOX_*.
SETTING = re.compile(r"MOTCUA_[A-Z]+(?:_[A-Z]+)*(?![A-Z_])")
ENGLISH = re.compile(
    r"\b(the|is|are|was|not|please|cannot|can't|error|failed|missing|invalid|with|your|you|this|that|must|should|send|"
    r"unknown|loading|welcome|sorry)\b",
    re.IGNORECASE,
)
VIETNAMESE = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)


def tracked() -> list[Path]:
    """Every file of the project that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def sources(*folders: str) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def imported(text: str) -> Iterator[str]:
    """Top-level names of what a source imports, within functions too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole way"
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    found = list(sources(package))
    assert found
    wrong = {
        (str(path), name)
        for path, text in found
        for name in imported(text)
        if name in {*PACKAGES, "tests"} and name != package and name not in MAY_IMPORT[package]
    }
    assert not wrong


def test_rasa_is_known_to_the_bot_alone_and_its_sdk_to_the_actions() -> None:
    for path, text in sources(*PACKAGES):
        names = set(imported(text))
        assert "rasa" not in names or path.parts[0] == "bot", path
        assert "rasa_sdk" not in names or path.parts[0] == "actions", path


def test_no_file_is_longer_than_a_head_can_hold() -> None:
    lengths = {
        str(path): (ROOT / path).read_text(encoding="utf-8").count("\n")
        for path in tracked()
        if path.suffix in CODE and not str(path).startswith(WRITTEN_BY_TOOLS)
    }
    assert len(lengths) > 100
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    read = {
        found
        for path in tracked()
        if path.parts[0] in {*PACKAGES, "scripts", "Makefile"}
        or path.suffix in {".yml", ".toml"}
        or path.parts[:2] == ("tests", "fakes")
        if path.suffix in {".py", ".sh", ".yml", ".toml", ""}
        for found in SETTING.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(MOTCUA_[A-Z_]+)` \| [^|]+ \| [^|]{10,}\|$", page, re.MULTILINE))
    assert len(read) >= 12
    assert read == documented


def test_the_lock_has_hashes_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*--(?!hash=)", lock, re.MULTILINE)
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]
    assert len(entries) > 100
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+", entry, re.IGNORECASE), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_the_lock_holds_every_dependency() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    locked = set(
        re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    wanted = {name for name, _, _ in _dependencies(project)}
    assert len(wanted) > 20
    assert {name.lower() for name in wanted} <= locked


def _dependencies(project: str) -> Iterator[tuple[str, str, str]]:
    """Name, bound and the line above, for each dependency of pyproject.toml."""
    lines = project.split("[project.scripts]")[0].splitlines()
    for at, line in enumerate(lines):
        if match := re.fullmatch(r'  "([A-Za-z0-9._-]+)((?:[<>=!~][^"]*)?)",', line):
            yield match.group(1), match.group(2), lines[at - 1].strip()


def test_every_bound_of_a_dependency_is_explained() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    unexplained = [name for name, bound, above in _dependencies(project) if bound and not above.startswith("# ")]
    assert not unexplained
    assert re.search(r"# .+\nrequires-python", project)


def test_every_verb_of_make_has_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    verbs = set(phony.group(1).split())
    assert {"run", "test", "setup"} <= verbs
    assert verbs == set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    helped = dict(re.findall(r"^([a-z-]+) +(\S.*)$", told, re.MULTILINE))
    assert set(helped) == verbs


# What people read


def _in_python() -> Iterator[tuple[str, str]]:
    """Texts that are told, or that an error of ours carries."""
    trees = [(path, ast.parse(text)) for path, text in sources(*PACKAGES)]
    errors = {"MotCuaError"}
    for _ in range(3):
        errors |= {
            node.name
            for _, tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id in errors for base in node.bases)
        }
    tellers = {"say", "warn", "tell", "_tell", "_say", "apology", *errors}
    for path, tree in trees:
        if path.parts[0] in ("actions", "answers"):
            continue  # its words are all in phrases.yml, and its 'say' takes their names
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in tellers:
                    for argument in node.args:
                        yield f"{path}:{node.lineno}", _text_of(argument)


def _text_of(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


class _Shown(HTMLParser):
    """Collects what a page shows or reads out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(re.sub(r"\{[%{#].*?[%}#]\}", "…", data, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        told = [named.get(name) or "" for name in ("alt", "title", "placeholder", "aria-label")]
        self.texts += [*told, (named.get("content") or "") if named.get("name") == "description" else ""]


def _in_pages() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        shown = _Shown()
        shown.feed(path.read_text(encoding="utf-8"))
        yield from ((path.name, text) for text in shown.texts)
    for path in sorted((ROOT / "web" / "static").glob("*.js")):
        script = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        yield from ((path.name, text) for text in re.findall(r'"([^"\n]* [^"\n]*)"', script))
    for module in (words, console_words, editing_words, explain_words, labels, wording, catalogue):
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, (str, tuple, dict)):
                texts = (
                    list(value.values()) if isinstance(value, dict) else [value] if isinstance(value, str) else value
                )
                yield from ((f"{module.__name__}.{name}", text) for text in texts if isinstance(text, str))
    described = (ROOT / "web" / "openapi.yml").read_text(encoding="utf-8")
    told = re.findall(r"(?:description|summary|title): \"?([^\",}\n]+)", described)
    yield from (("openapi.yml", text) for text in told)


def _in_phrases(value: object, name: str = "phrases.yml") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _in_phrases(item, f"{name}: {key}")
    elif isinstance(value, list):
        for item in value:
            yield from _in_phrases(item, name)
    elif isinstance(value, str):
        yield name, re.sub(r"\{\w+\}", "…", value)


def _in_help(command: Any, name: str = "motcua") -> Iterator[tuple[str, str]]:
    """Help of a command and of its verbs (typer's own kind of click, which it doesn't export)."""
    yield f"{name} --help", command.help or ""
    for parameter in command.params:
        if parameter.name != "help":  # typer's own
            yield f"{name} {parameter.name}", getattr(parameter, "help", "") or ""
    for verb, inner in getattr(command, "commands", {}).items():
        assert inner.help, f"{name} {verb} has no help"
        yield from _in_help(inner, f"{name} {verb}")


def _in_scripts() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "scripts").glob("*.sh")):
        for text in re.findall(r'^\s*echo "([^"]+)"', path.read_text(encoding="utf-8"), re.MULTILINE):
            yield path.name, text


PLACES: dict[str, tuple[Callable[[], Iterator[tuple[str, str]]], int]] = {
    "commands and errors": (_in_python, 40),
    "pages": (_in_pages, 40),
    "replies": (
        lambda: _in_phrases(yaml.safe_load((ROOT / "answers" / "phrases.yml").read_text(encoding="utf-8"))),
        80,
    ),
    "help": (lambda: _in_help(typer.main.get_command(app)), 15),
    "scripts": (_in_scripts, 5),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_people_read_is_vietnamese(place: str) -> None:
    collect, least = PLACES[place]
    texts = [(where, text) for where, text in collect() if text.strip(" .…\n")]
    assert len(texts) >= least, "nothing was collected: the test looks in the wrong place"
    english = [(where, text) for where, text in texts if ENGLISH.search(text)]
    assert not english
    # A sentence in Vietnamese has at least one letter that English lacks.
    sentences = [(where, text) for where, text in texts if len(re.findall(r"[^\W\d_]{2,}", text)) >= 5]
    assert not [(where, text) for where, text in sentences if not VIETNAMESE.search(text)]
