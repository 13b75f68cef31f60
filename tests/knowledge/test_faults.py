from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.faqs import Faq
from knowledge.faults import told
from knowledge.layer import Document, Fee, Layer, ProcedureContent, Strict
from tests.test_house import ENGLISH

MISTAKES: list[tuple[type[Strict], dict[str, Any], str, str]] = [
    (Layer, {}, "code", "còn thiếu"),
    (Layer, {"code": "1.001193", "sumary": "Làm giấy"}, "sumary", "không có phần nào tên này"),
    (Layer, {"code": "1.001193", "summary": ["a"]}, "summary", "phải là chữ"),
    (Layer, {"code": "1.001193", "summary": ""}, "summary", "không được để trống"),
    (Layer, {"code": "1.001193", "steps": "Nộp"}, "steps", "phải là một danh sách"),
    (Layer, {"code": "1.001193", "sources": ["cổng"]}, "sources", "phải gồm các mục"),
    (Layer, {"code": "1.001193", "online": "yes"}, "online", "phải là một trong: full, partial, none"),
    (Layer, {"code": "1.1"}, "code", "mã thủ tục '1.1' không đúng dạng 1.001193"),
    (Layer, {"code": None}, "code", "không được để trống"),
    (Fee, {"label": "Phí", "amount": "8.000đ"}, "amount", "phải là số nguyên"),
    (Fee, {"label": "Phí", "amount": -1}, "amount", "phải từ 0 trở lên"),
    (Fee, {"label": "Phí", "amount": 1, "from": "mai"}, "from", "phải là ngày"),
    (Document, {"name": "Đơn", "copy": 21}, "copy", "phải từ 20 trở xuống"),
    (Document, {"name": "Đơn", "if_any": "hẳn rồi"}, "if_any", "phải là true hoặc false"),
    (ProcedureContent, {"code": "1.001193", "name": "a" * 91}, "name", "dài quá 90 chữ cái"),
    (ProcedureContent, {"code": "1.001193", "level": []}, "level", "cần ít nhất 1 mục"),
    (Faq, {"name": "Tên có dấu"}, "name", "không đúng dạng"),
]


@pytest.mark.parametrize(("model", "given", "place", "words"), MISTAKES)
def test_mistakes_are_told_in_vietnamese(model: type[Strict], given: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        model.parse_obj(given)
    reasons = {".".join(map(str, fault["loc"])): told(fault) for fault in raised.value.errors()}
    assert words in reasons[place]
    assert not [reason for reason in reasons.values() if ENGLISH.search(reason)]
