from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search.terms import ALIAS_WEIGHT, PAIR_WEIGHT, Background, QueryMaker, characters, pairs
from vietnamese.fold import fold

QUESTIONS = {
    "ask_fee": ["cho em hỏi lệ phí khai sinh", "khai sinh hết bao nhiêu tiền", "cho hỏi hết bao nhiêu tiền"] * 20,
    "ask_documents": ["cho em hỏi giấy tờ khai sinh", "làm hộ chiếu cần giấy tờ gì", "cho hỏi giấy tờ"] * 20,
}
ALIASES = {"sổ đỏ": "giấy chứng nhận quyền sử dụng đất"}


def test_terms_are_words_and_neighbouring_pairs() -> None:
    assert pairs(["khai", "sinh", "muon"]) == ["khai", "sinh", "muon", "khai_sinh", "sinh_muon"]
    assert pairs([]) == []


def test_runs_of_letters_cross_words_and_forgive_a_typing_error() -> None:
    assert characters(["ab", "c"]) == [" ab ", "ab c", "b c "]
    right, wrong = set(characters(["khai", "sinh"])), set(characters(["khai", "sih"]))
    assert len(right & wrong) >= 4


def test_words_of_every_question_and_of_one_aspect_weigh_less_than_the_subject() -> None:
    background = Background.of(QUESTIONS)
    assert background.weight("passport") == 1.0
    assert background.weight("cho") < background.weight("chieu") < 1.0
    # 'tiền' stands only in questions about fees: it says what is asked, not about what.
    even = Background.of({"ask_fee": ["hết tiền", "khai sinh"] * 20, "ask_documents": ["giấy tờ", "khai sinh"] * 20})
    assert even.weight("sinh") < 0.1  # half of all questions
    rare = {"ask_fee": ["hết tiền"] * 20 + ["khai sinh"] * 10, "ask_documents": ["giấy tờ"] * 20 + ["khai sinh"] * 10}
    assert Background.of(rare).weight("tien") < Background.of(rare).weight("sinh")


def test_without_examples_every_word_tells() -> None:
    assert Background.of({}).weight("cho") == Background.of({"ask_fee": []}).weight("cho") == 1.0


def test_diacritics_make_no_difference_to_the_terms() -> None:
    make = QueryMaker(Background.of(QUESTIONS), ALIASES)
    assert make("làm sổ đỏ ở đâu") == make("lam so do o dau")


def test_a_popular_name_brings_the_official_words_at_less_weight() -> None:
    query = QueryMaker(Background(), ALIASES)("mất sổ đỏ")
    assert query.words == ("mat", "so", "do")
    assert query.weights["so"] == 1.0
    assert query.weights["so_do"] == PAIR_WEIGHT
    assert query.weights["chung"] == ALIAS_WEIGHT
    assert query.weights["chung_nhan"] == ALIAS_WEIGHT * PAIR_WEIGHT


def test_a_popular_name_inside_another_word_brings_nothing() -> None:
    assert "chung" not in QueryMaker(Background(), ALIASES)("so dom").weights


def test_a_word_that_is_typed_keeps_its_full_weight() -> None:
    assert QueryMaker(Background(), ALIASES)("sổ đỏ giấy").weights["giay"] == 1.0


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(max_size=80) | st.lists(st.sampled_from(["sổ đỏ", "_", "đ", "İ", "\n", "1.001193", "ß"])).map(" ".join))
def test_making_a_query_is_total_with_weights_between_nothing_and_one(text: str) -> None:
    query = QueryMaker(Background.of(QUESTIONS), ALIASES)(text)
    assert all(0 < weight <= 1 for weight in query.weights.values())
    assert all(word and word == fold(word).lower() for word in query.words)
    assert set(query.words) <= set(query.weights)
