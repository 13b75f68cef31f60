"""Links in the records that lead nowhere: asked about only where a setting names the hosts, a few at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional
from urllib.parse import urlsplit

import httpx
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from knowledge import store
from knowledge import tables as t

AGAIN_AFTER = dt.timedelta(days=7)
MOST_AT_ONCE = 40
"""Links that one round asks about."""
SECONDS = 6.0
"""Longest wait for one answer."""
LONGEST = 600
"""Characters of an address; longer ones are left alone."""
_REFUSES_HEAD = (403, 405, 501)
_WORKS_BELOW = 400
"""Redirects count as working; they are not followed, so that a link leads the check to no other host."""


def links_of(connection: Connection) -> dict[str, set[str]]:
    """Addresses in published records, with the codes of the procedures that have them."""
    found: dict[str, set[str]] = defaultdict(set)
    published = select(t.procedures.c.code).where(t.procedures.c.state == "published")
    for column in (t.layers.c.portal_url, t.sources.c.url, t.forms.c.url):
        code = column.table.c.code
        query = select(code, column.label("url")).where(column.is_not(None), code.in_(published)).distinct()
        for row in connection.execute(query):
            found[row.url].add(row.code)
    return dict(found)


def may_ask(url: str, hosts: Sequence[str]) -> bool:
    """Say whether an address is on one of the hosts or below it; nothing else is ever asked.

    Args:
        url: from a record, so from anybody who may edit.
        hosts: such as 'gov.vn'.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower().rstrip(".")
    usual = parts.scheme in ("http", "https") and port in (None, 80, 443) and "@" not in parts.netloc
    return usual and len(url) <= LONGEST and any(host == name or host.endswith(f".{name}") for name in hosts)


def check_links(engine: Engine, hosts: Sequence[str], client: Optional[httpx.Client] = None) -> int:
    """Ask about links that weren't asked about lately; returns how many.

    Args:
        engine: the database.
        hosts: where may be asked; none at all asks nothing.
        client: for tests; by default one that follows no redirect.
    """
    now = store.now()
    with engine.connect() as connection:
        asked = {row.url: row.at for row in connection.execute(select(t.link_checks.c.url, t.link_checks.c.at))}
        links = links_of(connection)
    due = [url for url in links if may_ask(url, hosts) and (url not in asked or now - asked[url] > AGAIN_AFTER)]
    due.sort(key=lambda url: (asked.get(url, dt.datetime.min), url))
    due = due[:MOST_AT_ONCE]
    if due:
        with client or httpx.Client(timeout=SECONDS, follow_redirects=False) as asking:
            results = list(_ask(asking, due))
        with engine.begin() as connection:
            for batch in store.batches([*due, *(url for url in asked if url not in links)]):
                connection.execute(delete(t.link_checks).where(t.link_checks.c.url.in_(batch)))
            connection.execute(insert(t.link_checks), [{**result, "at": now} for result in results])
    return len(due)


def _ask(client: httpx.Client, urls: Iterable[str]) -> Iterator[dict[str, object]]:
    for url in urls:
        try:
            status = client.head(url).status_code
            if status in _REFUSES_HEAD:
                with client.stream("GET", url) as answer:  # its body isn't read
                    status = answer.status_code
            problem = None if status < _WORKS_BELOW else f"trả lời {status}"
        except (httpx.HTTPError, httpx.InvalidURL):
            problem = "không trả lời"
        yield {"url": url, "problem": problem}


def broken(connection: Connection) -> Iterator[tuple[str, str]]:
    """Codes with what is the matter with a link of theirs."""
    links = links_of(connection)
    query = select(t.link_checks).where(t.link_checks.c.problem.is_not(None)).order_by(t.link_checks.c.url)
    for row in connection.execute(query):
        for code in sorted(links.get(row.url, ())):
            yield code, f"{row.url}: {row.problem} (kiểm {row.at:%d/%m/%Y})"
