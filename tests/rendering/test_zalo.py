"""How replies look in both Zalo products; UPDATE_GOLDEN=1 writes the golden files anew."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rendering import zalo_bot, zalo_oa
from rendering.pieces import split, units
from rendering.tree import Tree
from rendering.zalo_text import shorten
from tests.fakes.replies import REPLIES, tree
from tests.fakes.zalo_oa import problem

GOLDEN = Path(__file__).parent / "golden"
LIMIT = 1_900


def _oa(reply: Tree, buttons: bool) -> list[dict[str, Any]]:
    return zalo_oa.render(reply, buttons=buttons, text_limit=LIMIT, title_limit=60)


RENDERERS: dict[str, Callable[[Tree], list[dict[str, Any]]]] = {
    "zalo_oa": lambda reply: _oa(reply, False),
    "zalo_oa_buttons": lambda reply: _oa(reply, True),
    "zalo_bot": lambda reply: zalo_bot.render(reply, LIMIT),
}


@pytest.mark.parametrize("channel", sorted(RENDERERS))
@pytest.mark.parametrize("name", sorted(REPLIES))
def test_as_in_the_golden_file(name: str, channel: str) -> None:
    shown = "\n\n".join(map(_readable, RENDERERS[channel](tree(name)))) + "\n"
    path = GOLDEN / channel / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"no golden file {path.name}; run with UPDATE_GOLDEN=1 and read it before committing"
    assert shown == path.read_text(encoding="utf-8")


def _readable(body: dict[str, Any]) -> str:
    """A body as a person would check it."""
    message = body.get("message", body)
    lines = ["=== message", message["text"]]
    for button in message.get("attachment", {}).get("payload", {}).get("buttons", []):
        target = button["payload"] if isinstance(button["payload"], str) else json.dumps(button["payload"])
        lines.append(f"[{button['title']}] {button['type']} {target}")
    lines += [f"--- without buttons\n{text}" for text in body.get("plain", [])]
    return "\n".join(lines)


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_zalo_would_take_every_message(name: str) -> None:
    for buttons in (False, True):
        for body in _oa(tree(name), buttons):
            assert problem(body["message"]) == 0
            assert all(problem({"text": text}) == 0 for text in body.get("plain", []))


@settings(derandomize=True, max_examples=200)
@given(st.text(st.characters(codec="utf-8") | st.sampled_from(" \n\U0001f600"), max_size=300), st.integers(2, 60))
def test_cutting_loses_only_white_space(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@settings(derandomize=True, max_examples=100)
@given(st.text(min_size=1, max_size=120), st.integers(10, 60))
def test_titles_fit(title: str, limit: int) -> None:
    assert units(shorten(title, limit)) <= limit


def test_a_menu_stays_in_one_message() -> None:
    bodies = zalo_bot.render(tree("many_choices"), 400)
    assert "1. Trường hợp 0" in bodies[-1]["text"]
    assert "7. Trường hợp 6" in bodies[-1]["text"]
