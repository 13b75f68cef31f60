"""Replies for a Zalo Bot: text with numbered lists; the platform has no buttons."""

from __future__ import annotations

from typing import Any

from rendering.tree import Tree
from rendering.zalo_text import with_menu


def render(tree: Tree, text_limit: int) -> list[dict[str, Any]]:
    """Bodies of ``sendMessage`` without the chat, in order."""
    return [{"text": text} for text in with_menu(tree, text_limit)]
