"""Charts as SVG, drawn by ourselves: no script, no colour that a theme doesn't set, a title and a description each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import count

from markupsafe import Markup

WIDTH = 640
_ROW, _LABEL, _END = 30, 230, 70
_HEIGHT, _LEFT, _TOP, _BOTTOM = 220, 46, 12, 28
_LONGEST_LABEL = 32
_MARKS = 6
_ids = count(1)


def number(value: float) -> str:
    """A number as people in Vietnam write it: 1.234 or 0,5."""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.1f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"{int(value):,}".replace(",", ".")


def bars(title: str, description: str, rows: Sequence[tuple[str, float]]) -> Markup:
    """Lying bars, a label before and the value behind each.

    Args:
        title: what is shown.
        description: how to read it, for whoever doesn't see it.
        rows: labels and values, in order.
    """
    most = max([1.0, *(value for _, value in rows)])
    room = WIDTH - _LABEL - _END
    parts = []
    for at, (label, value) in enumerate(rows):
        y, length = at * _ROW, value / most * room
        parts.append(f'<text class="label" x="{_LABEL - 10}" y="{y + 20}">{escape(_short(label))}</text>')
        parts.append(f'<rect class="bar" x="{_LABEL}" y="{y + 5}" width="{length:.1f}" height="{_ROW - 9}" rx="3"/>')
        parts.append(f'<text class="value" x="{_LABEL + length + 8:.1f}" y="{y + 20}">{number(value)}</text>')
    return _picture(title, description, max(1, len(rows)) * _ROW, parts)


def columns(title: str, description: str, rows: Sequence[tuple[str, float]]) -> Markup:
    """Standing columns in the order of time, with a scale at the left and a few labels below.

    Args:
        title: what is shown.
        description: how to read it, for whoever doesn't see it.
        rows: labels and values, in order.
    """
    most = _round_up(max([1.0, *(value for _, value in rows)]))
    wide, high = WIDTH - _LEFT, _HEIGHT - _TOP - _BOTTOM
    step = wide / max(1, len(rows))
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = _TOP + high * (1 - share)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="label" x="{_LEFT - 6}" y="{y + 4:.1f}">{number(most * share)}</text>')
    every = -(-len(rows) // _MARKS) or 1
    for at, (label, value) in enumerate(rows):
        x, length = _LEFT + at * step, value / most * high
        parts.append(
            f'<rect class="bar" x="{x + step * 0.12:.1f}" y="{_TOP + high - length:.1f}"'
            f' width="{step * 0.76:.1f}" height="{length:.1f}"/>'
        )
        if at % every == 0:
            parts.append(f'<text class="mark" x="{x + step / 2:.1f}" y="{_HEIGHT - 8}">{escape(label)}</text>')
    return _picture(title, description, _HEIGHT, parts)


def _picture(title: str, description: str, height: int, parts: Sequence[str]) -> Markup:
    name = f"chart-{next(_ids)}"
    told = f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    return Markup(
        f'<svg class="chart" role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {WIDTH} {height}"'
        f' xmlns="http://www.w3.org/2000/svg">{told}{"".join(parts)}</svg>'
    )


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"


def _round_up(most: float) -> float:
    """The next number that halves nicely: 2, 4, 10, 20, 40, 100 …"""
    scale = 1.0
    while True:
        for step in (2, 4, 10):
            if most <= step * scale:
                return step * scale
        scale *= 10
