"""General questions: their files, and finding them by words."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.faqs import FaqIndex, read_faqs
from knowledge.yaml_models import Known

PIGEONS = """\
- name: chim-an-gi
  question: Chim bồ câu ăn gì?
  answer: Chim ăn lúa, bắp.
  ask: [cho chim ăn gì, chim ăn lúa được không, thức ăn cho chim, nuôi chim cho ăn gì, chim ăn gì, bồ câu ăn gì]
  source: {name: Sách Chim, dated: 2020-01-01, checked: 2026-11-24}
  codes: ["1.000001"]
- name: chim-ngu-dau
  question: Chim ngủ ở đâu?
  answer: Chim ngủ trong chuồng.
  ask: [chim ngủ ở đâu, chỗ ngủ của chim, chuồng chim để đâu, chim ngủ trong nhà, chim ngủ đêm, chỗ chim ngủ]
  source: {name: Sách Chim, dated: 2020-01-01, checked: 2026-11-24}
"""
KNOWN = Known({"1.000001": ()}, frozenset({"1.000001"}))


def _folder(tmp_path: Path, text: str = PIGEONS) -> Path:
    (tmp_path / "faqs").mkdir()
    (tmp_path / "faqs" / "chim.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_sound_questions_are_read_in_order(tmp_path: Path) -> None:
    read = read_faqs(KNOWN, _folder(tmp_path))
    assert read.problems == ()
    assert [faq.name for faq in read.faqs] == ["chim-an-gi", "chim-ngu-dau"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("answer: Chim ăn lúa, bắp.", "answer: " + "Chim ăn. " * 90, 3, "answer"),
        ("answer: Chim ăn lúa, bắp.", "answer: " + "chim ăn lúa " * 9, 1, "câu quá dài"),
        (", bồ câu ăn gì]", "]", 4, "ask"),
        ("dated: 2020-01-01, checked: 2026-11-24}\n  codes", "checked: 2026-11-24}\n  codes", 5, "dated"),
        ('codes: ["1.000001"]', 'codes: ["1.999999"]', 1, "chưa có thủ tục 1.999999"),
        ("name: chim-ngu-dau", "name: chim-an-gi", 7, "tên 'chim-an-gi' đã có"),
        ("chỗ chim ngủ", "chim ăn gì", 7, "'chim ăn gì' đã có ở câu 'chim-an-gi'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert old in PIGEONS
    problems = read_faqs(KNOWN, _folder(tmp_path, PIGEONS.replace(old, new))).problems
    found = [problem for problem in problems if reason in problem.reason]
    assert found, problems
    assert (found[0].file, found[0].line) == ("chim.yml", line)


FAQS = read_faqs().faqs
INDEX = FaqIndex(FAQS)


@pytest.mark.parametrize("faq", FAQS, ids=lambda faq: faq.name)
def test_each_way_to_ask_of_ours_finds_its_own_answer(faq: object) -> None:
    from knowledge.faqs import Faq

    assert isinstance(faq, Faq)
    for way in (faq.question, *faq.ask):
        match = INDEX.best(way)
        assert match is not None
        assert match.faq.name == faq.name, way
        assert match.score > 0.99


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("vneid muc 2 la gi vay", "vneid-muc-2-la-gi"),
        ("phường mình làm trễ hẹn thì phải làm gì", "tre-hen"),
        ("bỏ cấp huyện rồi ủy ban nhân dân quận giờ ở đâu", "cap-huyen-o-dau"),
        ("dịch vụ công toàn trình nghĩa là gì", "toan-trinh-la-gi"),
    ],
)
def test_other_words_find_it_too(asked: str, name: str) -> None:
    match = INDEX.best(asked)
    assert match is not None
    assert match.faq.name == name
    assert match.score > 0.5


def test_words_that_no_question_has_find_nothing() -> None:
    assert INDEX.best("xyzzy plugh") is None
    assert INDEX.best("") is None
    assert FaqIndex(()).best("vneid") is None


def test_likeness_counts_what_is_shared() -> None:
    assert INDEX.likeness("sổ hộ khẩu giấy", "so ho khau giay") == pytest.approx(1.0)
    assert INDEX.likeness("sổ hộ khẩu", "căn cước") == 0.0
    assert 0 < INDEX.likeness("mất sổ hộ khẩu", "sổ hộ khẩu") < 1
