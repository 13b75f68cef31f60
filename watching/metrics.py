"""The figures of a process for Prometheus: names, labels and what they count, in one place.

Labels are the vocabulary of the code (answers/outcome.py), never anything that
somebody wrote; no figure tells of a single person.
"""

from __future__ import annotations

import contextlib
import hmac
import time
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Optional

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from settings.watching import metrics_token

REGISTRY = CollectorRegistry()
CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)
STAGES = ("nlu", "action", "render", "whole")
"""Understanding, deciding, making the channel's message; and a turn from its arrival in Rasa to its replies."""

TURNS = Counter("motcua_turns", "Turns by how they ended.", ("outcome", "channel", "aspect"), registry=REGISTRY)
STAGE = Histogram("motcua_stage_seconds", "Time of a stage of a turn.", ("stage",), buckets=_SECONDS, registry=REGISTRY)
REFUSED = Counter(
    "motcua_refused", "Messages not taken: too many, busy, switched off.", ("reason", "channel"), registry=REGISTRY
)
INBOX = Gauge("motcua_inbox_messages", "Rows by direction and status.", ("direction", "status"), registry=REGISTRY)
INBOX_AGE = Gauge("motcua_inbox_oldest_seconds", "How long the oldest unanswered message waits.", registry=REGISTRY)
INDEX_VERSION = Gauge("motcua_index_version", "Version of the knowledge that is searched.", registry=REGISTRY)
TOKEN_AGE = Gauge("motcua_token_age_seconds", "Age of a platform's access token.", ("channel",), registry=REGISTRY)
UP = Gauge("motcua_part_up", "1 where a part answers.", ("part",), registry=REGISTRY)
ProcessCollector(registry=REGISTRY)

_refreshers: list[Callable[[], None]] = []


def turn(channel: str, record: Optional[Mapping[str, Any]], seconds: float) -> None:
    """Count a turn.

    Args:
        channel: the channel's name.
        record: as ``TurnRecord.as_json``; None for a turn that nothing came of.
        seconds: the whole turn.
    """
    told = record or {}
    TURNS.labels(str(told.get("outcome") or "failed"), channel, str(told.get("aspect") or "none")).inc()
    STAGE.labels("whole").observe(seconds)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Time what happens within, as one of ``STAGES``."""
    started = time.perf_counter()
    try:
        yield
    finally:
        STAGE.labels(name).observe(time.perf_counter() - started)


def on_scrape(refresh: Callable[[], None]) -> None:
    """Have something looked up each time that the figures are asked for; what it raises leaves the figure as it was."""
    _refreshers.append(refresh)


def exposition() -> bytes:
    """All figures as Prometheus reads them. Blocking: looks into databases."""
    for refresh in tuple(_refreshers):
        with contextlib.suppress(Exception):
            refresh()
    return generate_latest(REGISTRY)


def may_look(peer: Optional[str], headers: Mapping[str, str]) -> bool:
    """Whether somebody may see the figures: with the token of the settings, or else from this machine alone.

    Args:
        peer: the address that calls; None where it isn't known.
        headers: of the request, by lower-case name.
    """
    token = metrics_token()
    if token:
        return hmac.compare_digest(headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    # A proxy on this machine calls from here too, for the whole world.
    if "x-forwarded-for" in headers or "forwarded" in headers:
        return False
    try:
        return ip_address(peer or "").is_loopback
    except ValueError:
        return False
