"""Every page of the staff's console over a national knowledge base and a million turns: time of each.

    python -m bench.console_pages RECORDS...

RECORDS are files of the portal's records; without them the database holds our own content alone. A scratch database is
filled with made-up turns, the same in every run, and thrown away. The application runs in this process, so what is
measured is its own work, not a browser's.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from accounts import managing, sessions
from accounts.database import open_accounts
from accounts.roles import Role
from accounts.users import find_user
from analytics import tables as t
from analytics.database import migrate as migrate_turns
from analytics.log import Reason, vietnam_day
from analytics.rollups import roll_up
from answers.outcome import Aspect, Outcome
from desk.database import open_desk
from knowledge import tables as knowledge
from knowledge.content import load_content
from knowledge.database import migrate, open_engine
from knowledge.importers.run import import_file
from knowledge.library import Library
from storage.transactions import utcnow
from web.app import create_app
from web.assistant import Assistant
from web.console import rooms
from web.console.cookies import SESSION
from web.console.visit import ROOT

TURNS = 1_000_000
DAYS = 365
WAITING = 1_500
"""Questions that wait to be settled; beyond so many the page looks at the newest only."""
RUNS = 15
BOUND = 150.0
"""Milliseconds that the median of a page may take."""
_SEED = 20_261_130
_CHUNK = 20_000
_DIMENSIONS = 384
_EXAMPLE = {"{code}": "1.001193", "{kind}": "cau-hoi", "{kind:str}": "csv"}
_QUERIES = {
    "/thu-tuc": ("", "?tu=khai+sinh", "?xep=dung", "?nhom=ho_tich&trang=2"),
    "/so-lieu": ("", "?tu={year_ago}&den={today}", "?nhom=ho_tich", "?noi=Phường+Sài+Gòn"),
    "/suc-khoe": ("", "?loai=unasked"),
}


def fill(engine: Engine, turns: int, waiting: int) -> None:
    """Made-up turns of a year, days counted as housekeeping does, and questions to settle."""
    chance = np.random.default_rng(_SEED)
    with engine.connect() as connection:
        codes = list(connection.execute(sa.select(knowledge.procedures.c.code)).scalars())
    outcomes, aspects = [outcome.value for outcome in Outcome], [aspect.value for aspect in Aspect]
    now, made = utcnow(), 0
    while made < turns:
        count = min(_CHUNK, turns - made)
        ago = np.sort(chance.integers(0, DAYS * 86_400, count))[::-1].tolist()
        code = [codes[int(at)] for at in np.minimum(chance.zipf(1.3, count) - 1, len(codes) - 1)]
        picked = chance.random(count)
        rows = []
        for at in range(count):
            when = now - dt.timedelta(seconds=int(ago[at]))
            answered = picked[at] < 0.8
            rows.append(
                {
                    "key": f"{made + at:032x}", "at": when, "day": vietnam_day(when),
                    "person": int(chance.integers(0, 90_000)), "conversation": (made + at) // 4,
                    "channel": ("web", "telegram", "zalo")[at % 3],
                    "place": "Phường Sài Gòn" if at % 20 == 0 else None,
                    "outcome": Outcome.ANSWERED.value if answered else outcomes[at % len(outcomes)],
                    "aspect": aspects[at % len(aspects)], "intent": "ask_documents",
                    "procedure": code[at] if answered else None, "codes": [code[at]], "options": [],
                    "confidence": float(picked[at]), "ms": int(60 + 400 * picked[at]),
                    "rated": -1 if at % 50 == 0 else 1 if at % 25 == 0 else None,
                }
            )  # fmt: skip
        with engine.begin() as connection:
            connection.execute(sa.insert(t.turns), rows)
        made += count
    with engine.begin() as connection:
        connection.execute(sa.insert(t.texts), _texts(chance, waiting, now))
    while roll_up(engine, vietnam_day(now)):
        pass


def _texts(chance: np.random.Generator, count: int, now: dt.datetime) -> list[dict[str, Any]]:
    """Questions in a few hundred clusters, with vectors as the NLU makes them."""
    words = ("xin", "giấy", "nuôi", "chim", "bán", "vé", "thả", "diều", "mở", "quán", "làm", "thẻ", "đổi", "tên", "xe")
    centres = chance.standard_normal((300, _DIMENSIONS))
    reasons = [reason.value for reason in Reason]
    rows = []
    for at in range(count):
        vector = centres[at % 300] + 0.2 * chance.standard_normal(_DIMENSIONS)
        text = " ".join(words[int(place)] for place in chance.integers(0, len(words), 6))
        rows.append(
            {
                "key": f"{at:032x}", "at": now - dt.timedelta(minutes=at), "person": at, "text": text,
                "understood": text, "reason": reasons[at % len(reasons)],
                "vector": (vector / np.abs(vector).max() * 127).astype(np.int8).tobytes(),
            }
        )  # fmt: skip
    return rows


def addresses() -> list[str]:
    """Every page that is looked at, with examples for its parameters."""
    found = []
    for room in rooms.ROOMS:
        for page in room.declared:
            path = page.path
            for name, value in _EXAMPLE.items():
                path = path.replace(name, value)
            path = path.replace("{name}", "vneid-muc-2-la-gi" if "chung" in path else "bang-lai")
            if page.method == "GET" and isinstance(page.needs, Role) and "{" not in path:
                found += [f"{path}{query}" for query in _QUERIES.get(path, ("",))]
    today = vietnam_day(utcnow())
    year_ago = today - dt.timedelta(days=DAYS)
    return [address.format(today=today, year_ago=year_ago) for address in found]


def measure(records: Sequence[Path] = (), turns: int = TURNS, runs: int = RUNS) -> dict[str, dict[str, float]]:
    """Milliseconds by page: ``first`` of all, ``median`` and ``p95`` of the others; ``bytes`` of the answer.

    Args:
        records: files of the portal's records.
        turns: how many are made up.
        runs: looks at each page.

    Raises:
        RuntimeError: a page doesn't answer as it should.
    """
    os.environ.setdefault("MOTCUA_SESSION_SECRET", "only-for-measuring-only-for-measuring")
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        migrate(engine)
        load_content(engine)
        for path in records:
            import_file(engine, path, today=vietnam_day(utcnow()))
        migrate_turns(engine)
        fill(engine, turns, min(WAITING, turns))
        try:
            return _look_at_all(engine, folder, runs)
        finally:
            engine.dispose()


def _look_at_all(engine: Engine, folder: str, runs: int) -> dict[str, dict[str, float]]:
    accounts = open_accounts(engine)
    managing.add_user(accounts, "bench", "Người đo", Role.ADMINISTRATOR, actor="bench")
    with accounts.write() as connection:
        token = sessions.start(connection, find_user(accounts, "bench").id, pending=False)
    away = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)), base_url="http://rasa")
    desk = open_desk(f"sqlite:///{folder}/desk.db")
    found = {}
    with TestClient(create_app(Assistant(away), Library(engine), accounts, lambda: desk)) as browser:
        browser.cookies.set(SESSION, token, domain="testserver.local", path="/")
        for address in addresses():
            times, size = [], 0
            for _ in range(runs + 1):
                started = time.perf_counter()
                answer = browser.get(ROOT + address, follow_redirects=False)
                times.append((time.perf_counter() - started) * 1000)
                size = len(answer.content)
                if answer.status_code >= 500:
                    raise RuntimeError(f"{address} answered {answer.status_code}")
            first, *rest = times
            found[address] = {
                "first": round(first, 1), "median": round(statistics.median(rest), 1),
                "p95": round(float(np.percentile(rest, 95)), 1), "bytes": size, "status": answer.status_code,
            }  # fmt: skip
    desk.engine.dispose()
    return found


def main() -> None:
    """Measure and print a table; fails where a median is above the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", nargs="*", type=Path)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.records, given.turns)
    if given.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{'page':46} {'first':>8} {'median':>8} {'p95':>8} {'kB':>6}  ms; {given.turns} turns")
    for address, told in sorted(found.items(), key=lambda item: -item[1]["median"]):
        line = f"{told['first']:8.0f} {told['median']:8.1f} {told['p95']:8.1f} {told['bytes'] / 1000:6.0f}"
        print(f"{address:46} {line}{'  !' if told['median'] > BOUND else ''}")


if __name__ == "__main__":
    main()
