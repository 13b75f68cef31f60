"""A reply as a small tree: each channel renders it for its own limits.

The tree travels as JSON beside a plain text, so that Rasa's own channels
(``rasa shell``) show something sensible too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

LIMIT = 900
"""Longest reply in characters, buttons aside: what fits a phone's screen and a half."""
MAX_BUTTONS = 6


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
    """A list; ``kind`` is 'bullets', 'numbers' or 'checklist'."""

    items: tuple[Item, ...]
    kind: str = "bullets"


@dataclass(frozen=True)
class SourceLine:
    """Where the facts come from and when they were checked."""

    text: str
    url: Optional[str] = None


Block = Title | Paragraph | Items | SourceLine


@dataclass(frozen=True)
class Button:
    """Something to tap: a payload of our own grammar, or a link."""

    title: str
    payload: Optional[str] = None
    url: Optional[str] = None


@dataclass
class Reply:
    """Blocks in order, then buttons."""

    blocks: list[Block] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def text(self) -> str:
        """The whole reply in plain text, without its buttons."""
        return "\n".join(_plain(block) for block in self.blocks)

    def as_json(self) -> dict[str, Any]:
        """The tree for channels."""
        return {
            "blocks": [_block_json(block) for block in self.blocks],
            "buttons": [
                {key: value for key, value in vars(button).items() if value is not None} for button in self.buttons
            ],
        }


def _plain(block: Block) -> str:
    if isinstance(block, Items):
        marks = {"bullets": "• ", "checklist": "☐ "}
        return "\n".join(
            f"{marks.get(block.kind, f'{number}. ')}{item.text}" + (f" ({item.note})" if item.note else "")
            for number, item in enumerate(block.items, 1)
        )
    if isinstance(block, SourceLine):
        return f"Nguồn: {block.text}"
    return block.text


def _block_json(block: Block) -> dict[str, Any]:
    if isinstance(block, Items):
        items = [{"text": item.text, **({"note": item.note} if item.note else {})} for item in block.items]
        return {"type": "list", "kind": block.kind, "items": items}
    if isinstance(block, SourceLine):
        return {"type": "source", "text": block.text, **({"url": block.url} if block.url else {})}
    return {"type": "title" if isinstance(block, Title) else "text", "text": block.text}


def fit(blocks: list[Block], more: str, limit: int = LIMIT) -> list[Block]:
    """Cut a reply to its limit: lists lose their last items first, then paragraphs their ends.

    Args:
        blocks: in order; titles and the source always stay.
        more: a line that says where the rest is, with ``{count}`` for the items left out.
        limit: characters of plain text.
    """
    blocks = list(blocks)
    left_out = 0
    while len(Reply(blocks).text()) > limit:
        lists = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Items) and len(block.items) > 1]
        if not lists:
            break
        at, longest = max(lists, key=lambda pair: len(_plain(pair[1])))
        blocks[at] = Items(longest.items[:-1], longest.kind)
        left_out += 1
        line = Paragraph(more.format(count=left_out))
        if left_out == 1:
            blocks.insert(at + 1, line)
            continue
        place = next(i for i, block in enumerate(blocks) if block == Paragraph(more.format(count=left_out - 1)))
        blocks[place] = line
    return _shorten_texts(blocks, limit)


def _shorten_texts(blocks: list[Block], limit: int) -> list[Block]:
    while (over := len(Reply(blocks).text()) - limit) > 0:
        texts = [
            (at, block)
            for at, block in enumerate(blocks)
            if isinstance(block, (Paragraph, Items)) and len(_plain(block)) > 60
        ]
        if not texts:
            break
        at, longest = max(texts, key=lambda pair: len(_plain(pair[1])))
        if isinstance(longest, Items):
            item = max(longest.items, key=lambda entry: len(entry.text) + len(entry.note or ""))
            cut = Item(_cut(item.text, max(40, len(item.text) - over)))
            blocks[at] = Items(tuple(cut if entry is item else entry for entry in longest.items), longest.kind)
            if blocks[at] == longest:
                break
        else:
            shorter = Paragraph(_cut(longest.text, max(40, len(longest.text) - over)))
            if shorter == longest:
                break
            blocks[at] = shorter
    return blocks


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;.") + "…"
