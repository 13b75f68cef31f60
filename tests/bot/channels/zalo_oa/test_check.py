"""What an administrator is told of the Official Account, and how it is linked."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa

from bot.channels.inbox import contacts
from bot.channels.inbox.channel import Incoming
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import outbox_messages
from bot.channels.server import configured_doors
from bot.channels.zalo_oa import token_store
from bot.channels.zalo_oa.check import check
from bot.channels.zalo_oa.linking import LinkFailed, link
from bot.channels.zalo_oa.oauth import Pair
from tests.fakes.channels_server import UserMessage, channels_server
from tests.fakes.serving import serving
from tests.fakes.zalo_events import Sender
from tests.fakes.zalo_oa import FakeZaloOa

CALLBACK = "https://vi-du.vn/zalo"


@pytest.fixture
def zalo() -> FakeZaloOa:
    return FakeZaloOa()


@pytest.fixture
def url(zalo: FakeZaloOa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    with serving(zalo.app) as address:
        for name, value in {
            "MOTCUA_ZALO_APP_ID": zalo.app_id, "MOTCUA_ZALO_OA_ID": zalo.oa_id,
            "MOTCUA_ZALO_APP_SECRET": zalo.app_secret, "MOTCUA_ZALO_OA_SECRET_KEY": Sender().secret_key,
            "MOTCUA_ZALO_REFRESH_TOKEN": zalo.first_refresh, "MOTCUA_ZALO_API_URL": address,
            "MOTCUA_ZALO_OAUTH_URL": address, "MOTCUA_VERIFIERS": str(tmp_path),
            "MOTCUA_CHANNELS_URL": "http://127.0.0.1:9", "MOTCUA_INBOX_URL": f"sqlite:///{tmp_path}/inbox.db",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield address


async def told() -> str:
    return "\n".join(f"{finding.level.value} {finding.what} {finding.remedy}" for finding in await check() or [])


async def test_nothing_is_said_where_nothing_is_configured(inbox: Inbox) -> None:
    assert await check() is None


async def test_all_is_well(inbox: Inbox, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zalo_verifierAbc.html").write_text("x", encoding="utf-8")

    async def turn(message: UserMessage) -> None:
        raise AssertionError

    async with channels_server(configured_doors(), turn) as rasa:
        monkeypatch.setenv("MOTCUA_CHANNELS_URL", rasa)
        # Rasa itself stands in for the world's side; it has no page at the root for the verifier.
        monkeypatch.setenv("MOTCUA_PUBLIC_URL", rasa)
        text = await told()
    assert "good Zalo nhận token; đúng OA." in text
    assert "good Đồng hồ máy đúng." in text
    assert "good Còn 3990 lượt gọi API trong phút này." in text
    assert "good Token đổi lần cuối 0 giờ trước." in text
    assert "good Trợ lý đang chạy và mở kênh này." in text
    assert "good Vào được từ ngoài" in text
    assert [line for line in text.split("\n") if line.startswith("bad")] == [
        f"bad Không đọc được {rasa}/zalo_verifierAbc.html. Xem phần nginx trong docs/channels/zalo-oa.md."
    ]


async def test_each_trouble_has_its_remedy(
    inbox: Inbox, url: str, zalo: FakeZaloOa, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = await told()
    assert "bad Trợ lý chưa chạy. Chạy 'make run'" in text
    assert "warning Chưa có file xác minh tên miền." in text
    monkeypatch.setenv("MOTCUA_ZALO_OA_ID", "123456")  # another account, with the first token of this one
    token_store.seed(inbox, "123456", Pair(next(iter(zalo._access)), "", 90_000.0), time.time())
    assert "bad Token thuộc về một OA khác." in await told()
    monkeypatch.setenv("MOTCUA_ZALO_OA_ID", zalo.oa_id)
    zalo.expire_access()
    zalo.refuse_refresh = True
    text = await told()
    assert text.count("motcua channels zalo-link") == 2
    monkeypatch.setenv("MOTCUA_ZALO_API_URL", "http://127.0.0.1:9")
    token_store.replace(inbox, zalo.oa_id, Pair("a", "b", 90_000.0), time.time())
    assert "bad Không gọi được Zalo." in await told()
    monkeypatch.setenv("MOTCUA_ZALO_APP_ID", "khong-phai-so")
    assert "MOTCUA_ZALO_APP_ID" in await told()


async def test_refusals_of_the_last_day_are_told(inbox: Inbox, url: str) -> None:
    with inbox.begin() as connection:
        contacts.touch_all(connection, {"zalo:6": Incoming("zalo", "k", "zalo:6", "6")}, utcnow())
        for error, days in (("zalo -211", 0), ("zalo -211", 0), ("zalo -213", 0), ("zalo -224", 3), ("unanswered", 0)):
            row = {
                "channel": "zalo", "sender": "zalo:6", "address": "6", "status": "refused", "tries": 1, "error": error,
                "created_at": utcnow() - dt.timedelta(days=days),
            }  # fmt: skip
            connection.execute(sa.insert(outbox_messages).values(row))
    text = await told()
    assert "bad 2 tin bị Zalo trả mã -211 trong 24 giờ qua. Hết hạn mức gửi" in text
    assert "good 1 tin bị Zalo trả mã -213" in text
    assert "-224" not in text


async def test_linking_keeps_the_tokens(inbox: Inbox, url: str, zalo: FakeZaloOa, http: httpx.AsyncClient) -> None:
    said: list[str] = []

    def administrator(question: str) -> str:
        address = next(line.strip() for line in said if line.strip().startswith("http"))
        assert parse_qs(urlsplit(address).query)["redirect_uri"] == [CALLBACK]
        return httpx.get(address).headers["Location"]

    await link(inbox, CALLBACK, administrator, said.append)
    with inbox.begin() as connection:
        stored = token_store.read(connection, zalo.oa_id)
    assert stored is not None
    assert "good Zalo nhận token; đúng OA." in await told()
    assert not any(stored.access in line or stored.refresh in line for line in said)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("https://vi-du.vn/zalo", "không có mã"),
        ("https://vi-du.vn/zalo?code=abc&state=khac", "lần khác"),
        ("https://vi-du.vn/zalo?code=abc&oa_id=1", "OA khác"),
        ("https://vi-du.vn/zalo?code=abc", "không nhận mã"),
    ],
)
async def test_wrong_answers_are_told_apart(answer: str, why: str, inbox: Inbox, url: str) -> None:
    with pytest.raises(LinkFailed, match=why):
        await link(inbox, CALLBACK, lambda question: answer, lambda line: None)


async def test_linking_says_what_is_missing(inbox: Inbox, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LinkFailed, match="callback"):
        await link(inbox, "", lambda question: "", lambda line: None)
    monkeypatch.delenv("MOTCUA_ZALO_APP_ID")
    with pytest.raises(LinkFailed, match="Chưa cấu hình"):
        await link(inbox, CALLBACK, lambda question: "", lambda line: None)
