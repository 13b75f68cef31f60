"""What went wrong is gathered, like questions together, the most frequent first, nobody named."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from analytics.log import Reason
from analytics.settling import Question, Settled, find, open_questions, settle
from answers.outcome import Outcome
from knowledge.search import trial
from knowledge.search.entry import Entry
from knowledge.search.index import SearchIndex
from tests.analytics.support import BIRTH, LAND, Talk, events, turns_of
from tests.knowledge.made_up import LetterEncoder
from tests.knowledge.search.conftest import small_index


def packed(*direction: float) -> bytes:
    """A sentence vector in 8 bits."""
    vector = np.array(direction)
    return (vector / np.abs(vector).max() * 127).astype(np.int8).tobytes()


NORTH, NEARLY, EAST = packed(1, 0, 0.05), packed(1, 0.1, 0), packed(0, 1, 0)


def ask(log: Engine, who: int, text: str, vector: bytes | None = None, codes: tuple[str, ...] = ()) -> None:
    Talk(log, f"tg:{who}")(Outcome.NOT_FOUND, text=text, vector=vector, codes=codes)


def told(questions: list[Question]) -> list[tuple[str, int]]:
    return [(question.text, question.count) for question in questions]


def test_the_most_frequent_come_first(any_log: Engine) -> None:
    for who in range(3):
        ask(any_log, who, "nuôi chim cảnh")
    ask(any_log, 4, "bán vé số dạo")
    assert told(open_questions(any_log)) == [("nuôi chim cảnh", 3), ("bán vé số dạo", 1)]


def test_the_same_words_are_one_question_however_they_are_marked(log: Engine) -> None:
    ask(log, 1, "nuôi chim cảnh")
    ask(log, 2, "nuoi chim canh?")
    (question,) = open_questions(log)
    assert question.count == 2
    assert len(question.others) == 1


def test_like_questions_are_one_where_the_search_thought_of_the_same(log: Engine) -> None:
    ask(log, 1, "xin giấy nuôi chim", NORTH, (BIRTH, LAND))
    ask(log, 2, "muốn nuôi chim bồ câu thì làm sao", NEARLY, (BIRTH,))
    ask(log, 3, "bán vé số", EAST, (BIRTH,))
    ask(log, 4, "thả diều ở đâu", NEARLY, (LAND,))
    found = {question.count: question for question in open_questions(log)}
    assert found[2].candidates[0] == BIRTH
    assert {found[2].text, *found[2].others} == {
        "xin giấy nuôi chim", "muốn nuôi chim bồ câu thì làm sao",
    }  # fmt: skip
    assert len(open_questions(log)) == 3


def test_a_question_without_a_vector_is_like_its_own_words_alone(log: Engine) -> None:
    ask(log, 1, "một", None, (BIRTH,))
    ask(log, 2, "hai", b"\x01", (BIRTH,))
    ask(log, 3, "ba", NORTH, (BIRTH,))
    assert len(open_questions(log)) == 3


def test_questions_can_be_chosen_by_what_went_wrong(log: Engine) -> None:
    ask(log, 1, "nuôi chim")
    talk = Talk(log, "tg:2")
    talk.found(BIRTH, text="khai sinh")
    talk(Outcome.SMALLTALK, intent="rate_bad")
    assert told(open_questions(log, Reason.RATED_DOWN)) == [("khai sinh", 1)]
    assert open_questions(log, Reason.NOT_FOUND)[0].reasons == {Reason.NOT_FOUND: 1}


def test_what_is_settled_waits_no_longer(any_log: Engine) -> None:
    ask(any_log, 1, "nuôi chim")
    ask(any_log, 2, "bán vé số")
    question = next(question for question in open_questions(any_log) if question.text == "nuôi chim")
    assert find(any_log, question.name) == question
    with any_log.begin() as connection:
        assert settle(connection, question.keys, Settled.OUTSIDE, "an") == 1
        assert settle(connection, question.keys, Settled.FAQ, "binh") == 0  # somebody was quicker
    assert told(open_questions(any_log)) == [("bán vé số", 1)]
    assert find(any_log, question.name) is None


def test_the_vector_of_the_nlu_is_kept_and_an_odd_one_is_not() -> None:
    parsed = {"understood": "hỏi", "sentence_vector": "f38A"}
    (turn,) = turns_of(*events("tg:1", "hỏi", parsed=parsed, outcome="not_found"))
    assert turn.vector == b"\x7f\x7f\x00"
    for odd in ("%", 7, None, ["f38A"], "A" * 9_000):
        (turn,) = turns_of(
            *events("tg:1", "hỏi", parsed={"understood": "hỏi", "sentence_vector": odd}, outcome="not_found")
        )
        assert turn.vector is None


# Trying a way to ask

BIRDS, HENS = "9.000001", "9.000002"
ENCODER = LetterEncoder()


@pytest.fixture
def index() -> SearchIndex:
    return small_index(
        [
            Entry(BIRDS, "Cấp thẻ nuôi chim bồ câu", (), ("nuôi chim cần giấy gì", "làm thẻ chim ở đâu")),
            Entry(HENS, "Cấp phép nuôi gà", (), ("nuôi gà phải xin phép không", "giấy phép nuôi gà")),
        ],
        ENCODER,
    )


def test_a_way_to_ask_is_found_once_it_is_there(index: SearchIndex) -> None:
    way = "xin nhốt cu gáy"
    vector = ENCODER.query(way)
    after = trial.with_way(index, HENS, way, ENCODER.passages([way])[0])
    was, now = trial.look(index, way, vector), trial.look(after, way, vector)
    shares = [dict(found.hits)[HENS] for found in (was, now)]
    assert shares[1] > shares[0]
    assert now.place(HENS) == 1
    assert now.place("9.999999") is None
    assert index.entries[1].ways_to_ask == ("nuôi gà phải xin phép không", "giấy phép nuôi gà")


def test_a_check_tells_what_a_misleading_way_breaks(index: SearchIndex) -> None:
    way = "nuôi chim cần giấy gì"  # the pigeons' own words, given to the hens
    after = trial.with_way(index, HENS, way, ENCODER.passages([way])[0])
    asked = [trial.Asked("nuôi chim cần giấy gì", ENCODER.query("nuôi chim cần giấy gì"), (BIRDS,), (BIRDS, way))]
    found = trial.check(index, after, asked)
    assert (found.asked, found.right_before, found.right_after) == (1, 1, 0)
    assert [(case.before, case.after) for case in found.worse] == [(BIRDS, HENS)]


def test_a_check_asks_what_is_nearest_and_hides_what_it_asks(index: SearchIndex) -> None:
    asked = trial.near(index, ENCODER.query("giấy phép nuôi gà"), most=2)
    assert asked[0].text == "giấy phép nuôi gà"
    assert len(asked) == 2
    harmless = trial.with_way(index, HENS, "đàn gà", ENCODER.passages(["đàn gà"])[0])
    found = trial.check(index, harmless, trial.near(index, ENCODER.query("gà")))
    assert (found.asked, found.worse) == (4, ())
