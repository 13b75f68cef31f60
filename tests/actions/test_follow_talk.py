from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from actions.dialogue import Dialogue
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.notices import Notices
from actions.procedure_talk import Turn
from actions.upkeep import Upkeep
from answers.outcome import Outcome
from desk import followers, outgoing
from desk.database import Desk, open_desk
from desk.followers import MOST, Known
from desk.tables import outgoing as outgoing_table
from knowledge import tables as t
from knowledge.following import standings
from settings.desk import DeskSettings
from tests.actions.conftest import ranking
from tests.desk.support import text_of
from tests.web.pages import save

AN = "tg:700000001"
BINH = "zalo:8000000001"
CHI = "web-aaaaaaaaaaaaaaaaaaaaaaaa"
BIRTH, MARRIAGE = "1.001193", "1.000894"
CODE = "9.000001"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(f"sqlite:///{tmp_path}/inbox.db")
    yield opened
    opened.engine.dispose()


class Follower:
    """Somebody who follows procedures."""

    def __init__(self, knowledge: KnowledgeBase, desk: Desk) -> None:
        self._dialogue = Dialogue(knowledge, desk)
        self.desk = desk
        self.memory = Memory()

    def say(self, text: str, sender: str = AN, *, stop: bool = False, chance: float = 0.9, **entities: str) -> Turn:
        intent, action = ("stop_following", "action_stop_following") if stop else ("follow_procedure", "action_follow")
        found = {kind: (value,) for kind, value in entities.items()}
        message = Message(text, intent, ranking(intent, chance), found, tapped=not text, sender=sender)
        turn = self._dialogue.respond(action, message, self.memory)
        self.memory = turn.memory
        return turn

    def asks(self, text: str, intent: str, sender: str = AN) -> Turn:
        turn = self._dialogue.respond(
            "action_answer", Message(text, intent, ranking(intent), sender=sender), self.memory
        )
        self.memory = turn.memory
        return turn

    def mine(self, sender: str = AN) -> tuple[str, ...]:
        return followers.list_of(self.desk, sender)


@pytest.fixture
def follower(knowledge: KnowledgeBase, desk: Desk) -> Follower:
    return Follower(knowledge, desk)


def payloads(turn: Turn) -> list[Any]:
    return [button.payload for button in turn.reply.buttons]


def test_the_procedure_talked_about_is_followed_and_told_how_one_hears_of_it(follower: Follower) -> None:
    follower.memory = Memory(procedure=BIRTH)
    said = follower.say("báo cho tôi khi thủ tục này thay đổi").reply.text()
    assert "Đăng ký khai sinh" in said
    assert "Mình nhắn ngay tại đây." in said
    assert follower.mine() == (BIRTH,)
    assert "rồi" in follower.say("theo dõi thủ tục này").reply.text()


@pytest.mark.parametrize(
    "text", ["theo dõi giúp mình thủ tục đăng ký kết hôn", "bao cho toi khi thu tuc dang ky ket hon thay doi nhe"]
)
def test_a_procedure_that_is_named_is_followed_whatever_was_talked_about(follower: Follower, text: str) -> None:
    follower.memory = Memory(procedure=BIRTH)
    turn = follower.say(text)
    assert follower.mine() == (MARRIAGE,) or f"theo-doi:{MARRIAGE}" in payloads(turn)


@pytest.mark.parametrize(
    ("sender", "told"), [(CHI, "mở lại trang này"), (BINH, "báo khi bạn nhắn lại"), (AN, "nhắn ngay tại đây")]
)
def test_each_channel_says_honestly_how_it_tells(follower: Follower, sender: str, told: str) -> None:
    assert told in follower.say("", sender, procedure_code=BIRTH).reply.text()


def test_without_a_procedure_it_asks_which(follower: Follower) -> None:
    turn = follower.say("có thay đổi gì thì báo mình nhé")
    assert turn.record.outcome is Outcome.ASKED_BACK
    assert follower.mine() == ()


