"""The dashboard: figures of any period, group, channel and ward, as charts, tables, files and a monthly report."""

from __future__ import annotations

import datetime as dt
import threading
import time
from functools import lru_cache
from typing import Optional
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from starlette.responses import Response

from accounts.roles import Role
from analytics.figures import Choice, Figures, figures
from knowledge.units import table as units
from knowledge.wording import GROUPS
from settings import VIETNAM
from web.console import figure_words as words
from web.console.figure_files import as_csv, as_excel
from web.console.figure_tables import Table, tables
from web.console.pages import Pages, Tile
from web.console.visit import ROOT, Visit
from web.turn_log import turn_log

PATH = "/so-lieu"
DAYS = 30
"""Days of the period that is shown first."""
MOST_DAYS = 3 * 366
FRESH = 20.0
"""Seconds for which figures are shown again as they were counted."""
_FILES = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_excel, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}

_kept: WeakKeyDictionary[Engine, dict[Choice, tuple[float, Figures]]] = WeakKeyDictionary()
_lock = threading.Lock()

pages = Pages(Tile(PATH, words.TITLE, words.TILE_TEXT, Role.VIEWER))


@pages.get(PATH, Role.VIEWER)
def dashboard(visit: Visit) -> Response:
    """Charts with their tables."""
    choice = _choice(visit)
    today = _today()
    return visit.page(
        "figures.html",
        fw=words,
        choice=choice,
        tables=_tables(visit, choice),
        presets=_presets(today),
        groups={group.value: name for group, name in GROUPS.items()},
        places=_places(),
        query=_query(choice),
        month=f"{today:%Y-%m}",
        path=PATH,
    )


@pages.get(f"{PATH}/bao-cao", Role.VIEWER)
def report(visit: Visit) -> Response:
    """A month on paper."""
    month = _month(visit.query("thang")) or _today().replace(day=1)
    choice = Choice(month, _last_of(month), **_narrowed(visit))
    title = words.REPORT.format(month=month.month, year=month.year)
    narrowed = [
        name for name in (words.CHANNELS.get(choice.channel or ""), _group_name(choice.group), choice.place) if name
    ]
    return visit.page(
        "report.html", fw=words, choice=choice, title=title, narrowed=narrowed, tables=_tables(visit, choice),
        path=PATH, today=_today(),
    )  # fmt: skip


@pages.get(PATH + "/tai-ve.{kind:str}", Role.VIEWER)
def download(visit: Visit) -> Response:
    """The same tables as a file."""
    made = _FILES.get(visit.path("kind"))
    if made is None:
        return visit.page("refused.html", status=404, text="Chỉ có file csv và xlsx.")
    choice = _choice(visit)
    write, kind = made
    name = f"so-lieu-{choice.since}-{choice.until}.{visit.path('kind')}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write(_tables(visit, choice)), media_type=kind, headers=headers)


def _figures(engine: Engine, choice: Choice) -> Figures:
    """Figures at most ``FRESH`` old: whoever looks at a page mostly takes its files and its report, too."""
    now = time.monotonic()
    with _lock:
        kept = _kept.setdefault(engine, {})
        made, found = kept.get(choice, (0.0, None))
    if found is not None and now - made < FRESH:
        return found
    found = figures(engine, choice)
    with _lock:
        for old in [key for key, (at, _) in kept.items() if now - at >= FRESH]:
            del kept[old]
        kept[choice] = (now, found)
    return found


def _tables(visit: Visit, choice: Choice) -> list[Table]:
    catalogue = visit.request.app.state.library.catalogue()
    names = {listed.code: listed.name for listed in catalogue.listed}
    return tables(_figures(turn_log(visit.engine), choice), choice, names)


def _today() -> dt.date:
    # The real day: figures are no matter of 'as of'.
    return dt.datetime.now(VIETNAM).date()


def _choice(visit: Visit) -> Choice:
    """What is asked for; what can't be read is as if it weren't there."""
    until = _day(visit.query("den")) or _today()
    since = _day(visit.query("tu")) or until - dt.timedelta(days=DAYS - 1)
    since, until = min(since, until), max(since, until)
    return Choice(max(since, until - dt.timedelta(days=MOST_DAYS)), until, **_narrowed(visit))


def _narrowed(visit: Visit) -> dict[str, Optional[str]]:
    channel, group, place = visit.query("kenh"), visit.query("nhom"), visit.query("noi")
    return {
        "channel": channel if channel in words.CHANNELS else None,
        "group": group if _group_name(group) else None,
        "place": place if place in _places() else None,
    }


def _group_name(value: Optional[str]) -> Optional[str]:
    return next((name for group, name in GROUPS.items() if group.value == value), None)


def _day(text: str) -> Optional[dt.date]:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2020 <= day.year <= 2100 else None


def _month(text: str) -> Optional[dt.date]:
    return _day(f"{text}-01")


def _last_of(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


@lru_cache(maxsize=1)
def _places() -> tuple[str, ...]:
    """The wards, communes and special zones of the city, in the order of their names."""
    return tuple(sorted({line.unit for line in units()}))


def _query(choice: Choice) -> str:
    """What was chosen, for the addresses of the files."""
    chosen = {
        "tu": str(choice.since), "den": str(choice.until), "kenh": choice.channel, "nhom": choice.group,
        "noi": choice.place,
    }  # fmt: skip
    return urlencode({name: value for name, value in chosen.items() if value})


def _presets(today: dt.date) -> list[tuple[str, str]]:
    """Periods that are often wanted, with their addresses."""
    month = today.replace(day=1)
    before = (month - dt.timedelta(days=1)).replace(day=1)
    periods = [
        ("Hôm nay", today, today),
        ("7 ngày", today - dt.timedelta(days=6), today),
        ("30 ngày", today - dt.timedelta(days=29), today),
        ("Tháng trước", before, _last_of(before)),
        ("Năm nay", today.replace(month=1, day=1), today),
    ]
    return [(name, f"{ROOT}{PATH}?tu={since}&den={until}") for name, since, until in periods]
