"""General questions go from draft to review to the chat; nobody overwrites anybody, nothing wrong is published."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.engine import Engine

from knowledge.editing.faqs import faqs_in_force
from tests.web.console.conftest import ROOT, Browser
from tests.web.console.test_figures import text_of

WAYS = [f"nuôi chim cảnh có cần giấy {word}" for word in ("không", "gì", "tờ gì", "phép không", "phép gì", "xin không")]
FORM = {
    "question": "Nuôi chim cảnh có cần giấy không?",
    "answer": "Chim cảnh thường thì không cần.\nLoài quý hiếm phải đăng ký.",
    "ask": "\n".join(WAYS),
    "source.name": "Nghị định 06/2019/NĐ-CP",
    "source.dated": "2019-01-22",
    "source.checked": "2026-11-20",
}
ONE = "/cau-hoi-chung/nuoi-chim-canh-co-can-giay-khong"
SHIPPED = "/cau-hoi-chung/vneid-muc-2-la-gi"


def base_of(browser: Browser, path: str) -> str:
    """The step that a page shows as the newest."""
    found = re.search(r'name="buoc" value="(\d+)"', browser.get(f"{ROOT}{path}").text)
    assert found, path
    return found.group(1)


def step(browser: Browser, path: str, deed: str, **more: str) -> int:
    return int(browser.submit(f"{path}/{deed}", {"buoc": base_of(browser, path), **more}).status_code)


def answers(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {faq.question: faq.answer for faq in faqs_in_force(connection)}


def test_a_new_one_goes_through_review_before_citizens_get_it(
    editor: Browser, reviewer: Browser, staff_engine: Engine
) -> None:
    assert editor.submit("/cau-hoi-chung/moi", FORM).headers["location"] == f"{ROOT}{ONE}"
    assert FORM["question"] not in answers(staff_engine)
    assert step(editor, ONE, "cong-bo") == 403
    assert step(editor, ONE, "gui-duyet") == 303
    assert step(reviewer, ONE, "tra-lai") == 422  # without a word on why
    assert step(reviewer, ONE, "tra-lai", loi="ghi rõ loài") == 303
    assert "ghi rõ loài" in editor.get(f"{ROOT}{ONE}").text
    assert step(editor, ONE, "gui-duyet") == 303
    assert step(reviewer, ONE, "cong-bo") == 303
    assert answers(staff_engine)[FORM["question"]] == FORM["answer"]
    told = text_of(editor.get(f"{ROOT}{ONE}").text)
    for word in ("Công bố reviewer", "Chờ duyệt editor", "ghi rõ loài", "Bản nháp editor"):
        assert word in told
    assert step(reviewer, ONE, "thoi-dung", loi="nghị định mới") == 303
    assert FORM["question"] not in answers(staff_engine)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"answer": "dài " * 40}, "câu quá dài"),
        ({"ask": "một\nhai"}, "cần ít nhất 6 mục"),
        ({"source.dated": ""}, "nguồn phải có ngày"),
        ({"source.name": ""}, "Nguồn"),
        ({"codes": "9.999999"}, "chưa có thủ tục 9.999999"),
        ({"question": "VNeID mức 2 là gì?"}, "đã có ở câu"),
    ],
)
def test_a_draft_may_be_wrong_but_goes_no_further(
    editor: Browser, reviewer: Browser, staff_engine: Engine, change: dict[str, str], told: str
) -> None:
    where = editor.submit("/cau-hoi-chung/moi", {**FORM, **change}).headers["location"].removeprefix(ROOT)
    assert told in text_of(editor.get(f"{ROOT}{where}").text)
    for browser, deed in ((editor, "gui-duyet"), (reviewer, "cong-bo")):
        assert step(browser, where, deed) == 422
    assert FORM["answer"] not in answers(staff_engine).values()


def test_what_came_with_the_software_is_written_over_and_given_back(reviewer: Browser, staff_engine: Engine) -> None:
    page = reviewer.get(f"{ROOT}{SHIPPED}/sua").text
    question = re.search(r'name="question" type="text" value="([^"]+)"', page)
    assert question
    before = answers(staff_engine)[question.group(1)]
    form = {**FORM, "question": question.group(1), "buoc": "0"}
    assert reviewer.submit(f"{SHIPPED}/luu", form).status_code == 303
    told = text_of(reviewer.get(f"{ROOT}{SHIPPED}").text)
    assert "Bản nháp đổi gì" in told
    assert before.splitlines()[0] in told
    assert step(reviewer, SHIPPED, "cong-bo") == 303
    assert answers(staff_engine)[question.group(1)] == FORM["answer"]
    assert step(reviewer, SHIPPED, "ban-di-kem") == 303
    assert answers(staff_engine)[question.group(1)] == before
    # The version before can be taken up again.
    number = re.search(r"sua\?buoc=(\d+)", reviewer.get(f"{ROOT}{SHIPPED}").text)
    assert number
    assert FORM["answer"] in reviewer.get(f"{ROOT}{SHIPPED}/sua?buoc={number.group(1)}").text.replace("\r\n", "\n")


def test_whoever_comes_second_is_shown_the_difference(editor: Browser, reviewer: Browser) -> None:
    editor.submit("/cau-hoi-chung/moi", FORM)
    seen = base_of(editor, f"{ONE}/sua")
    assert reviewer.submit(f"{ONE}/luu", {**FORM, "answer": "Không cần.", "buoc": seen}).status_code == 303
    answer = editor.submit(f"{ONE}/luu", {**FORM, "answer": "Cần chứ.", "buoc": seen})
    assert answer.status_code == 422
    told = text_of(answer.text)
    for word in ("reviewer đã sửa câu này", "Cần chứ.", "Không cần."):
        assert word in told
    assert editor.submit(f"{ONE}/gui-duyet", {"buoc": seen}).status_code == 422


def test_markup_stays_text(editor: Browser) -> None:
    evil = "<script>alert(1)</script>"
    where = editor.submit("/cau-hoi-chung/moi", {name: f"{evil} {value}" for name, value in FORM.items()})
    for path in (where.headers["location"], f"{where.headers['location']}/sua", f"{ROOT}/cau-hoi-chung"):
        assert "<script>alert" not in editor.get(path).text
