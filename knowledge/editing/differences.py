"""The difference of two versions of a layer, field by field, in words for staff."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Optional

from knowledge.editing.labels import CHOICES, FIELDS, label_of
from knowledge.wording import day, money

Payload = Mapping[str, Any]
"""A layer as plain JSON, empty fields left out (``store.payload_of``); a draft's may hold what a layer would refuse."""

_KEYS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "cases": (("name",),),
    "documents": (("name",),),
    "channels": (("kind",),),
    "fees": (("label", "when", "area", "per", "from"), ("label", "when", "area"), ("label",)),
    "times": (("text", "when", "from"), ("when", "from"), ("text",)),
    "forms": (("name",),),
    "legal_bases": (("number",),),
    "instead": (("code",), ("when",)),
}
"""By what an entry of a list is known again in the other version, the surest first."""
_SEPARATOR = " › "
_LONGEST = 400


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Attributes:
        field: the layer's field, such as 'channels'.
        label: where, in words: 'Cách nộp › Trực tuyến › Lệ phí › Số tiền'.
        old: what stood there in words; None where nothing did.
        new: what stands there; None where it's gone.
    """

    field: str
    label: str
    old: Optional[str]
    new: Optional[str]

    def __str__(self) -> str:
        return f"{self.label}: {self.old or '(trống)'} → {self.new or '(bỏ)'}"


def differences(old: Payload, new: Payload) -> list[Difference]:
    """Everything that differs, in the order of the form; none for equal payloads."""
    fields = [*FIELDS, *sorted({*old, *new} - {*FIELDS})]
    return [
        Difference(name, _SEPARATOR.join(path), before, after)
        for name in fields
        for path, before, after in _compare(old.get(name), new.get(name), name, "", (label_of(name),))
    ]


Found = Iterator[tuple[tuple[str, ...], Optional[str], Optional[str]]]


def _compare(old: Any, new: Any, name: str, within: str, path: tuple[str, ...]) -> Found:
    if old == new:
        return
    old, new = _like(old, new), _like(new, old)
    if _is_entries(old) and _is_entries(new):
        yield from _entries(old, new, name, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _texts([_say(item, name, within) for item in old], [_say(item, name, within) for item in new], path)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        inner = "source" if within == "sources" else name
        for key in [*old, *(key for key in new if key not in old)]:
            label = f"“{key}”" if name == "sources" else label_of(key, inner)
            yield from _compare(old.get(key), new.get(key), key, inner, (*path, label))
    else:
        yield path, _words(old, name, within), _words(new, name, within)


def _like(value: Any, other: Any) -> Any:
    """Nothing, in the shape of the other value."""
    if value is None and isinstance(other, (list, dict)):
        return type(other)()
    return value


def _is_entries(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _entries(old: Sequence[Payload], new: Sequence[Payload], name: str, path: tuple[str, ...]) -> Found:
    pairs = _paired(old, new, name)
    matched = dict(pairs)
    for at, entry in enumerate(old):
        if at not in matched:
            yield (*path, _title(entry, name)), _told(entry, name), None
    for there, entry in enumerate(new):
        before = next((at for at, after in pairs if after == there), None)
        title = (*path, _title(entry, name))
        if before is None:
            yield title, None, _told(entry, name)
        else:
            was = old[before]
            for key in [*was, *(key for key in entry if key not in was)]:
                yield from _compare(was.get(key), entry.get(key), key, name, (*title, label_of(key, name)))
    kept = [there for _, there in sorted(pairs)]
    if kept != sorted(kept):
        yield (
            (*path, "Thứ tự"),
            ", ".join(_title(old[at], name) for at in sorted(matched)),
            ", ".join(_title(new[there], name) for there in sorted(kept)),
        )


def _paired(old: Sequence[Payload], new: Sequence[Payload], name: str) -> list[tuple[int, int]]:
    """Places of the same entry in both versions."""
    pairs: list[tuple[int, int]] = []
    for keys in ((), *_KEYS.get(name, ())):
        for at, entry in enumerate(old):
            if any(at == taken for taken, _ in pairs):
                continue
            there = next(
                (
                    place
                    for place, other in enumerate(new)
                    if all(place != taken for _, taken in pairs)
                    and (all(entry.get(key) == other.get(key) for key in keys) if keys else entry == other)
                ),
                None,
            )
            if there is not None:
                pairs.append((at, there))
    return pairs


def _texts(old: Sequence[str], new: Sequence[str], path: tuple[str, ...]) -> Found:
    if sorted(old) == sorted(new):
        yield (*path, "Thứ tự"), "; ".join(old)[:_LONGEST], "; ".join(new)[:_LONGEST]
        return
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        before, after = list(old[a:b]), list(new[c:d])
        for at in range(max(len(before), len(after))):
            yield path, before[at] if at < len(before) else None, after[at] if at < len(after) else None


def _title(entry: Payload, name: str) -> str:
    """What an entry of a list is called within a path."""
    if name == "channels":
        return CHOICES["channels.kind"].get(str(entry.get("kind")), str(entry.get("kind")))
    key = next((key for key in ("name", "label", "number", "code", "text") if entry.get(key)), None)
    return f"“{entry[key]}”" if key else "(chưa có tên)"


def _told(entry: Payload, name: str) -> str:
    """A whole entry in one line."""
    parts = []
    for key, value in entry.items():
        said = _words(value, key, name)
        if said:
            parts.append(f"{label_of(key, name)}: {said}")
    return "; ".join(parts) or "(trống)"


def _words(value: Any, name: str, within: str) -> Optional[str]:
    """A value in words; None for nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return None
    if isinstance(value, list):
        texts = [_told(item, name) if isinstance(item, Mapping) else _say(item, name, within) for item in value]
        return " | ".join(texts)
    if isinstance(value, Mapping):
        if name == "sources":
            return " | ".join(
                f"{key}: {_told(item, 'source') if isinstance(item, Mapping) else item}" for key, item in value.items()
            )
        return _told(value, name)
    return _say(value, name, within)


def _say(value: Any, name: str, within: str) -> str:
    """A single value in words."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int):
        return money(value) if (within, name) == ("fees", "amount") else str(value)
    if isinstance(value, str):
        choices = CHOICES.get(f"{within}.{name}" if within else name, {})
        if value in choices:
            return choices[value]
        if name in ("from", "to", "dated", "checked"):
            return _day(value)
        return value
    return json.dumps(value, ensure_ascii=False)


def _day(value: str) -> str:
    try:
        return day(dt.date.fromisoformat(value))
    except ValueError:
        return value
