from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.checks import Finding, Level, clock
from bot.channels.telegram.check import check
from tests.fakes.serving import serving
from tests.fakes.telegram import TOKEN, Platform

HOOK = "https://vi-du.vn/webhooks/telegram/webhook"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Platform]:
    monkeypatch.chdir(tmp_path)
    fake = Platform()
    with serving(fake.app()) as url:
        monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN", TOKEN)
        monkeypatch.setenv("MOTCUA_TELEGRAM_API", f"{url}/bot")
        monkeypatch.setenv("MOTCUA_TELEGRAM_SECRET", "shown-by-telegram-shown-by-telegram")
        yield fake


async def levels() -> list[Level]:
    found = await check()
    assert found is not None
    assert all(finding.remedy or finding.level is Level.GOOD for finding in found)
    assert TOKEN not in repr(found)
    return [finding.level for finding in found]


async def test_nothing_is_asked_where_nothing_is_configured(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOTCUA_TELEGRAM_TOKEN")
    assert await check() is None
    assert not platform.calls


async def test_a_webhook_that_works(platform: Platform) -> None:
    platform.settings["webhook"] = {"url": HOOK}
    assert await levels() == [Level.GOOD] * 3


async def test_no_webhook(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await levels() == [Level.GOOD, Level.BAD, Level.GOOD]
    monkeypatch.setenv("MOTCUA_TELEGRAM_MODE", "polling")
    assert await levels() == [Level.GOOD] * 3
    platform.settings["webhook"] = {"url": HOOK}
    assert await levels() == [Level.GOOD, Level.WARNING, Level.GOOD]


async def test_a_webhook_elsewhere_late_and_failing(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_TELEGRAM_WEBHOOK_URL", HOOK)
    platform.settings["webhook"] = {"url": "https://khac.vn/"}
    platform.settings["webhook_info"] = {
        "pending_update_count": 500,
        "last_error_date": int(time.time()) - 60,
        "last_error_message": "Wrong response from the webhook: 403 Forbidden",
        "allowed_updates": ["message"],
    }
    found = await check()
    assert found is not None
    assert [finding.level for finding in found[1:-1]] == [Level.BAD, Level.WARNING, Level.BAD, Level.WARNING]
    assert "MOTCUA_TELEGRAM_SECRET" in found[3].remedy


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MOTCUA_TELEGRAM_TOKEN", "99999:another-token-another-token"),
        ("MOTCUA_TELEGRAM_TOKEN", "không phải"),
        ("MOTCUA_TELEGRAM_API", "http://127.0.0.1:9/bot"),
        ("MOTCUA_TELEGRAM_MODE", "carrier-pigeon"),
        ("MOTCUA_TELEGRAM_WEBHOOK_URL", "http://khong-an-toan.vn"),
        ("MOTCUA_TELEGRAM_SECRET", "có dấu và dấu cách, vẫn dài lắm"),
    ],
)
async def test_what_is_wrong_is_said(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert await levels() == [Level.BAD]


@pytest.mark.parametrize(
    ("header", "level"),
    [
        ("Tue, 24 Nov 2026 02:00:30 GMT", Level.GOOD),
        ("Tue, 24 Nov 2026 02:05:00 GMT", Level.BAD),
        ("gần đây", Level.WARNING),
        (None, Level.WARNING),
    ],
)
def test_the_clock(header: str | None, level: Level) -> None:
    found: Finding = clock(header, dt.datetime(2026, 11, 24, 2, tzinfo=dt.timezone.utc))
    assert found.level is level
