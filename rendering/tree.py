"""The shape of a reply as it arrives from the actions: blocks in order, then buttons.

The actions build it (actions/reply.py) and it travels as JSON. Here it is
checked and typed, so that a renderer meets nothing unexpected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Optional

KINDS = ("bullets", "numbers", "checklist")


@dataclass(frozen=True)
class Title:
    """The head of a reply, usually the procedure's name."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A sentence or three."""

    text: str


@dataclass(frozen=True)
class Item:
    """A line of a list, with a remark in smaller print."""

    text: str
    note: Optional[str] = None


@dataclass(frozen=True)
class Items:
    """A list; ``kind`` is one of KINDS."""

    items: tuple[Item, ...]
    kind: str = "bullets"

    def mark(self, number: int) -> str:
        """What stands before the item, counted from 1."""
        return {"bullets": "• ", "checklist": "☐ "}.get(self.kind, f"{number}. ")


@dataclass(frozen=True)
class Source:
    """Where the facts come from and when they were checked."""

    text: str
    url: Optional[str] = None


Block = Title | Paragraph | Items | Source


@dataclass(frozen=True)
class Button:
    """Something to tap: a payload of our own grammar, or a link.

    ``token`` is the short stored stand-in for the payload, set by the worker
    before rendering; what a platform sends back is only ever the token.
    """

    title: str
    payload: Optional[str] = None
    url: Optional[str] = None
    token: Optional[str] = None


@dataclass(frozen=True)
class Tree:
    """A whole reply."""

    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()

    def choices(self) -> tuple[Button, ...]:
        """The buttons that say something, in order: what a numbered menu counts from 1."""
        return tuple(button for button in self.buttons if button.payload)

    def links(self) -> tuple[Button, ...]:
        """The buttons that open a page."""
        return tuple(button for button in self.buttons if button.url)

    def with_tokens(self, token_of: Callable[[Button], str]) -> Tree:
        """The same reply whose payload buttons carry tokens."""
        return replace(
            self,
            buttons=tuple(
                replace(button, token=token_of(button)) if button.payload else button for button in self.buttons
            ),
        )


def plain(text: str) -> Tree:
    """A reply of one paragraph."""
    return Tree((Paragraph(text),))


def read_tree(data: object, text: str = "") -> Tree:
    """Read a reply's JSON.

    Args:
        data: what the actions sent as 'reply'; anything else is taken as missing.
        text: the plain text beside it, which stands in where the tree is missing or empty.
    """
    blocks: list[Block] = []
    buttons: list[Button] = []
    if isinstance(data, dict):
        blocks = [block for block in map(_block, _list(data.get("blocks"))) if block]
        buttons = [button for button in map(_button, _list(data.get("buttons"))) if button]
    if not blocks and text.strip():
        blocks = [Paragraph(text.strip())]
    return Tree(tuple(blocks), tuple(buttons))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _link(value: object) -> Optional[str]:
    text = _text(value)
    return text if text.startswith(("https://", "http://")) and not any(c.isspace() for c in text) else None


def _block(data: object) -> Optional[Block]:
    if not isinstance(data, dict):
        return None
    kind = data.get("type")
    if kind == "list":
        entries = [entry for entry in _list(data.get("items")) if isinstance(entry, dict) and _text(entry.get("text"))]
        items = tuple(Item(_text(entry["text"]), _text(entry.get("note")) or None) for entry in entries)
        style = data.get("kind")
        return Items(items, style if style in KINDS else "bullets") if items else None
    text = _text(data.get("text"))
    if not text:
        return None
    if kind == "title":
        return Title(text)
    if kind == "source":
        return Source(text, _link(data.get("url")))
    return Paragraph(text)


def _button(data: object) -> Optional[Button]:
    if not isinstance(data, dict) or not _text(data.get("title")):
        return None
    title, payload, url = _text(data["title"]), _text(data.get("payload")) or None, _link(data.get("url"))
    if url:
        return Button(title, url=url)
    return Button(title, payload=payload) if payload else None
