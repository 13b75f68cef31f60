"""Draw a guide as a picture: an SVG tree from left to right, without any tool but this."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from knowledge.guides.model import Guide

WIDTH, GAP_X, GAP_Y = 250, 170, 18
LINE, PAD = 18, 10
MARGIN = 20
_BOX_CHARS, _EDGE_CHARS = 32, 22
"""Characters that fit a box, and the way between two boxes, at 14 and 12 pixels."""


@dataclass
class _Node:
    """A box with its lines, and what it leads to by label."""

    lines: list[str]
    leaf: bool
    children: list[tuple[str, _Node]] = field(default_factory=list)
    x: float = 0
    y: float = 0

    @property
    def height(self) -> int:
        return LINE * len(self.lines) + 2 * PAD


def draw(guide: Guide, names: Mapping[str, str]) -> str:
    """The picture of a guide.

    Args:
        guide: a checked one (without loops).
        names: procedure names by code, for the leaves.

    Returns:
        A whole SVG document.
    """
    root = _question(guide, guide.first, names)
    bottom = _place(root, 0, MARGIN + 34)
    boxes: list[str] = []
    edges: list[str] = []
    _paint(root, boxes, edges)
    width = _depth(root) * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    title = escape(guide.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + MARGIN:g}" width="{width}" '
        f'height="{bottom + MARGIN:g}" role="img" font-family="sans-serif" font-size="14">\n'
        f"<title>{title}</title>\n<rect width='100%' height='100%' fill='#fff'/>\n"
        f'<text x="{MARGIN}" y="{MARGIN + 12}" font-size="18" font-weight="bold">{title}</text>\n'
        + "\n".join([*edges, *boxes])
        + "\n</svg>\n"
    )


def _question(guide: Guide, name: str, names: Mapping[str, str]) -> _Node:
    question = guide.questions[name]
    node = _Node(textwrap.wrap(question.text, _BOX_CHARS), leaf=False)
    for option in question.options:
        if option.next:
            child = _question(guide, option.next, names)
        else:
            code = option.code or ""
            lines = textwrap.wrap(names.get(code, "") or code, _BOX_CHARS)
            lines += textwrap.wrap(f"({option.case})", _BOX_CHARS) if option.case else []
            child = _Node([*lines, code] if code in names else lines, leaf=True)
        node.children.append((option.label, child))
    return node


def _place(node: _Node, depth: int, top: float) -> float:
    """Give every box its place; returns the bottom of this subtree."""
    node.x = MARGIN + depth * (WIDTH + GAP_X)
    if not node.children:
        node.y = top
        return top + node.height
    at = top
    for label, child in node.children:
        # A label in several lines needs its room beside the edge.
        room = max(child.height, LINE * len(textwrap.wrap(label, _EDGE_CHARS)))
        at = max(_place(child, depth + 1, at), at + room) + GAP_Y
    bottom = at - GAP_Y
    first, last = node.children[0][1], node.children[-1][1]
    node.y = max(top, (first.y + first.height / 2 + last.y + last.height / 2 - node.height) / 2)
    return max(bottom, node.y + node.height)


def _depth(node: _Node) -> int:
    return 1 + max((_depth(child) for _, child in node.children), default=0)


def _paint(node: _Node, boxes: list[str], edges: list[str]) -> None:
    fill, line = ("#e8f5e9", "#2e7d32") if node.leaf else ("#e3f2fd", "#1565c0")
    boxes.append(
        f'<rect x="{node.x:g}" y="{node.y:g}" width="{WIDTH}" height="{node.height}" rx="8" fill="{fill}" '
        f'stroke="{line}"/>'
    )
    boxes.append(_text(node.lines, node.x + PAD, node.y + PAD + 13, LINE))
    for label, child in node.children:
        x1, y1 = node.x + WIDTH, node.y + node.height / 2
        x2, y2 = child.x, child.y + child.height / 2
        bend = x1 + 24
        edges.append(
            f'<path d="M{x1:g} {y1:g}C{bend + 14:g} {y1:g} {bend - 14:g} {y2:g} {bend + 8:g} {y2:g}H{x2:g}" '
            f'fill="none" stroke="#607d8b"/>'
        )
        lines = textwrap.wrap(label, _EDGE_CHARS)
        edges.append(_text(lines, bend + 8, y2 - 4 - 15 * (len(lines) - 1), 15, size=12))
        _paint(child, boxes, edges)


def _text(lines: list[str], x: float, y: float, step: int, size: int = 14) -> str:
    spans = "".join(f'<tspan x="{x:g}" y="{y + step * at:g}">{escape(line)}</tspan>' for at, line in enumerate(lines))
    return f'<text font-size="{size}">{spans}</text>'
