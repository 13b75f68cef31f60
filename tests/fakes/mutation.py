"""Spoilt payloads: what a broken or hostile sender might post instead of a good body."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

_ODD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["", "\x00", "/restart", "9" * 400, "\ud800", "‮đảo", "a" * 5000, "[]", "-0", "１２３"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from _places(inner, (*path, key))


@st.composite
def mutated(draw: st.DrawFn, body: dict[str, Any]) -> bytes:
    """A body of which one to three parts are replaced, removed or doubled, or whose bytes are cut or flipped."""
    spoilt = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(spoilt))
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        holder = spoilt
        for key in way:
            holder = holder[key]
        action = draw(st.sampled_from(["replace", "remove", "rename"]))
        if action == "replace":
            holder[last] = draw(_ODD)
        elif action == "remove" or isinstance(holder, list):
            del holder[last]
        else:
            holder[draw(st.text(max_size=10))] = holder.pop(last)
    raw = json.dumps(spoilt).encode()
    damage = draw(st.sampled_from(["none", "none", "none", "cut", "flip"]))
    if damage == "cut":
        return raw[: draw(st.integers(0, len(raw)))]
    if damage == "flip":
        at = draw(st.integers(0, len(raw) - 1))
        return raw[:at] + bytes([raw[at] ^ draw(st.integers(1, 255))]) + raw[at + 1 :]
    return raw
