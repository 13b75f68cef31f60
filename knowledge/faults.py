"""Say in Vietnamese what pydantic finds wrong: staff read it when they check content, and importers in their lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "value_error.missing": "còn thiếu",
    "value_error.extra": "không có phần nào tên này",
    "type_error.none.not_allowed": "không được để trống",
    "type_error.integer": "phải là số nguyên",
    "type_error.float": "phải là số",
    "type_error.str": "phải là chữ",
    "type_error.list": "phải là một danh sách",
    "type_error.dict": "phải gồm các mục 'tên: giá trị'",
    "value_error.date": "phải là ngày viết như 2026-11-24",
    "type_error.bool": "phải là true hoặc false",
    "value_error.any_str.min_length": "không được để trống",
    "value_error.any_str.max_length": "dài quá {limit_value} chữ cái",
    "value_error.number.not_ge": "phải từ {limit_value} trở lên",
    "value_error.number.not_le": "phải từ {limit_value} trở xuống",
    "value_error.list.min_items": "cần ít nhất {limit_value} mục",
    "value_error.list.max_items": "nhiều nhất {limit_value} mục",
    "value_error.str.regex": "không đúng dạng {pattern}",
}


def told(fault: Mapping[str, Any]) -> str:
    """One entry of ``ValidationError.errors()`` in plain words.

    Messages of our own validators are Vietnamese already and stay as they are.
    """
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind == "type_error.enum":
        allowed = ", ".join(str(getattr(value, "value", value)) for value in context["enum_values"])
        return f"phải là một trong: {allowed}"
    words = _WORDS.get(kind)
    return words.format(**context) if words else str(fault["msg"])
