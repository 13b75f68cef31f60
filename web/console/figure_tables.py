"""Figures as tables: one list that the page, the report, CSV and Excel all show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Optional, Union

from markupsafe import Markup

from analytics.figures import Choice, Figures
from analytics.tally import Tally
from answers.outcome import Outcome
from knowledge.wording import day
from web import charts
from web.charts import number
from web.console import figure_words as words

Value = Union[str, int, float, None]
MOST_ASKED = 20


@dataclass(frozen=True)
class Share:
    """A share of a whole, 0 to 1; None where there is no whole."""

    value: Optional[float]

    def __str__(self) -> str:
        return "–" if self.value is None else f"{number(round(self.value * 100, 1))} %"


@dataclass(frozen=True)
class Table:
    """A table with its chart.

    Attributes:
        name: short, for files and anchors.
        title: what it tells.
        columns: heads.
        rows: a label, then values.
        chart: the same as a picture; None where a picture says no more.
        note: how it was counted.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Union[Value, Share], ...], ...]
    chart: Optional[Markup] = None
    note: str = ""


def tables(found: Figures, choice: Choice, names: Mapping[str, str]) -> list[Table]:
    """All tables of some figures.

    Args:
        found: the figures.
        choice: what they are of.
        names: procedures by code, as people call them.
    """
    whole = found.whole
    return [
        _overview(found),
        _course(found, choice),
        _funnel(found),
        _counted("ket-qua", words.ENDS, words.OUTCOMES, whole.outcomes, whole.turns),
        _asked(found, names),
        _counted("dieu-hoi", words.ASPECTS_ASKED, words.ASPECTS, whole.aspects, sum(whole.aspects.values())),
        _ratings(whole),
        _times(whole),
    ]


def _overview(found: Figures) -> Table:
    whole = found.whole
    rows: tuple[tuple[Union[Value, Share], ...], ...] = (
        (words.CONVERSATIONS, whole.conversations),
        (words.PEOPLE, len(whole.people)),
        (words.TURNS, whole.turns),
        (words.OUTCOMES[Outcome.ANSWERED.value], Share(whole.share(Outcome.ANSWERED))),
        (words.UNANSWERED, whole.unanswered),
        (words.OPENED, found.opened),
        (words.SATISFIED, Share(whole.satisfaction)),
        (words.MEDIAN, _seconds(whole.response_time(0.5))),
        (words.SLOW, _seconds(whole.response_time(0.95))),
    )
    return Table("tong-quan", words.OVERVIEW, ("Chỉ số", "Số"), rows)


def _seconds(ms: Optional[int]) -> Optional[str]:
    return None if ms is None else f"{ms / 1000:.2f} giây".replace(".", ",")


def _course(found: Figures, choice: Choice) -> Table:
    rows = tuple(
        (_span(start, choice), point.conversations, point.people, point.turns) for start, point in found.course.items()
    )
    chart = charts.columns(
        f"{words.CONVERSATIONS} theo {'ngày' if choice.daily else 'tháng'}",
        f"Từ {day(choice.since)} đến {day(choice.until)}; các số ở bảng bên cạnh.",
        [(str(label), float(conversations)) for label, conversations, *_ in rows],
    )
    head = ("Ngày" if choice.daily else "Tháng", words.CONVERSATIONS, words.PEOPLE, words.TURNS)
    return Table("dien-bien", words.COURSE, head, rows, chart)


def _span(start: dt.date, choice: Choice) -> str:
    return f"{start.day}/{start.month}" if choice.daily else f"{start.month}/{start.year}"


def _funnel(found: Figures) -> Table:
    whole = found.whole
    steps = list(zip(words.FUNNEL_STEPS, (whole.asked, whole.found, whole.shown, found.opened), strict=True))
    rows = tuple(
        (label, amount, Share(amount / whole.asked if whole.asked and amount is not None else None))
        for label, amount in steps
    )
    drawn = [(label, float(amount)) for label, amount in steps if amount is not None]
    chart = charts.bars(words.FUNNEL, "Mỗi bước còn bao nhiêu; các số ở bảng bên cạnh.", drawn)
    return Table("pheu", words.FUNNEL, ("Bước", "Số", "So với bước đầu"), rows, chart, words.FUNNEL_NOTE)


def _counted(name: str, title: str, labels: Mapping[str, str], counts: Mapping[str, int], whole: int) -> Table:
    listed = sorted(((labels.get(key, key), amount) for key, amount in counts.items()), key=lambda row: -row[1])
    rows = tuple((label, amount, Share(amount / whole if whole else None)) for label, amount in listed)
    return Table(name, title, ("", words.TURNS, words.SHARE), rows, _bars(title, listed))


def _bars(title: str, rows: Sequence[tuple[str, int]]) -> Optional[Markup]:
    drawn = [(label, float(amount)) for label, amount in rows]
    return charts.bars(title, "Nhiều nhất ở trên; các số ở bảng bên cạnh.", drawn) if drawn else None


def _asked(found: Figures, names: Mapping[str, str]) -> Table:
    listed = sorted(found.whole.procedures.items(), key=lambda row: (-row[1], row[0]))[:MOST_ASKED]
    rows = tuple((names.get(code, code), code, amount, found.links[code]) for code, amount in listed)
    chart = _bars(words.ASKED, [(names.get(code, code), amount) for code, amount in listed[:10]])
    return Table("thu-tuc", words.ASKED, ("Thủ tục", "Mã", words.CONVERSATIONS, words.OPENED), rows, chart)


def _ratings(whole: Tally) -> Table:
    both = whole.good + whole.bad
    listed = [(words.GOOD, whole.good), (words.BAD, whole.bad)]
    rows = tuple((label, amount, Share(amount / both if both else None)) for label, amount in listed)
    return Table("hai-long", words.RATINGS, ("", "Lượt đánh giá", words.SHARE), rows, _bars(words.RATINGS, listed))


def _times(whole: Tally) -> Table:
    amounts = [0] * len(words.TIME_BANDS)
    for ms, amount in whole.times.items():
        at = next(at for at, (bound, _) in enumerate(words.TIME_BANDS) if bound is None or ms < bound)
        amounts[at] += amount
    both = sum(amounts)
    listed = [(label, amount) for (_, label), amount in zip(words.TIME_BANDS, amounts, strict=True)]
    rows = tuple((label, amount, Share(amount / both if both else None)) for label, amount in listed)
    return Table("thoi-gian", words.TIMES, ("", words.TURNS, words.SHARE), rows, _bars(words.TIMES, listed))
