from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from settings.zalo import OaSettings
from tests.bot.channels.zalo_oa.stage import Stage, staged
from tests.fakes.serving import serving
from tests.fakes.zalo_events import Sender
from tests.fakes.zalo_oa import FakeZaloOa


@dataclasses.dataclass
class Clock:
    """Seconds that a test moves on by hand."""

    now: float = 1_793_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def zalo(clock: Clock) -> FakeZaloOa:
    return FakeZaloOa(clock=clock)


@pytest.fixture
def zalo_url(zalo: FakeZaloOa) -> Iterator[str]:
    with serving(zalo.app) as url:
        yield url


@pytest.fixture
def oa(zalo: FakeZaloOa, zalo_url: str) -> OaSettings:
    return OaSettings(
        app_id=zalo.app_id,
        oa_id=zalo.oa_id,
        app_secret=zalo.app_secret,
        oa_secret_key=Sender().secret_key,
        first_access_token=zalo.first_access,
        first_refresh_token=zalo.first_refresh,
        api_url=zalo_url,
        oauth_url=zalo_url,
        timeout=5.0,
    )


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with staged(tmp_path, monkeypatch) as made:
        yield made
