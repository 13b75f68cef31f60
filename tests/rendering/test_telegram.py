"""How replies look in Telegram, in the terminal and on the web page; UPDATE_GOLDEN=1 writes the golden files anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from rendering import plain, telegram
from rendering.pieces import units
from rendering.tree import Block, Button, Item, Items, Paragraph, Source, Title, Tree, read_tree
from tests.conftest import ROOT
from tests.fakes.replies import REPLIES, tree
from tests.fakes.telegram import parse_html

GOLDEN = Path(__file__).parent / "golden"


def _telegram(reply: Tree) -> str:
    return "\n\n".join(map(_readable, telegram.render(reply)))


def _readable(body: dict[str, Any]) -> str:
    """A body as a person would check it."""
    lines = ["=== message", body["html"]]
    for row in body.get("keyboard", []):
        lines.append(" ".join(f"[{key['text']}] {key.get('data') or key['url']}" for key in row))
    return "\n".join(lines)


def _web(name: str) -> str:
    page = Environment(loader=FileSystemLoader(ROOT / "web" / "templates"), autoescape=True)
    html = page.get_template("reply.html").render(reply=REPLIES[name], transcript="")
    return "\n".join(line.strip() for line in html.splitlines() if line.strip())


RENDERERS: dict[str, Callable[[str], str]] = {
    "telegram": lambda name: _telegram(tree(name)),
    "terminal": lambda name: plain.render(tree(name)),
    "web": _web,
}


@pytest.mark.parametrize("channel", sorted(RENDERERS))
@pytest.mark.parametrize("name", sorted(REPLIES))
def test_as_in_the_golden_file(name: str, channel: str) -> None:
    shown = RENDERERS[channel](name) + "\n"
    path = GOLDEN / channel / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"no golden file {path.name}; run with UPDATE_GOLDEN=1 and read it before committing"
    assert shown == path.read_text(encoding="utf-8")


_LETTERS = st.characters(codec="utf-8", exclude_characters="\x00") | st.sampled_from('<>&" \n\U0001f600')
_TEXT = st.text(_LETTERS, min_size=1)
_WORDS = _TEXT.map(str.strip).filter(bool)
_LONG = st.integers(1, 3000).flatmap(lambda times: _WORDS.map(lambda word: f"{word[:9]} " * times)).map(str.strip)
_SAID = _WORDS | _LONG
_ADDRESS = st.just('https://dichvucong.gov.vn/a?b=1&c="2"')
_BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Title, _SAID),
    st.builds(Paragraph, _SAID),
    st.builds(Source, _SAID, st.none() | _ADDRESS),
    st.builds(
        Items,
        st.lists(st.builds(Item, _SAID, st.none() | _WORDS), min_size=1, max_size=4).map(tuple),
        st.sampled_from(["bullets", "numbers", "checklist"]),
    ),
)
_BUTTONS = st.builds(Button, _WORDS, payload=st.just("chon:1"), token=st.just("k:" + "A" * 16)) | st.builds(
    Button, _WORDS, url=_ADDRESS
)
_TREES = st.builds(
    Tree,
    st.lists(_BLOCKS, min_size=1, max_size=5).map(tuple),
    st.lists(_BUTTONS, max_size=12).map(tuple),
)


@settings(derandomize=True, max_examples=120, deadline=None)
@given(_TREES)
def test_telegram_takes_every_message_and_nothing_is_lost(reply: Tree) -> None:
    bodies = telegram.render(reply)
    for body in bodies:
        visible = parse_html(body["html"])
        assert visible == body["plain"]
        assert 0 < units(body["plain"]) <= telegram.LIMIT
    said = "".join("".join(body["plain"] for body in bodies).split())
    for block in reply.blocks:
        texts = [item.text for item in block.items] if isinstance(block, Items) else [block.text]
        assert all("".join(text.split()) in said for text in texts)
    assert all("keyboard" not in body for body in bodies[:-1])
    keys = [key for row in bodies[-1].get("keyboard", []) for key in row]
    assert len(keys) == len(reply.buttons)
    assert all(len(key.get("data", "x").encode()) <= 64 for key in keys)


_NAMES = ["blocks", "buttons", "type", "text", "items", "kind", "title", "url", "payload"]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["text", "list", "title"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner),
        max_leaves=25,
    )
)
def test_odd_trees_are_read_without_trouble(data: object) -> None:
    reply = read_tree(data, "chữ")
    assert reply.blocks
    assert telegram.render(reply)
    assert plain.render(reply)
