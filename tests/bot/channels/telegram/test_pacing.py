from __future__ import annotations

from bot.channels.telegram.pacing import GROUP_STEP, Pacer


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_short_burst_goes_out_at_once_and_then_one_a_second() -> None:
    pacer = Pacer(1000, 1, 3, Clock())
    waits = [round(pacer.reserve("1"), 1) for _ in range(6)]
    assert waits == [0, 0, 0, 1, 2, 3]


def test_a_chat_that_was_quiet_has_its_burst_again() -> None:
    clock = Clock()
    pacer = Pacer(1000, 1, 2, clock)
    assert [round(pacer.reserve("1"), 1) for _ in range(3)] == [0, 0, 1]
    clock.now += 60
    assert [round(pacer.reserve("1"), 1) for _ in range(3)] == [0, 0, 1]


def test_all_chats_together_keep_the_overall_rate() -> None:
    pacer = Pacer(10, 1, 5, Clock())
    waits = [pacer.reserve(str(chat)) for chat in range(31)]
    assert max(waits) >= 2.99


def test_groups_are_slower() -> None:
    pacer = Pacer(1000, 1, 1, Clock())
    pacer.reserve("-5")
    assert round(pacer.reserve("-5"), 1) == GROUP_STEP


def test_a_refusal_makes_everybody_wait() -> None:
    pacer = Pacer(1000, 1, 5, Clock())
    pacer.pause(7)
    assert pacer.reserve("1") >= 7
    assert pacer.reserve("2") >= 7
