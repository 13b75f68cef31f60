from __future__ import annotations

import sqlalchemy as sa

from desk import outgoing
from desk.database import Desk
from desk.outgoing import Kind
from desk.tables import outgoing as table
from desk.words import tree
from tests.desk.support import AN, CHI, text_of


def put(desk: Desk, *texts: str, sender: str = CHI, channel: str = "web") -> list[int]:
    with desk.begin() as connection:
        return [outgoing.put(connection, sender, channel, Kind.REPLY, tree([text])) for text in texts]


def shown(desk: Desk, after: int | None = None, peek: bool = False) -> list[str]:
    return [text_of(one.tree) for one in outgoing.for_page(desk, CHI, after, peek=peek)]


def test_a_page_gets_what_is_new_in_order_and_what_is_its_own(any_desk: Desk) -> None:
    numbers = put(any_desk, "một", "hai")
    put(any_desk, "của người khác", sender=f"{CHI}x")
    put(any_desk, "Telegram", sender=AN, channel="telegram")
    assert shown(any_desk, 0) == ["một", "hai"]
    put(any_desk, "ba")
    assert shown(any_desk, numbers[-1]) == ["ba"]
    assert outgoing.last_number(any_desk, CHI) == numbers[-1] + 3


def test_a_page_whose_answer_was_lost_and_another_tab_get_it_again(desk: Desk) -> None:
    put(desk, "một")
    assert shown(desk, 0) == shown(desk, 0) == ["một"]


def test_a_page_without_scripts_gets_each_message_once(desk: Desk) -> None:
    put(desk, "một")
    assert shown(desk, peek=True) == shown(desk, peek=True) == ["một"]
    assert shown(desk) == ["một"]
    assert shown(desk) == []


def test_numbers_are_never_used_again(desk: Desk) -> None:
    (first,) = put(desk, "một")
    with desk.begin() as connection:
        connection.execute(sa.delete(table))
    (second,) = put(desk, "hai")
    assert second > first
