"""Walking a guide: answers in any form, back, change, leave, return."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.guides.model import Guide, Option, Question
from knowledge.guides.walk import State, Step, choose, look, reply, start

TREE = Guide(
    name="nuoi-chim",
    title="Nuôi chim",
    entry=["nuôi chim", "chim", "chuồng chim"],
    questions={
        "how_many": Question(
            text="Mấy con?",
            options=[
                Option(label="Dưới 10 con", words=["ít", "vài con"], next="where"),
                Option(label="Từ 10 con", words=["nhiều"], code="1.000002"),
                Option(label="Trở lại nuôi sau dịch", words=["trở lại"], next="where"),
            ],
        ),
        "where": Question(
            text="Ở đâu?",
            options=[
                Option(label="Trong nhà", words=["nhà"], code="1.000001"),
                Option(label="Ngoài vườn", words=["vườn", "sân"], code="1.000003"),
            ],
        ),
    },
)


def walk(*answers: str, said: str = "") -> Step:
    step = start(TREE, said)
    for answer in answers:
        step = reply(TREE, step.state, answer)
    return step


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "số 1",
        "cái đầu tiên",
        "Dưới 10 con",
        "dưới 10 con",
        "duoi 10 con",
        "ít",
        "em nuôi vài con thôi",
        "vai con a",
    ],
)
def test_an_answer_is_a_number_a_label_or_own_words_with_or_without_marks(text: str) -> None:
    assert walk(text).question == "where"


def test_the_last_one_is_found_by_saying_so() -> None:
    assert walk("ít", "cái cuối").leaf == TREE.questions["where"].options[1]


@pytest.mark.parametrize("text", ["7", "xin chào", "ít nhà nhiều", ""])
def test_what_fits_none_or_several_is_not_understood_and_changes_nothing(text: str) -> None:
    before = walk("1") if text != "ít nhà nhiều" else walk()
    after = reply(TREE, before.state, text)
    assert not after.understood
    assert (after.state, after.question) == (before.state, before.question)


def test_the_opening_sentence_answers_the_questions_that_it_plainly_answers() -> None:
    assert walk(said="nuôi vài con chim ngoài vườn").leaf == TREE.questions["where"].options[1]
    # What it says of a later question counts once that is asked.
    step = walk(said="nuôi chim ngoài vườn")
    assert step.question == "how_many"
    assert reply(TREE, step.state, "ít").leaf == TREE.questions["where"].options[1]


@pytest.mark.parametrize("back", ["quay lại", "quay lai", "lùi lại", "câu trước", "quay lại câu trước nha"])
def test_back_asks_the_question_before_again(back: str) -> None:
    assert walk("ít", back) == start(TREE)
    assert walk("ít", "nhà", back).question == "where"
    assert not walk(back).understood


def test_back_asks_even_what_the_opening_sentence_had_answered() -> None:
    step = walk(said="nuôi chim ngoài vườn")
    step = reply(TREE, step.state, "ít")
    step = reply(TREE, step.state, "quay lại")
    assert step.question == "where"
    assert reply(TREE, step.state, "trong nhà").leaf == TREE.questions["where"].options[0]


def test_an_answer_that_sounds_like_a_command_is_an_answer() -> None:
    assert walk("trở lại").question == "where"


def test_an_earlier_answer_is_changed_and_the_later_ones_still_count() -> None:
    assert walk("ít", "sân", "đổi câu 1 thành nhiều").leaf == TREE.questions["how_many"].options[1]
    assert walk("ít", "sân", "đổi câu 1 thành trở lại").leaf == TREE.questions["where"].options[1]
    step = walk("ít", "sân", "sửa câu 1")
    assert step.question == "how_many"
    assert reply(TREE, step.state, "3").leaf == TREE.questions["where"].options[1]
    assert not walk("ít", "đổi câu 5").understood


def test_one_leaves_and_returns_to_the_same_question() -> None:
    left = walk("ít", "thôi")
    assert left.state.left
    assert not reply(TREE, left.state, "nhà").understood
    again = reply(TREE, left.state, "tiếp tục nhé")
    assert (again.question, again.state.left) == ("where", False)


def test_a_button_beyond_the_list_is_not_understood() -> None:
    assert not choose(TREE, State("nuoi-chim"), 9).understood
    assert choose(TREE, State("nuoi-chim"), 1).leaf == TREE.questions["how_many"].options[1]


def test_a_state_survives_the_way_through_json() -> None:
    for step in (walk("ít"), walk("ít", "thôi"), walk("ít", "sân", "sửa câu 1")):
        plain = json.loads(json.dumps(step.state.as_json()))
        assert State.from_json(plain, {"nuoi-chim": TREE}) == step.state


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "nuoi-chim",
        {"guide": "khac"},
        {"guide": "nuoi-chim", "answers": 3},
        {"guide": "nuoi-chim", "answers": [["where", 0]]},
        {"guide": "nuoi-chim", "answers": [["how_many", 9]]},
        {"guide": "nuoi-chim", "answers": [["how_many", "x"]]},
        {"guide": "nuoi-chim", "answers": [["how_many"]]},
    ],
)
def test_an_odd_state_or_one_of_a_changed_guide_counts_as_none(odd: object) -> None:
    assert State.from_json(odd, {"nuoi-chim": TREE}) is None


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.text(max_size=30), st.sampled_from(["1", "2", "ít", "sân", "quay lại", "thôi", "tiếp tục"])))
)
def test_whatever_is_typed_the_state_stays_sound(texts: list[str]) -> None:
    step = start(TREE)
    for text in texts:
        step = reply(TREE, step.state, text)
        assert (step.question is None) != (step.leaf is None)
        assert State.from_json(step.state.as_json(), {"nuoi-chim": TREE}) == step.state
        assert look(TREE, step.state).question == step.question


LONG = Guide(
    name="mua-chim",
    title="Mua chim",
    entry=["mua chim", "chim cảnh", "chim giống"],
    questions={
        "which_bird": Question(
            text="Chim gì?",
            options=[
                Option(label=label, code=f"1.00000{at}")
                for at, label in enumerate(["Bồ câu", "Chào mào", "Khướu", "Vẹt", "Sáo", "Yến"])
            ],
        )
    },
)


@pytest.mark.parametrize("words", ["4", "trường hợp khác", "khác", "còn gì nữa không", "cái cuối"])
def test_of_a_long_list_three_options_are_shown_and_then_the_rest(words: str) -> None:
    question = LONG.questions["which_bird"]
    assert [option.label for option in question.shown()] == ["Bồ câu", "Chào mào", "Khướu"]
    step = reply(LONG, start(LONG).state, words)
    assert step.understood
    assert (step.question, step.state.more) == ("which_bird", True)
    assert [option.label for option in question.shown(step.state.more)] == ["Vẹt", "Sáo", "Yến"]
    assert State.from_json(json.loads(json.dumps(step.state.as_json())), {"mua-chim": LONG}) == step.state


def test_numbers_mean_what_is_shown_and_words_mean_all_options() -> None:
    begun = start(LONG)
    assert reply(LONG, begun.state, "yến").leaf == LONG.questions["which_bird"].options[5]
    rest = choose(LONG, begun.state, 3)
    for number, place in (("1", 3), ("3", 5), ("cái cuối", 5)):
        assert reply(LONG, rest.state, number).leaf == LONG.questions["which_bird"].options[place]
    assert reply(LONG, rest.state, "bồ câu").leaf == LONG.questions["which_bird"].options[0]
    assert not choose(LONG, rest.state, 3).understood
    assert not reply(LONG, begun.state, "5").understood


def test_back_from_the_rest_shows_the_first_ones_again() -> None:
    rest = choose(LONG, start(LONG).state, 3)
    assert reply(LONG, rest.state, "quay lại").state == start(LONG).state
