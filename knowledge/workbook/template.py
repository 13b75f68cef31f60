"""The empty workbook: two made-up procedures as examples, under codes that are nobody's."""

from __future__ import annotations

import datetime as dt

from knowledge.layer import Layer
from knowledge.workbook.schema import EXAMPLES
from knowledge.workbook.writing import write_workbook

_DAY = dt.date(2026, 11, 30)


def _example(code: str, name: str, amount: int) -> Layer:
    source = {"name": "Ví dụ: Quyết định 00/QĐ-VIDU", "url": "https://example.vn", "dated": _DAY, "checked": _DAY}
    return Layer.parse_obj(
        {
            "code": code, "name": name, "official_name": f"Thủ tục {name.lower()} (ví dụ, hãy xóa)", "group": "khac",
            "level": ["commune"], "summary": "Ví dụ: một câu nói thủ tục này làm gì, ở đâu.", "online": "full",
            "portal_url": "https://example.vn", "sources": {"portal": source},
            "cases": [{"name": "Ví dụ: làm lần đầu", "documents": [{"name": "Ví dụ: Tờ khai", "original": 1}]},
                      {"name": "Ví dụ: làm lại", "when": "Bị mất", "documents": [
                          {"name": "Ví dụ: Giấy tờ cũ", "original": 1, "if_any": True}]}],
            "channels": [{"kind": "direct", "place": "Ví dụ: Trung tâm Phục vụ hành chính công phường",
                          "times": [{"text": "3 ngày làm việc", "amount": 3, "unit": "working_day"}],
                          "fees": [{"label": "Ví dụ: Lệ phí", "amount": amount, "from": _DAY}]}],
            "applies": ["Ví dụ: ai cần làm."], "steps": ["Ví dụ: Nộp hồ sơ."], "results": ["Ví dụ: Giấy xác nhận"],
            "forms": [{"name": "Ví dụ: Tờ khai"}], "agencies": {"decides": "Ví dụ: Ủy ban nhân dân phường"},
            "legal_bases": [{"number": "00/2026/VIDU", "title": "Ví dụ: tên văn bản"}],
            "popular_names": ["ví dụ tên thường gọi"], "ways_to_ask": ["ví dụ cách hỏi"],
        }
    )  # fmt: skip


def template() -> bytes:
    """The workbook to begin with."""
    examples = [_example(EXAMPLES[0], "Ví dụ một", 25_000), _example(EXAMPLES[1], "Ví dụ hai", 0)]
    return write_workbook([(layer, None) for layer in examples])
