"""The form of a procedure: its fields in order, and the way from a sent form to a payload."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from knowledge.editing.labels import CHOICES, label_of
from web.console import editing_words as words

MOST_ROWS = 80
"""Entries of one list in a form; the longest list of the portal's records has half of that."""
ACTIONS = ("them", "bo", "len", "xuong")
"""What can be done with a row: add one below the others, take it away, move it up or down."""


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Attributes:
        name: key of the payload.
        kind: 'text', 'area', 'lines' (a text a line), 'choice', 'choices', 'date', 'number', 'check', 'rows', 'group'.
        within: the list or field that it is part of, '' at the top; decides its label.
        hint: an example or a word of advice.
        inner: the fields of an entry or group.
    """

    name: str
    kind: str = "text"
    within: str = ""
    hint: str = ""
    inner: tuple[Field, ...] = field(default=())

    @property
    def label(self) -> str:
        """What it is called."""
        return words.KEY if self.name == KEY else label_of(self.name, self.within)

    @property
    def choices(self) -> Mapping[str, str]:
        """Values with their words, for 'choice' and 'choices'."""
        return CHOICES.get(f"{self.within}.{self.name}" if self.within else self.name, {})


KEY: Final = "key"
"""A source's key stands in a field of its own."""


def _part(within: str, *names: str) -> tuple[Field, ...]:
    """Plain fields; 'name:kind' for another kind, and what the words say of them."""
    made = []
    for entry in names:
        name, _, kind = entry.partition(":")
        made.append(Field(name, kind or "text", within, words.HINTS.get(f"{within}.{name}", "")))
    return tuple(made)


def _top(name: str, kind: str = "text", inner: tuple[Field, ...] = ()) -> Field:
    return Field(name, kind, "", words.HINTS.get(name, ""), inner)


_PERIOD = ("from:date", "to:date", "source")
_DOCUMENTS = Field(
    "documents", "rows", "cases", "",
    _part("documents", "name", "original:number", "copy:number", "show_only:check", "if_any:check", "form", "note"),
)  # fmt: skip
_TIMES = Field(
    "times", "rows", "channels", "", _part("times", "text", "amount:number", "unit:choice", "when", *_PERIOD)
)
_FEES = Field(
    "fees", "rows", "channels", "",
    _part("fees", "label", "amount:number", "per", "text", "when", "area", *_PERIOD),
)  # fmt: skip
SECTIONS: Final[tuple[tuple[str, tuple[Field, ...]], ...]] = (
    (
        words.SECTION_NAME,
        (
            _top("name"),
            _top("official_name"),
            _top("group", "choice"),
            _top("level", "choices"),
            _top("summary", "area"),
            _top("applicants"),
            _top("online", "choice"),
            _top("portal_url"),
            _top("code_listed", "date"),
        ),
    ),
    (words.SECTION_ASKED, (_top("popular_names", "lines"), _top("ways_to_ask", "lines"))),
    (
        words.SECTION_WHEN,
        (
            _top("applies", "lines"),
            _top("conditions", "lines"),
            _top("instead", "rows", _part("instead", "when", "code")),
            _top("related", "lines"),
        ),
    ),
    (
        words.SECTION_DOCUMENTS,
        (
            _top("cases", "rows", (*_part("cases", "name", "when", "source"), _DOCUMENTS)),
            _top("documents_note", "area"),
            _top("forms", "rows", _part("forms", "name", "note", "url")),
        ),
    ),
    (
        words.SECTION_FILING,
        (
            _top("channels", "rows", (*_part("channels", "kind:choice", "place", "note"), _TIMES, _FEES)),
            _top("agencies", "group", _part("agencies", "decides", "receives", "carries_out", "cooperates", "source")),
            _top("steps", "lines"),
            _top("results", "lines"),
        ),
    ),
    (words.SECTION_NOTES, (_top("warnings", "lines"), _top("mistakes", "lines"))),
    (
        words.SECTION_SOURCES,
        (
            _top("sources", "rows", (Field(KEY, within="source"), *_part("source", "name", "url", "dated:date",
                                                                         "checked:date"))),
            _top("legal_bases", "rows", _part("legal_bases", "number", "title")),
            _top("kind"),
            _top("field"),
            _top("ministry"),
            _top("decision"),
        ),
    ),
)  # fmt: skip
FIELDS: Final = tuple(each for _, fields in SECTIONS for each in fields)


