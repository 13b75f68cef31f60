"""Plain text for both of Zalo's products: neither shows formatting that can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from rendering.pieces import split, units
from rendering.tree import Block, Button, Items, Paragraph, Source, Title, Tree

MENU = "Bạn nhắn số để chọn:"


def paragraphs(tree: Tree) -> list[str]:
    """The reply's blocks and links as paragraphs, without what is chosen from."""
    told = {block.url for block in tree.blocks if isinstance(block, Source)}
    # A page that the source line names already needs no second line.
    links = "\n".join(f"{link.title}: {link.url}" for link in tree.links() if link.url not in told)
    return [*blocks(tree), *([links] if links else [])]


def blocks(tree: Tree, shown: frozenset[Optional[str]] = frozenset()) -> list[str]:
    """The reply's blocks as paragraphs; a list stays with the sentence before it.

    Args:
        tree: the reply.
        shown: addresses that a button opens, so that the source line needn't name them.
    """
    parts: list[str] = []
    before: Optional[Block] = None
    for block in tree.blocks:
        if isinstance(block, Source) and block.url in shown:
            block = Source(block.text)
        if isinstance(before, Paragraph) and isinstance(block, Items):
            parts[-1] += f"\n{_block(block)}"
        else:
            parts.append(_block(block))
        before = block
    return parts


def _block(block: Block) -> str:
    if isinstance(block, Items):
        return "\n".join(
            f"{block.mark(number)}{item.text}" + (f" ({item.note})" if item.note else "")
            for number, item in enumerate(block.items, 1)
        )
    if isinstance(block, Source):
        return f"Nguồn: {block.text}" + (f"\n{block.url}" if block.url else "")
    return f"▸ {block.text}" if isinstance(block, Title) else block.text


def menu(tree: Tree) -> str:
    """The choices as a numbered list; '' where the reply itself lists them under the same numbers, or has none."""
    choices = tree.choices()
    if not choices or shows_choices(tree):
        return ""
    return "\n".join([MENU, *(f"{number}. {choice.title}" for number, choice in enumerate(choices, 1))])


def shows_choices(tree: Tree) -> bool:
    """Whether a numbered list in the reply is the list of choices, so that its numbers can be answered with."""
    titles = [choice.title for choice in tree.choices()]
    lists = (block for block in tree.blocks if isinstance(block, Items) and block.kind == "numbers")
    return any([item.text for item in block.items] == titles for block in lists)


def fill(parts: Sequence[str], limit: int) -> list[str]:
    """Join paragraphs into messages of at most ``limit`` UTF-16 units; a paragraph is cut only where it must be."""
    messages: list[str] = []
    for part in parts:
        if messages and units(f"{messages[-1]}\n\n{part}") <= limit:
            messages[-1] = f"{messages[-1]}\n\n{part}"
        else:
            messages += split(part, limit)
    return messages


def with_menu(tree: Tree, limit: int) -> list[str]:
    """The whole reply with its choices as a numbered list; the list comes last and stays in one message."""
    choices = menu(tree)
    return fill([*paragraphs(tree), *([choices] if choices else [])], limit)


def shorten(title: str, limit: int) -> str:
    """A button's title, cut between words where it is too long."""
    if units(title) <= limit:
        return title
    return f"{split(title, limit - 1)[0].rstrip(' ,;.(')}…"


def groups(choices: Sequence[Button], size: int) -> list[Sequence[Button]]:
    """Buttons by the number that fits on one message."""
    return [choices[start : start + size] for start in range(0, len(choices), size)]
