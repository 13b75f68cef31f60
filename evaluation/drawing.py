"""The figures as pictures: plain SVG, drawn by ourselves so that they need nothing to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from evaluation.figures import Pair, Tally, asks_for_procedure, wrong

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 300, 60, 44, 34
_INK, _LINE, _BAR, _SECOND, _OVER = "#1f2933", "#cbd2d9", "#0b6bcb", "#7fb2e5", "#c2410c"


def risk_coverage(pairs: Sequence[Pair]) -> list[tuple[float, float, float]]:
    """Coverage and risk for each threshold of the confidence.

    Returns:
        Rows of threshold, coverage (share of the questions about procedures that would still
        be answered) and risk (share of these answers that are wrong), from the surest down.
    """
    asked = [(question, answer) for question, answer in pairs if asks_for_procedure(question)]
    answered = sorted(
        ((answer.confidence or 0.0, wrong(question, answer)) for question, answer in asked if answer.answer),
        key=lambda row: -row[0],
    )
    rows: list[tuple[float, float, float]] = []
    mistakes = 0
    for count, (confidence, mistaken) in enumerate(answered, 1):
        mistakes += mistaken
        rows.append((confidence, count / len(asked), mistakes / count))
    return rows


def draw_risk_coverage(pairs: Sequence[Pair]) -> str:
    """The curve: how many wrong answers are bought with how many answers."""
    rows = risk_coverage(pairs)
    top = max([0.05, *(risk for _, _, risk in rows)])
    path = " ".join(f"{_x(coverage):.1f},{_y(risk / top):.1f}" for _, coverage, risk in rows)
    marks = [_text(_x(tick / 4), HEIGHT - BOTTOM + 18, f"{tick / 4:.2f}", "middle") for tick in range(5)]
    marks += [_text(LEFT - 8, _y(tick / 2) + 4, f"{top * tick / 2:.3f}", "end") for tick in range(3)]
    line = f'<polyline points="{path}" fill="none" stroke="{_BAR}" stroke-width="2"/>'
    return _svg("Wrong answers against answers given, as the confidence asked for falls", [line, *marks])


def draw_by_style(tallies: dict[str, Tally]) -> str:
    """Bars: a right code first, and resolved, by style."""
    parts, names = [], [name for name, tally in tallies.items() if tally.asked]
    step = (WIDTH - LEFT - 20) / max(len(names), 1)
    for place, name in enumerate(names):
        tally, x = tallies[name], LEFT + place * step + 6
        for at, (count, colour) in enumerate(((tally.first, _BAR), (tally.resolved, _SECOND))):
            share = count / tally.asked
            height = share * (HEIGHT - TOP - BOTTOM)
            parts.append(
                f'<rect x="{x + at * step * 0.4:.1f}" y="{HEIGHT - BOTTOM - height:.1f}" width="{step * 0.36:.1f}" '
                f'height="{height:.1f}" fill="{colour}"><title>{escape(name)}: {share:.3f}</title></rect>'
            )
        parts.append(_text(x + step * 0.4, HEIGHT - BOTTOM + 18, name, "middle"))
        parts.append(
            _text(x + step * 0.18, _y(tally.first / tally.asked) - 4, f"{tally.first / tally.asked:.2f}", "middle")
        )
    return _svg("Right code first (dark) and resolved (light), by style", parts)


def draw_times(times: Sequence[float], bins: int = 24) -> str:
    """A histogram of the turns' times in milliseconds; the slowest hundredth is left out."""
    ordered = sorted(times)
    shown = ordered[: max(1, round(len(ordered) * 0.99))] if ordered else [0.0]
    last = max(shown) or 1.0
    counts = [0] * bins
    for value in shown:
        counts[min(int(value / last * bins), bins - 1)] += 1
    step, parts = (WIDTH - LEFT - 20) / bins, []
    for place, count in enumerate(counts):
        height = count / max(counts) * (HEIGHT - TOP - BOTTOM)
        parts.append(
            f'<rect x="{LEFT + place * step:.1f}" y="{HEIGHT - BOTTOM - height:.1f}" width="{step - 1:.1f}" '
            f'height="{height:.1f}" fill="{_BAR}"/>'
        )
    parts += [_text(_x(tick / 4), HEIGHT - BOTTOM + 18, f"{last * tick / 4:.0f} ms", "middle") for tick in range(5)]
    return _svg(f"Time of a turn, {len(times)} turns", parts)


def draw_bounds(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Bars: how much of what a figure must reach is used up; the line is the bound, and left of it is good.

    Args:
        figures: with 'title', 'value' and 'must', and 'at_least' where more is better; those without a bound are
            left out.
    """
    bounded = [one for one in figures.values() if one.get("must")]
    step, height = 26, TOP + 26 * len(bounded) + 30
    parts, wide, bound = [], WIDTH - 20, 330 + 0.5 * (WIDTH - 350)
    for place, one in enumerate(bounded):
        used = one["must"] / max(one["value"], 1e-9) if one.get("at_least") else one["value"] / one["must"]
        y, length = TOP + place * step, min(max(used, 0.0), 1.9) * (bound - 330)
        parts.append(_text(322, y + 15, f"{one['title'][:46]}", "end"))
        parts.append(
            f'<rect x="330" y="{y + 4}" width="{length:.1f}" height="15" fill="{_BAR if used <= 1 else _OVER}">'
            f"<title>{escape(one['title'])}: {one['value']:g} / {one['must']:g} {escape(one['unit'])}</title></rect>"
        )
        parts.append(_text(wide, y + 15, f"{one['value']:g} / {one['must']:g}", "end"))
    line = f'<path d="M{bound:.1f} {TOP}V{height - 30}" stroke="{_INK}" stroke-dasharray="4 3"/>'
    return _svg("Share of each bound that is used up: left of the line is good", [*parts, line], height, axis=False)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - 20)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" fill="{_INK}">{escape(text)}</text>'


def _svg(title: str, parts: Sequence[str], height: int = HEIGHT, axis: bool = True) -> str:
    lines = f'<path d="M{LEFT} {TOP}V{height - BOTTOM}H{WIDTH - 20}" fill="none" stroke="{_LINE}"/>'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    )
    left = LEFT if axis else 10
    return "\n".join([head, _text(left, 20, title, "start"), *([lines] if axis else []), *parts, "</svg>\n"])