def test_what_is_followed_is_listed_and_stopped_one_by_one_or_at_once(follower: Follower) -> None:
    assert "chưa theo dõi" in follower.say("tôi đang theo dõi gì").reply.text()
    for code in (BIRTH, MARRIAGE):
        follower.say("", procedure_code=code)
    listed = follower.say("tôi đang theo dõi những thủ tục nào")
    assert "2 thủ tục" in listed.reply.text()
    assert payloads(listed) == [f"thoi-theo-doi:{BIRTH}", f"thoi-theo-doi:{MARRIAGE}", "lenh:unfollow"]
    asked = follower.say("đừng báo nữa", stop=True)
    assert asked.record.outcome is Outcome.ASKED_BACK
    follower.say("", stop=True, procedure_code=BIRTH)
    assert follower.mine() == (MARRIAGE,)
    assert "Mình thôi báo" in follower.say("đừng báo nữa", stop=True).reply.text()
    assert follower.mine() == ()
    for code in (BIRTH, MARRIAGE):
        follower.say("", procedure_code=code)
    assert "2 thủ tục" in follower.say("bỏ theo dõi hết đi", stop=True).reply.text()
    assert follower.mine() == ()


def test_nobody_follows_without_end(follower: Follower) -> None:
    for at in range(MOST):
        followers.follow(follower.desk, AN, "telegram", f"8.00{at:04}", Known(0, 1))
    assert "đã hết chỗ" in follower.say("", procedure_code=BIRTH).reply.text()


def test_following_is_offered_where_it_fits_and_only_to_who_can_be_told(follower: Follower) -> None:
    assert payloads(follower.asks("lệ phí đăng ký khai sinh", "ask_fee"))[-1] == f"theo-doi:{BIRTH}"
    assert f"theo-doi:{BIRTH}" not in payloads(follower.asks("làm khai sinh cần giấy tờ gì", "ask_documents"))
    assert f"theo-doi:{BIRTH}" not in payloads(follower.asks("lệ phí đăng ký khai sinh", "ask_fee", "eval-1"))
    assert "Telegram hoặc Zalo" in follower.say("theo dõi thủ tục này", "terminal-1").reply.text()


# Notices

FEES = {"kind": "online", "times": [{"text": "3 ngày", "amount": 3, "unit": "day"}]}


def write(engine: Engine, fee: int, code: str = CODE, **more: Any) -> None:
    """Staff publish a procedure with a fee."""
    channel = {**FEES, "fees": [{"label": "Lệ phí", "amount": fee}]}
    facts: dict[str, Any] = {"group": "nong_nghiep", "level": ["commune"], "channels": [channel], **more}
    save(engine, code, "Cấp thẻ nuôi chim", **facts)


def follows(engine: Engine, desk: Desk, sender: str = AN, channel: str = "telegram", code: str = CODE) -> None:
    with engine.connect() as connection:
        standing = standings(connection, [code])[code]
    followers.follow(desk, sender, channel, code, Known(standing.official, standing.editorial))


def notices(desk: Desk, sender: str = AN) -> list[str]:
    query = sa.select(outgoing_table.c.tree).where(outgoing_table.c.sender == sender).order_by(outgoing_table.c.id)
    with desk.begin() as connection:
        return [_told(tree) for tree in connection.execute(query).scalars()]


def _told(tree: dict[str, Any]) -> str:
    lines = [item["text"] for block in tree["blocks"] for item in block.get("items", ())]
    return "\n".join([text_of({"blocks": [block for block in tree["blocks"] if "text" in block]}), *lines])


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-11-30T09:00:00+07:00", tick=False) as traveller:
        yield traveller


MINUTE = dt.timedelta(minutes=1)


