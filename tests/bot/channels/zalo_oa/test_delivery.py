"""What becomes of a message on its way out, for every answer that Zalo may give."""

from __future__ import annotations

import dataclasses
import datetime as dt

import httpx
import pytest

from bot.channels.inbox import contacts
from bot.channels.inbox.channel import Gone, Incoming, Outgoing, Refused, Retry, Stopped, Unsure
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.zalo_oa.channel import ZaloOa
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.errors import FAULTS, Kind, fault
from bot.channels.zalo_oa.tokens import TokenManager
from bot.channels.zalo_oa.windows import Window, window
from rendering.tree import Button, Item, Items, Paragraph, Tree
from settings.zalo import OaSettings
from tests.bot.channels.zalo_oa.conftest import Clock
from tests.fakes.zalo_oa import FakeZaloOa

USER = "6300000000000000042"
MENU = Tree(
    (Paragraph("Bạn cần việc nào?"),),
    (
        Button("Giấy tờ cần nộp", payload="hoi:Giấy tờ cần nộp", token="k:aaaaaaaaaaaaaaaa"),
        Button("Mở trang của Cổng", url="https://dichvucong.gov.vn/x"),
    ),
)


def out(channel: ZaloOa, tree: Tree = MENU, tries: int = 0, place: int = 0) -> Outgoing:
    return Outgoing(1, f"zalo:{USER}", USER, channel.render(tree)[place], tries)


def made(oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock) -> ZaloOa:
    channel = ZaloOa(oa)
    channel.open(OaClient(oa, TokenManager(inbox, oa, http, clock), http), inbox)
    return channel


@pytest.fixture
async def channel(oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock) -> ZaloOa:
    return made(oa, inbox, http, clock)


async def test_text_with_a_numbered_list(channel: ZaloOa, zalo: FakeZaloOa) -> None:
    identifier = await channel.deliver(out(channel))
    (received,) = zalo.received
    assert identifier == received.id
    assert received.user == USER
    assert received.text == (
        "Bạn cần việc nào?\n\nMở trang của Cổng: https://dichvucong.gov.vn/x\n\n"
        "Bạn nhắn số để chọn:\n1. Giấy tờ cần nộp"
    )


