from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ROOT
from watching import metrics

DASHBOARD = ROOT / "deploy" / "grafana" / "motcua.json"


def value(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def forgetful() -> Iterator[None]:
    """What is refreshed in a test is refreshed in it alone."""
    before = list(metrics._refreshers)
    yield
    metrics._refreshers[:] = before


def test_a_turn_is_counted_by_how_it_ended() -> None:
    labels = {"outcome": "answered", "channel": "web", "aspect": "fee"}
    before, failed = value("motcua_turns_total", **labels), {"outcome": "failed", "channel": "zalo", "aspect": "none"}
    lost, timed = value("motcua_turns_total", **failed), value("motcua_stage_seconds_count", stage="whole")
    metrics.turn("web", {"outcome": "answered", "aspect": "fee"}, 0.02)
    metrics.turn("zalo", None, 25.0)
    assert value("motcua_turns_total", **labels) == before + 1
    assert value("motcua_turns_total", **failed) == lost + 1
    assert value("motcua_stage_seconds_count", stage="whole") == timed + 2


def test_a_stage_that_breaks_is_timed_too() -> None:
    before = value("motcua_stage_seconds_count", stage="render")
    with pytest.raises(ZeroDivisionError), metrics.stage("render"):
        raise ZeroDivisionError
    assert value("motcua_stage_seconds_count", stage="render") == before + 1


@pytest.mark.usefixtures("forgetful")
def test_what_cannot_be_looked_up_leaves_the_other_figures() -> None:
    def broken() -> None:
        raise OSError("no database")

    metrics.on_scrape(broken)
    metrics.on_scrape(lambda: metrics.INDEX_VERSION.set(41))
    families = {family.name for family in text_string_to_metric_families(metrics.exposition().decode())}
    assert {"motcua_turns", "motcua_stage_seconds", "motcua_inbox_oldest_seconds"} <= families
    assert value("motcua_index_version") == 41


@pytest.mark.parametrize(
    ("peer", "headers", "may"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, False),
        ("203.0.113.9", {}, False),
        (None, {}, False),
        ("testclient", {}, False),
    ],
)
def test_only_this_machine_may_look(peer: str | None, headers: dict[str, str], may: bool) -> None:
    assert metrics.may_look(peer, headers) is may


def test_with_a_token_whoever_shows_it_may_look(monkeypatch: pytest.MonkeyPatch) -> None:
    token = "a-token-of-the-tests-only"
    monkeypatch.setenv("MOTCUA_METRICS_TOKEN", token)
    assert metrics.may_look("203.0.113.9", {"authorization": f"Bearer {token}"})
    assert not metrics.may_look("127.0.0.1", {})
    assert not metrics.may_look("127.0.0.1", {"authorization": "Bearer é"})
    monkeypatch.setenv("MOTCUA_METRICS_TOKEN", "short")
    with pytest.raises(ValueError, match=r"^MOTCUA_METRICS_TOKEN"):
        metrics.may_look("127.0.0.1", {})


def test_the_dashboard_asks_only_for_figures_that_there_are() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\b(?:motcua|process)_\w+", target["expr"])
    }
    there = set()
    for family in metrics.REGISTRY.collect():
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        there |= {family.name + end for end in ends}
    assert len(asked) >= 8
    assert asked <= there
    ours = {name for name in there if name.startswith("motcua_") and not name.endswith(("_sum", "_count"))}
    assert ours <= asked, "a figure that nobody sees"
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
