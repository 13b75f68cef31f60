"""A reply for Telegram: HTML, cut at 4,096 UTF-16 units of visible text, with buttons under the last message.

Facts: core.telegram.org/bots/api (sendMessage, formatting options, InlineKeyboardMarkup).
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from rendering.pieces import split, units
from rendering.tree import Block, Button, Items, Paragraph, Source, Title, Tree

LIMIT = 4_096
"""UTF-16 units of a message after its tags are taken out."""
MOST_BUTTONS = 100
LONGEST_TITLE = 60
"""Characters of a button; longer ones are cut by phones anyway."""
SHORT = 16
"""Characters up to which two buttons stand side by side."""


@dataclass(frozen=True)
class Run:
    """Text of one style; ``tag`` is '', 'b', 'i' or 'a', and 'a' has an address."""

    text: str
    tag: str = ""
    url: str = ""

    def html(self) -> str:
        """The run with its tag; only what Telegram's HTML knows."""
        inner = escape(self.text, quote=False)
        if self.tag == "a":
            return f'<a href="{escape(self.url)}">{inner}</a>'
        return f"<{self.tag}>{inner}</{self.tag}>" if self.tag else inner


Line = list[Run]


def render(tree: Tree) -> list[dict[str, Any]]:
    """Bodies to send in order: 'html', 'plain' (the same without tags) and, on the last, 'keyboard'.

    The keyboard is rows of {'text', 'data'} or {'text', 'url'}; 'data' is the button's token.
    """
    lines = _lines(tree.blocks) or [[Run("Bạn chọn giúp mình nhé:")]]
    bodies: list[dict[str, Any]] = [
        {
            "html": "\n".join("".join(run.html() for run in line) for line in page),
            "plain": "\n".join("".join(run.text for run in line) for line in page),
        }
        for page in _pages(lines)
    ]
    keyboard = _keyboard(tree.buttons)
    if keyboard:
        bodies[-1]["keyboard"] = keyboard
    return bodies


def _lines(blocks: tuple[Block, ...]) -> list[Line]:
    lines: list[Line] = []
    before: Block | None = None
    for block in blocks:
        # Air between parts; a list stays with the sentence that introduces it.
        if before is not None and not (isinstance(before, Paragraph) and isinstance(block, (Items, Paragraph))):
            lines.append([])
        lines.extend(_block(block))
        before = block
    return lines


def _block(block: Block) -> list[Line]:
    if isinstance(block, Title):
        return [[Run(line, "b")] for line in block.text.split("\n")]
    if isinstance(block, Items):
        return [
            [Run(block.mark(number) + item.text), *([Run(f" ({item.note})", "i")] if item.note else [])]
            for number, item in enumerate(block.items, 1)
        ]
    if isinstance(block, Source):
        told = Run(block.text, "a", block.url) if block.url else Run(block.text, "i")
        return [[Run("Nguồn: ", "i"), told]]
    return [[Run(line)] for line in block.text.split("\n")]


def _length(line: Line) -> int:
    return sum(units(run.text) for run in line)


def _pages(lines: list[Line]) -> list[list[Line]]:
    """Lines packed into messages; no message begins or ends with an empty line, which Telegram would cut."""
    pages: list[list[Line]] = [[]]
    room = LIMIT
    for line in (piece for whole in lines for piece in _short_lines(whole)):
        needed = _length(line) + (1 if pages[-1] else 0)
        if needed > room:
            pages.append([])
            room, needed = LIMIT, _length(line)
        if line or pages[-1]:
            pages[-1].append(line)
            room -= needed
    for page in pages:
        while page and not page[-1]:
            page.pop()
    return [page for page in pages if page]


def _short_lines(line: Line) -> list[Line]:
    """A line as it is, or one too long for a message cut within its runs, never within a tag."""
    if _length(line) <= LIMIT:
        return [line]
    return [[Run(piece, run.tag, run.url)] for run in line for piece in split(run.text, LIMIT)]


def _keyboard(buttons: tuple[Button, ...]) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = []
    for button in buttons[:MOST_BUTTONS]:
        title = button.title if len(button.title) <= LONGEST_TITLE else button.title[: LONGEST_TITLE - 1].rstrip() + "…"
        key = {"text": title, "url": button.url} if button.url else {"text": title, "data": button.token or ""}
        beside = rows and len(rows[-1]) == 1 and max(len(title), len(rows[-1][0]["text"])) <= SHORT
        if beside:
            rows[-1].append(key)
        else:
            rows.append([key])
    return rows