async def test_buttons_where_they_are_switched_on(
    oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    channel = made(dataclasses.replace(oa, buttons=True), inbox, http, clock)
    await channel.deliver(out(channel))
    assert zalo.received[0].text == "Bạn cần việc nào?"
    assert [button["title"] for button in zalo.received[0].buttons] == ["Giấy tờ cần nộp", "Mở trang của Cổng"]
    assert zalo.received[0].buttons[0]["payload"] == "k:aaaaaaaaaaaaaaaa"


async def test_many_buttons_go_out_in_fives_and_fall_back_to_one_list(
    oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    channel = made(dataclasses.replace(oa, buttons=True), inbox, http, clock)
    many = tuple(Button(f"Việc {n}", payload=f"chon:{n}", token=f"k:{n:016d}") for n in range(1, 8))
    tree = Tree((Paragraph("Chọn một việc."),), many)
    for place in range(len(channel.render(tree))):
        await channel.deliver(out(channel, tree, place=place))
    assert [len(message.buttons) for message in zalo.received] == [5, 2]
    zalo.received.clear()
    zalo.takes_buttons = False
    for place in range(len(channel.render(tree))):
        await channel.deliver(out(channel, tree, place=place))
    (text,) = zalo.texts()
    assert text.endswith("\n".join(f"{n}. Việc {n}" for n in range(1, 8)))


async def test_a_list_that_is_there_already_is_not_repeated(channel: ZaloOa, zalo: FakeZaloOa) -> None:
    names = ("Cấp lại bằng lái xe", "Đổi bằng lái xe")
    tree = Tree(
        (Paragraph("Ý bạn là:"), Items(tuple(Item(name) for name in names), "numbers"), Paragraph("Bạn chọn số nhé.")),
        tuple(Button(name, payload=f"chon:{n}", token=f"k:{n:016d}") for n, name in enumerate(names, 1)),
    )
    await channel.deliver(out(channel, tree))
    assert zalo.texts() == ["Ý bạn là:\n1. Cấp lại bằng lái xe\n2. Đổi bằng lái xe\n\nBạn chọn số nhé."]


async def test_an_expired_token_is_renewed_and_the_message_sent_once(channel: ZaloOa, zalo: FakeZaloOa) -> None:
    zalo.expire_access()
    await channel.deliver(out(channel))
    await channel.deliver(out(channel))
    assert len(zalo.received) == 2
    assert zalo.refreshes == ["ok"]
    assert zalo.counts["token refused"] == 1


EXPECTED = {Kind.USER: Gone, Kind.PERSON: Stopped, Kind.RATE: Retry, Kind.PAYLOAD: Refused, Kind.OTHER: Refused}


@pytest.mark.parametrize("code", [*sorted(FAULTS), -9999])
async def test_every_code(code: int, channel: ZaloOa, zalo: FakeZaloOa) -> None:
    what = fault(code)
    assert what.remedy
    zalo.errors.append(code)
    if what.kind is Kind.TOKEN:
        await channel.deliver(out(channel))
        assert len(zalo.received) == 1
        return
    with pytest.raises(EXPECTED[what.kind]) as caught:
        await channel.deliver(out(channel))
    assert str(code) in str(caught.value)
    assert zalo.received == []
    if isinstance(caught.value, Retry):
        assert not caught.value.counts


async def test_an_account_whose_token_stays_refused_needs_a_person(channel: ZaloOa, zalo: FakeZaloOa) -> None:
    zalo.errors.extend([-216, -216])
    with pytest.raises(Stopped):
        await channel.deliver(out(channel))
    zalo.expire_access()
    zalo.refuse_refresh = True
    with pytest.raises(Stopped):
        await channel.deliver(out(channel))


async def test_buttons_that_are_refused_become_text(
    oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    channel = made(dataclasses.replace(oa, buttons=True), inbox, http, clock)
    for code in (-201, -210, -233, -248):
        zalo.errors.append(code)
        assert await channel.deliver(out(channel))
        assert zalo.texts()[-1].endswith("1. Giấy tờ cần nộp")
    zalo.errors.extend([-201, -213])
    with pytest.raises(Gone):
        await channel.deliver(out(channel))


async def test_a_server_that_says_no_is_tried_again_and_one_that_is_silent_is_not(
    oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    hasty = dataclasses.replace(oa, timeout=0.2)
    channel = made(hasty, inbox, http, clock)
    await channel.deliver(out(channel))
    zalo.errors.append(503)
    with pytest.raises(Retry) as caught:
        await channel.deliver(out(channel))
    assert caught.value.counts  # the message itself may be to blame
    zalo.errors.append(504)
    with pytest.raises(Unsure):
        await channel.deliver(out(channel))
    zalo.slow = 1.0
    with pytest.raises(Unsure):
        await channel.deliver(out(channel))
    patient = made(dataclasses.replace(hasty, resend=True), inbox, http, clock)
    with pytest.raises(Retry):
        await patient.deliver(out(channel))
    with pytest.raises(Unsure):
        await patient.deliver(out(channel, tries=1))


async def test_no_connection_is_tried_again(
    oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock
) -> None:
    channel = made(dataclasses.replace(oa, api_url="http://127.0.0.1:9"), inbox, http, clock)
    with pytest.raises(Retry) as caught:
        await channel.deliver(out(channel))
    assert not caught.value.counts  # an outage of hours must not cost an answer


async def test_messages_wait_for_the_start_and_strange_addresses_go_nowhere(oa: OaSettings, channel: ZaloOa) -> None:
    with pytest.raises(Retry) as caught:
        await ZaloOa(oa).deliver(out(channel))
    assert not caught.value.counts
    with pytest.raises(Refused):
        await channel.deliver(Outgoing(1, "zalo:x", "../x", {"message": {"text": "a"}}))


HOURS = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0, Window.FREE), (47.9, Window.FREE), (48.1, Window.BILLED), (167.9, Window.BILLED), (168, Window.CLOSED)],
)
def test_windows(hours: float, expected: Window) -> None:
    now = dt.datetime(2026, 11, 24, 9)
    assert window(now - hours * HOURS, now) is expected


async def test_windows_are_kept_before_zalo_is_called(
    oa: OaSettings, inbox: Inbox, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    channel = made(oa, inbox, http, clock)

    def last_seen(hours: float) -> None:
        with inbox.begin() as connection:
            who = Incoming("zalo", "k", f"zalo:{USER}", USER)
            contacts.touch_all(connection, {who.sender: who}, utcnow() - hours * HOURS)

    last_seen(47)
    await channel.deliver(out(channel))
    last_seen(49)
    with pytest.raises(Refused):
        await channel.deliver(out(channel))
    await made(dataclasses.replace(oa, billed=True), inbox, http, clock).deliver(out(channel))
    last_seen(169)
    with pytest.raises(Gone):
        await channel.deliver(out(channel))
    assert len(zalo.received) == 2
