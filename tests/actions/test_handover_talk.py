from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from actions.dialogue import Dialogue
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from answers.outcome import Outcome
from desk import citizen, conversations, waiting
from desk.database import Desk, open_desk
from settings.desk import DeskSettings

AN = "tg:700000001"
CHI = "web-aaaaaaaaaaaaaaaaaaaaaaaa"
MORNING = "2026-11-30T09:00:00+07:00"
NIGHT = "2026-11-28T21:00:00+07:00"  # a Saturday


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(f"sqlite:///{tmp_path}/inbox.db")
    yield opened
    opened.engine.dispose()


class Asker:
    """Somebody who asks for a person."""

    def __init__(self, knowledge: KnowledgeBase, desk: Desk) -> None:
        self.desk = desk
        self._knowledge = knowledge
        self.settings = DeskSettings()
        self.memory = Memory()

    def __call__(
        self, text: str = "cho em gặp cán bộ", sender: str = AN, tapped: bool = False, **entities: str
    ) -> Turn:
        dialogue = Dialogue(self._knowledge, self.desk, self.settings)
        found = {kind: (value,) for kind, value in entities.items()}
        message = Message(text, "ask_person", {"ask_person": 0.9}, found, tapped=tapped, sender=sender, key="k0")
        turn = dialogue.respond("action_person", message, self.memory)
        assert turn.record.outcome is Outcome.HANDED_OVER
        return turn


@pytest.fixture
def asker(knowledge: KnowledgeBase, desk: Desk) -> Asker:
    return Asker(knowledge, desk)


def payloads(turn: Turn) -> list[Any]:
    return [button.payload for button in turn.reply.buttons]


def test_in_working_hours_one_is_put_into_the_queue_and_told_the_place(asker: Asker) -> None:
    with time_machine.travel(MORNING, tick=False):
        asker(sender=CHI)
        asker.memory = Memory(procedure="1.001193", question="làm khai sinh cần gì")
        said = asker("cho em gặp cán bộ phường Tân Hưng").reply.text()
        (_, waits) = conversations.queue(asker.desk).waiting
    assert "vị trí 2" in said
    assert "chưa có cán bộ nào đang trực" in said
    assert "18001096" in said
    assert "Trung tâm Phục vụ hành chính công phường Tân Hưng" in said
    assert (waits.code, waits.question, waits.ward) == ("1.001193", "làm khai sinh cần gì", "Phường Tân Hưng")
    assert waits.words == "cho em gặp cán bộ phường Tân Hưng"


def test_whoever_asks_again_keeps_the_place(asker: Asker) -> None:
    with time_machine.travel(MORNING, tick=False):
        waiting.be_present(asker.desk, "lan")
        first, second = asker().reply.text(), asker().reply.text()
        assert first == second
        assert "chưa có cán bộ" not in first
        assert len(conversations.queue(asker.desk).waiting) == 1


def test_outside_working_hours_one_is_told_when_and_may_leave_the_question(asker: Asker) -> None:
    with time_machine.travel(NIGHT, tick=False):
        closed = asker()
        assert "07:30 thứ Hai, 30/11/2026" in closed.reply.text()
        assert "18001096" in closed.reply.text()
        assert payloads(closed)[0] == "lenh:leave"
        assert citizen.find_open(asker.desk, AN) is None
        left = asker("", tapped=True, wish="leave").reply.text()
        (waits,) = conversations.queue(asker.desk).waiting
    assert "07:30 thứ Hai, 30/11/2026" in left
    assert waits.left


def test_the_page_is_told_how_the_answer_comes(asker: Asker) -> None:
    with time_machine.travel(MORNING, tick=False):
        assert "Bạn giữ trang này mở" in asker(sender=CHI).reply.text()


@pytest.mark.parametrize("text", ["cho em xin số điện thoại tổng đài", "hotline so may", "gọi số nào để hỏi"])
def test_whoever_wants_a_number_gets_it_and_is_not_put_into_the_queue(asker: Asker, text: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        turn = asker(text)
        assert "18001096" in turn.reply.text()
        assert payloads(turn)[0] == "lenh:person"
        assert citizen.find_open(asker.desk, AN) is None
        assert "vị trí 1" in asker("", tapped=True).reply.text()


@pytest.mark.parametrize("sender", ["eval-3f", "terminal-1", "tg:-100200:700000001", ""])
def test_who_cannot_be_answered_gets_numbers_and_addresses(asker: Asker, sender: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        assert "18001096" in asker(sender=sender).reply.text()
        assert conversations.queue(asker.desk).waiting == ()


def test_a_desk_that_is_off_or_away_leaves_nobody_without_an_answer(asker: Asker) -> None:
    with time_machine.travel(MORNING, tick=False):
        asker.settings = DeskSettings(on=False)
        assert "18001096" in asker().reply.text()
        asker.settings = DeskSettings()
        with asker.desk.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE desk_handovers RENAME TO away")
        assert "18001096" in asker().reply.text()


def test_in_the_middle_of_a_guide_a_person_can_be_asked_for(asker: Asker, knowledge: KnowledgeBase) -> None:
    talk = Dialogue(knowledge)
    begun = talk.respond(
        "action_answer", Message("em muốn đăng ký kết hôn", "ask_procedure", {"ask_procedure": 0.9}), Memory()
    )
    with time_machine.travel(MORNING, tick=False):
        asker.memory = begun.memory
        assert "vị trí 1" in asker().reply.text()
