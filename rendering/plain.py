"""A reply for the terminal: text, then what could be tapped in one line, then links."""

from __future__ import annotations

from rendering.tree import Block, Items, Source, Tree


def render(tree: Tree) -> str:
    """The whole reply as text, without a newline at its end."""
    lines = [_block(block) for block in tree.blocks]
    choices = [button.title for button in tree.choices()]
    if choices:
        lines.append(f"[{' | '.join(choices)}]")
    lines.extend(f"{button.title}: {button.url}" for button in tree.links())
    return "\n".join(lines)


def _block(block: Block) -> str:
    if isinstance(block, Items):
        return "\n".join(
            f"{block.mark(number)}{item.text}" + (f" ({item.note})" if item.note else "")
            for number, item in enumerate(block.items, 1)
        )
    return f"Nguồn: {block.text}" if isinstance(block, Source) else block.text
