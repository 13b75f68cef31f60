"""What a person gets from the running product, through the page's own endpoint."""

from __future__ import annotations

import re
from html import unescape

from tests.whole.conftest import Person, Said

SOURCE = re.compile(r'<p class="source">Nguồn: .*kiểm ngày \d{1,2}/\d{1,2}/\d{4}')
BIRTH, MARRIAGE = "1.001193", "1.000894"


def words_of(said: Said) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", said.html)))


def test_a_real_question_is_answered_with_its_source_and_the_day_of_checking(person: Person) -> None:
    said = person("đăng ký khai sinh cho con cần giấy tờ gì")
    assert (said.turn["outcome"], said.turn["answer"], said.turn["aspect"]) == ("answered", BIRTH, "documents")
    assert len(said.turn["codes"]) >= 5
    assert "Tờ khai đăng ký khai sinh" in words_of(said)
    assert SOURCE.search(said.html)


def test_a_question_without_diacritics_is_answered_alike(person: Person) -> None:
    assert person("dang ky khai sinh cho con can giay to gi").turn["answer"] == BIRTH


def test_a_follow_up_without_a_subject_stays_with_the_procedure(person: Person) -> None:
    person("đăng ký khai sinh cho con cần giấy tờ gì")
    said = person("còn lệ phí?")
    assert (said.turn["answer"], said.turn["aspect"]) == (BIRTH, "fee")
    assert "miễn phí" in words_of(said)


def test_a_correction_replaces_the_procedure_and_keeps_the_aspect(person: Person) -> None:
    person("đăng ký khai sinh hết bao nhiêu tiền")
    said = person("không phải, ý em là đăng ký kết hôn")
    assert (said.turn["answer"], said.turn["aspect"]) == (MARRIAGE, "fee")


def test_an_option_is_chosen_by_its_number_as_typed_and_as_pressed(person: Person) -> None:
    asked = person("giấy phép")
    options = asked.turn["options"]
    assert asked.turn["outcome"] == "asked_back"
    assert 2 <= len(options) <= 4
    assert person("2").turn["answer"] == options[1]
    again = person("cho mình bắt đầu lại")
    assert again.turn["outcome"] == "smalltalk"
    options = person("giấy phép").turn["options"]
    assert person.press("chon:1").turn["answer"] == options[0]


def test_a_guide_asks_and_a_number_answers_it(person: Person) -> None:
    asked = person("bằng lái")
    assert asked.turn["outcome"] == "asked_back"
    assert "Câu 1:" in asked.html
    assert "Câu 2:" in person("2").html
    assert "Câu 1:" in person("quay lại").html


def test_the_buttons_of_an_answer_lead_on(person: Person) -> None:
    said = person("làm hộ chiếu cần giấy tờ gì")
    pressed = [unescape(found) for found in re.findall(r'name="button" value="([^"]+)"', said.html)]
    payloads = [payload for payload in pressed if payload.startswith("thu-tuc:")]
    assert payloads
    for payload in payloads:
        turn = person.press(payload).turn
        assert (turn["outcome"], turn["answer"]) == ("answered", said.turn["answer"]), payload


def test_two_people_do_not_share_a_conversation(person: Person, other: Person) -> None:
    person("đăng ký khai sinh cần giấy tờ gì")
    assert other("còn lệ phí?").turn["answer"] != BIRTH


def test_a_session_of_more_than_sixty_turns_still_knows_the_last_procedure(person: Person) -> None:
    person("đăng ký khai sinh cho con cần giấy tờ gì")
    for number in range(61):
        assert person("phí bao nhiêu" if number % 2 else "mấy ngày xong").turn["answer"] == BIRTH, number
    said = person("nộp ở đâu")
    assert (said.turn["answer"], said.turn["aspect"]) == (BIRTH, "place")