def to_form(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as the form shows it: sources as rows with their keys."""
    shown = dict(payload)
    sources = payload.get("sources")
    if isinstance(sources, Mapping):
        rows = [{KEY: key, **(source if isinstance(source, Mapping) else {})} for key, source in sources.items()]
        shown["sources"] = rows
    return shown


def to_payload(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The way back: rows of sources by their keys. A key that stands twice keeps its first row."""
    payload = dict(shown)
    sources: dict[str, Any] = {}
    for row in shown.get("sources") or []:
        inner = {name: value for name, value in row.items() if name != KEY}
        if row.get(KEY) or any(inner.values()):
            sources.setdefault(str(row.get(KEY) or words.NO_KEY), inner)
    payload["sources"] = sources
    return payload


def read_form(form: Mapping[str, Sequence[str]], code: str) -> dict[str, Any]:
    """What a sent form holds, as the form shows it; empty rows stay, so that they can be filled in.

    Args:
        form: all values of each field by its name, such as 'channels.0.fees.1.amount'.
        code: of the procedure; it isn't the form's to say.
    """
    return {"code": code, **_read(FIELDS, form, "")}


def _read(fields: Sequence[Field], form: Mapping[str, Sequence[str]], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in fields:
        name = f"{path}{each.name}"
        if each.kind == "rows":
            found[each.name] = [_read(each.inner, form, f"{name}.{row}.") for row in range(_rows(form, name))]
        elif each.kind == "group":
            found[each.name] = _read(each.inner, form, f"{name}.")
        elif each.kind == "choices":
            found[each.name] = list(form.get(name, ()))
        elif each.kind == "check":
            # A box that isn't ticked says nothing, so that an empty row stays empty.
            found[each.name] = True if name in form else None
        else:
            found[each.name] = _value(each.kind, next(iter(form.get(name, ())), ""))
    return found


def _rows(form: Mapping[str, Sequence[str]], name: str) -> int:
    given = next(iter(form.get(f"{name}.so", ())), "")
    return min(int(given), MOST_ROWS) if re.fullmatch(r"\d{1,4}", given, re.ASCII) else 0


def _value(kind: str, text: str) -> Any:
    text = text.strip()
    if kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "number":
        # '50.000' is how people write fifty thousand.
        plain = re.sub(r"(?<=\d)[. ](?=\d{3}(?:\D|$))", "", text)
        return int(plain) if re.fullmatch(r"\d{1,12}", plain, re.ASCII) else text
    return text


def change_rows(shown: dict[str, Any], action: str) -> dict[str, Any]:
    """Do something with a row: 'them:cases', 'bo:cases.0.documents.2', 'len:…', 'xuong:…'.

    What can't be done (the first row moved up, a list that isn't there) changes nothing.
    """
    verb, _, path = action.partition(":")
    steps = path.split(".")
    rows: Any = shown
    last = len(steps) if verb == "them" else len(steps) - 1
    for step in steps[:last]:
        if isinstance(rows, list):
            rows = rows[int(step)] if step.isdecimal() and int(step) < len(rows) else None
        elif isinstance(rows, dict):
            rows = rows.get(step)
    if verb not in ACTIONS or not isinstance(rows, list):
        return shown
    if verb == "them":
        if len(rows) < MOST_ROWS:
            rows.append({})
        return shown
    row = int(steps[-1]) if steps[-1].isdecimal() else len(rows)
    other = row - 1 if verb == "len" else row + 1
    if verb == "bo" and row < len(rows):
        del rows[row]
    elif verb != "bo" and 0 <= other < len(rows) and row < len(rows):
        rows[row], rows[other] = rows[other], rows[row]
    return shown
