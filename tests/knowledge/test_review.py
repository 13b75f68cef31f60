"""What a reader would stumble over, and facts that can't stand together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knowledge.check import check
from knowledge.content import read_content
from knowledge.layer import ProcedureContent
from knowledge.review import LONGEST_SENTENCE, faults
from tests.knowledge.made_up import content_of, write_content

LONG = "chim " * (LONGEST_SENTENCE + 1)


def told(**changes: Any) -> list[tuple[str, str]]:
    found = faults(ProcedureContent.parse_obj(content_of(**changes)))
    return [(".".join(map(str, place)), reason) for place, reason in found]


def fee(**fields: Any) -> dict[str, Any]:
    return {"label": "Lệ phí", "amount": 1_000, **fields}


def fees(*given: dict[str, Any]) -> dict[str, Any]:
    return {"channels": [{"kind": "direct", "fees": list(given)}]}


def test_a_sound_procedure_has_nothing_to_stumble_over() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"summary": LONG}, "summary"),
        ({"steps": ["Nộp đơn.", LONG.capitalize()]}, "steps.1"),
        ({"instead": [{"when": LONG, "code": "9.000002"}]}, "instead.0"),
        ({"cases": [{"name": "Một", "documents": [{"name": "Đơn", "note": LONG}]}]}, "cases.0.documents.0"),
        (fees(fee(when=LONG)), "channels.0.fees.0"),
        ({"agencies": {"decides": LONG}}, "agencies.decides"),
    ],
)
def test_a_sentence_that_nobody_takes_in_is_told_with_its_place(changes: dict[str, Any], place: str) -> None:
    ((where, reason),) = told(**changes)
    assert where == place
    assert "câu quá dài" in reason


def test_two_short_sentences_are_none_too_long() -> None:
    assert told(summary=f"{('chim ' * LONGEST_SENTENCE).strip()}. {('gà ' * LONGEST_SENTENCE).strip()}.") == []


def test_an_item_cut_apart_at_a_comma_is_told() -> None:
    ((place, reason),) = told(conditions=["Có chuồng", "thức ăn."])
    assert place == "conditions.1"
    assert "cắt ở dấu phẩy" in reason


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"portal_url": "dichvucong.gov.vn/x"}, "portal_url", "https://"),
        ({"forms": [{"name": "Đơn", "url": "javascript:x"}]}, "forms.0.url", "https://"),
        ({"agencies": {"decides": "Ủy ban nhân dân cấp huyện"}}, "agencies.decides", "cấp huyện"),
        ({"channels": [{"kind": "direct", "place": "Quận 1"}]}, "channels.0.place", "cấp huyện"),
        (
            {"sources": {"portal": {"name": "Luật", "dated": "2026-11-25", "checked": "2026-11-24"}}},
            "sources.portal",
            "sau ngày kiểm",
        ),
        (fees(fee(to="2026-12-31"), fee(**{"from": "2026-12-31"})), "channels.0.fees.1", "hai mức"),
        (fees(fee(), fee(**{"from": "2027-01-01"})), "channels.0.fees.1", "hai mức"),
        (
            fees(fee(to="2026-12-30"), fee(**{"from": "2027-01-01"})),
            "channels.0.fees.1",
            "từ 2026-12-31 đến 2026-12-31 không có mức nào",
        ),
    ],
)
def test_a_fact_that_cannot_stand_is_told(changes: dict[str, Any], place: str, words: str) -> None:
    found = told(**changes)
    assert [where for where, _ in found] == [place]
    assert words in found[0][1]


@pytest.mark.parametrize(
    "given",
    [
        [fee(to="2026-12-31"), fee(**{"from": "2027-01-01"})],
        [fee(when="Hộ nghèo"), fee()],
        [fee(area="TP.HCM"), fee()],
        [fee(), fee(label="Phí bản sao")],
        [fee(), {"label": "Lệ phí", "text": "hỏi nơi nộp"}],
    ],
)
def test_fees_that_follow_each_other_or_are_for_others_stand_together(given: list[dict[str, Any]]) -> None:
    assert told(**fees(*given)) == []


def test_a_fault_is_told_with_file_and_line_and_an_unknown_code_too(tmp_path: Path) -> None:
    write_content(tmp_path, content_of(related=["9.000009"], steps=["nộp đơn"]))
    (problem,) = read_content(tmp_path).problems
    assert problem.file == "9.000001-thu.yml"
    assert problem.line > 1
    reasons = [str(problem) for problem in check(tmp_path).problems]
    assert any("chưa có thủ tục 9.000009 trong nội dung" in reason for reason in reasons)