def test_a_change_is_told_once_when_it_has_come_to_rest(engine: Engine, desk: Desk, clock: Any) -> None:
    write(engine, 25_000)
    follows(engine, desk)
    follows(engine, desk, BINH, "zalo")
    teller = Notices(desk, engine, quiet=10)
    clock.shift(60 * MINUTE)
    assert teller.tell() == 0
    for fee in (30_000, 40_000, 50_000):
        write(engine, fee)
        clock.shift(5 * MINUTE)
        assert teller.tell() == 0
    clock.shift(6 * MINUTE)
    assert teller.tell() == 2
    assert teller.tell() == 0
    (told,) = notices(desk)
    assert "Cấp thẻ nuôi chim" in told
    assert "30/11/2026" in told
    assert "25.000" in told
    assert "50.000" in told
    assert "40.000" not in told
    assert notices(desk, BINH) == [told]


def test_a_change_that_was_taken_back_is_not_told(engine: Engine, desk: Desk, clock: Any) -> None:
    write(engine, 25_000)
    follows(engine, desk)
    write(engine, 30_000)
    write(engine, 25_000)
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 0
    write(engine, 30_000)
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 1


def test_what_changes_nothing_for_a_citizen_is_not_told(engine: Engine, desk: Desk, clock: Any) -> None:
    write(engine, 25_000)
    follows(engine, desk)
    write(engine, 25_000, ways_to_ask=["nuôi chim cần gì"], popular_names=["thẻ chim"])
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 0
    # An official value that staff wrote over.
    other = {**FEES, "fees": [{"label": "Lệ phí", "amount": 99_000}]}
    save(engine, CODE, "Cấp thẻ nuôi chim bồ câu", which="official", level=["commune"], channels=[other])
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 0
    assert notices(desk) == []


def test_an_import_that_changes_what_is_told_is_told(engine: Engine, desk: Desk, clock: Any) -> None:
    save(
        engine,
        CODE,
        "Cấp thẻ",
        which="official",
        level=["commune"],
        cases=[{"name": "Chung", "documents": [{"name": "Đơn đề nghị", "original": 1}]}],
    )
    follows(engine, desk)
    papers = [{"name": "Đơn đề nghị", "original": 1}, {"name": "Ảnh 3x4", "copy": 2}]
    save(engine, CODE, "Cấp thẻ", which="official", level=["commune"], cases=[{"name": "Chung", "documents": papers}])
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 1
    assert "Giấy tờ thêm: ảnh 3x4" in notices(desk)[0]


def test_several_changes_of_one_person_come_in_one_notice(engine: Engine, desk: Desk, clock: Any) -> None:
    for code in (CODE, "9.000002"):
        write(engine, 25_000, code)
        follows(engine, desk, code=code)
        write(engine, 50_000, code)
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 1
    assert notices(desk)[0].count("Phí: ") == 2


def test_a_procedure_that_is_retired_is_told_and_no_longer_followed(engine: Engine, desk: Desk, clock: Any) -> None:
    write(engine, 25_000)
    follows(engine, desk)
    with engine.begin() as connection:
        connection.execute(sa.update(t.procedures).values(state="retired"))
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 1
    assert "không còn được công bố" in notices(desk)[0]
    assert followers.list_of(desk, AN) == ()


def test_who_begins_to_follow_after_a_change_is_told_of_later_ones_only(engine: Engine, desk: Desk, clock: Any) -> None:
    write(engine, 25_000)
    write(engine, 50_000)
    follows(engine, desk)
    clock.shift(11 * MINUTE)
    assert Notices(desk, engine, 10).tell() == 0


def test_upkeep_goes_on_where_one_step_breaks(engine: Engine, desk: Desk, clock: Any) -> None:
    write(engine, 25_000)
    follows(engine, desk, CHI, "web")
    write(engine, 50_000)
    clock.shift(11 * MINUTE)
    with desk.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE desk_handovers RENAME TO away")
    Upkeep(desk, engine, DeskSettings()).round()
    assert len(outgoing.for_page(desk, CHI)) == 1
