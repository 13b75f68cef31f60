"""What is known of a procedure: one layer of facts, as staff write it and as the portal says it.

Both layers have this one shape. In a content file (YAML) the models refuse
what they don't know, so a misspelt key is an error with a name, not a silent
loss. Validation messages are read by staff, hence in Vietnamese.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from typing import Any, Optional

from pydantic import BaseModel, Extra, Field, root_validator, validator

CODE_PATTERN = re.compile(r"^\d\.\d{6}(\.[\w.]{1,24})?$")
OWN_KEY_PATTERN = re.compile(r"^(?=.{3,38}$)[a-z][a-z0-9]*(-[a-z0-9]+)+$")
"""A key of ours for a procedure whose code on the portal nobody knows: words, so that it can't pass for a code."""
LEGAL_NUMBER_PATTERN = re.compile(r"^[\w.]+/(\d{4}/)?[\w\-]+$")


def portal_code(code: str) -> str:
    """The code again, if it is one that the portal gives.

    Raises:
        ValueError: it is none; the message, in Vietnamese, shows how codes look.
    """
    if not CODE_PATTERN.match(code):
        raise ValueError(f"mã thủ tục '{code}' không đúng dạng 1.001193")
    return code


def is_key(code: str) -> bool:
    """Say whether a procedure can be kept under a code: one of the portal's, or a key of ours."""
    return bool(CODE_PATTERN.match(code) or OWN_KEY_PATTERN.match(code))


class Group(str, Enum):
    """Life areas that the procedures are sorted into."""

    CIVIL_STATUS = "ho_tich"
    RESIDENCE = "cu_tru"
    IDENTITY = "can_cuoc"
    IMMIGRATION = "xuat_nhap_canh"
    TRANSPORT = "giao_thong"
    LAND = "dat_dai"
    CONSTRUCTION = "xay_dung"
    HOUSING = "nha_o"
    ECONOMY = "kinh_te"
    LABOUR = "lao_dong_bhxh"
    CERTIFICATION = "chung_thuc"
    AGRICULTURE = "nong_nghiep"
    JUSTICE = "tu_phap"
    HEALTH = "y_te"
    EDUCATION = "giao_duc"
    SOCIAL = "xa_hoi"
    CULTURE = "van_hoa"
    OTHER = "khac"


class Level(str, Enum):
    """Levels of authority since 1 July 2025 (Law 72/2025/QH15): no districts."""

    COMMUNE = "commune"
    PROVINCE = "province"
    MINISTRY = "ministry"
    OTHER = "other"


class ChannelKind(str, Enum):
    """Ways to hand in a dossier, as the portal names them."""

    ONLINE = "online"
    DIRECT = "direct"
    POST = "post"


class OnlineLevel(str, Enum):
    """How much of a procedure is done online (Decree 42/2022/NĐ-CP)."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class TimeUnit(str, Enum):
    """Units of a processing time."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"


class CodeState(str, Enum):
    """What is known of a procedure's code on the portal."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"


class Strict(BaseModel):
    """A model that refuses unknown keys and strips white space."""

    class Config:
        extra = Extra.forbid
        anystr_strip_whitespace = True
        min_anystr_length = 1


class Source(Strict):
    """Where facts come from and the day somebody last compared them with it."""

    name: str
    url: Optional[str] = None
    dated: Optional[dt.date] = None
    checked: dt.date


class Period(Strict):
    """A value that holds from ``start`` to ``end``, both days included.

    In YAML the keys are ``from`` and ``to``; an absent bound is open.
    """

    start: Optional[dt.date] = Field(None, alias="from")
    end: Optional[dt.date] = Field(None, alias="to")
    source: Optional[str] = None

    class Config:
        allow_population_by_field_name = True

    @root_validator(skip_on_failure=True)
    def _ordered(cls, values: dict[str, Any]) -> dict[str, Any]:
        start, end = values.get("start"), values.get("end")
        if start and end and start > end:
            raise ValueError(f"kỳ áp dụng kết thúc ({end}) trước khi bắt đầu ({start})")
        return values


class ProcessingTime(Period):
    """How long the agency takes: words for people, and a number where there is one."""

    text: str
    amount: Optional[int] = Field(None, ge=0, le=9_999)
    unit: Optional[TimeUnit] = None
    when: Optional[str] = None

    @root_validator(skip_on_failure=True)
    def _number_with_unit(cls, values: dict[str, Any]) -> dict[str, Any]:
        # A bare number says nothing (354 records of the portal have one).
        if (values.get("amount") is None) != (values.get("unit") is None):
            raise ValueError("thời hạn phải có cả số (amount) và đơn vị (unit), hoặc không có cả hai")
        return values


LARGEST_AMOUNT = 2_000_000_000
"""Đồng that an INTEGER column holds; no fee comes near."""


class Fee(Period):
    """One thing to pay. ``amount`` is in đồng; 0 is free; absent is not a fixed sum."""

    label: str
    amount: Optional[int] = Field(None, ge=0, le=LARGEST_AMOUNT)
    per: Optional[str] = None
    text: Optional[str] = None
    when: Optional[str] = None
    area: Optional[str] = None

    @root_validator(skip_on_failure=True)
    def _something_to_say(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("amount") is None and not values.get("text"):
            raise ValueError("khoản phí cần số tiền (amount) hoặc lời (text)")
        return values


class Channel(Strict):
    """One way to hand in the dossier, with where, how long and how much."""

    kind: ChannelKind
    place: Optional[str] = None
    note: Optional[str] = None
    times: list[ProcessingTime] = []
    fees: list[Fee] = []


class Document(Strict):
    """One paper of a dossier. ``original`` and ``copy`` count the papers asked for."""

    name: str
    original: int = Field(0, ge=0, le=20)
    copies: int = Field(0, ge=0, le=20, alias="copy")
    show_only: bool = False
    if_any: bool = False
    form: Optional[str] = None
    note: Optional[str] = None

    class Config:
        allow_population_by_field_name = True


class Case(Strict):
    """A situation that decides which papers are needed."""

    name: str
    when: Optional[str] = None
    source: Optional[str] = None
    documents: list[Document] = Field(..., min_items=1)


class Agencies(Strict):
    """Who decides and who takes the papers: two different things (Decree 118/2025/NĐ-CP)."""

    decides: Optional[str] = None
    receives: Optional[str] = None
    carries_out: Optional[str] = None
    cooperates: Optional[str] = None
    source: Optional[str] = None


class LegalBasis(Strict):
    """A legal text by its number, such as 60/2014/QH13."""

    number: str
    title: str

    @validator("number")
    def _is_a_number(cls, value: str) -> str:
        if not LEGAL_NUMBER_PATTERN.match(value):
            raise ValueError(f"số văn bản '{value}' không đúng dạng 60/2014/QH13")
        return value


class Instead(Strict):
    """When another procedure is the right one."""

    when: str
    code: str


class Form(Strict):
    """A form to fill in, by the name printed on it."""

    name: str
    note: Optional[str] = None
    url: Optional[str] = None


class Layer(Strict):
    """One layer of facts about one procedure. An absent field says nothing.

    ``code_listed`` is the day of the list that the code was last seen in, where
    nobody has seen it on the portal since.
    """

    code: str
    code_listed: Optional[dt.date] = None
    name: Optional[str] = None
    official_name: Optional[str] = None
    group: Optional[Group] = None
    level: list[Level] = []
    kind: Optional[str] = None
    field: Optional[str] = None
    ministry: Optional[str] = None
    applicants: Optional[str] = None
    decision: Optional[str] = None
    summary: Optional[str] = None
    applies: list[str] = []
    instead: list[Instead] = []
    sources: dict[str, Source] = {}
    portal_url: Optional[str] = None
    online: Optional[OnlineLevel] = None
    cases: list[Case] = []
    documents_note: Optional[str] = None
    channels: list[Channel] = []
    agencies: Optional[Agencies] = None
    steps: list[str] = []
    results: list[str] = []
    conditions: list[str] = []
    forms: list[Form] = []
    mistakes: list[str] = []
    warnings: list[str] = []
    legal_bases: list[LegalBasis] = []
    related: list[str] = []
    popular_names: list[str] = []
    ways_to_ask: list[str] = []

    @validator("code")
    def _is_a_code(cls, value: str) -> str:
        return value if OWN_KEY_PATTERN.match(value) else portal_code(value)

    @property
    def code_state(self) -> CodeState:
        """What this layer by itself knows of the code."""
        if not CODE_PATTERN.match(self.code):
            return CodeState.UNKNOWN
        return CodeState.UNCONFIRMED if self.code_listed else CodeState.CONFIRMED


class ProcedureContent(Layer):
    """One file of ``knowledge/content/procedures``: the editorial layer, complete and sourced."""

    name: str = Field(..., max_length=90)
    official_name: str
    group: Group
    level: list[Level] = Field(..., min_items=1)
    summary: str
    sources: dict[str, Source]

    @root_validator(skip_on_failure=True)
    def _page_of_a_sure_code(cls, values: dict[str, Any]) -> dict[str, Any]:
        listed, page = values.get("code_listed"), values.get("portal_url")
        if not CODE_PATTERN.match(values["code"]):
            if listed or page:
                raise ValueError("thủ tục chưa rõ mã thì không ghi code_listed và portal_url")
        elif listed and page:
            raise ValueError("mã chưa xác nhận (code_listed) thì không ghi portal_url: trợ lý dẫn sang ô tìm theo tên")
        elif not listed and not page:
            raise ValueError("portal_url: còn thiếu (hoặc ghi code_listed nếu mã chưa xác nhận còn dùng)")
        return values

    @root_validator(skip_on_failure=True)
    def _sources_exist(cls, values: dict[str, Any]) -> dict[str, Any]:
        return check_sources(values)


def check_sources(values: dict[str, Any]) -> dict[str, Any]:
    """See that a layer's values name no source that isn't there.

    Raises:
        ValueError: the portal's is missing, or one is used that isn't listed.
    """
    sources: dict[str, Source] = values["sources"]
    if "portal" not in sources:
        raise ValueError("sources phải có mục 'portal': nguồn chung của các mục không ghi nguồn riêng")
    used: list[Optional[str]] = [case.source for case in values["cases"]]
    for channel in values["channels"]:
        used += [item.source for item in [*channel.times, *channel.fees]]
    agencies = values.get("agencies")
    used.append(agencies.source if agencies else None)
    for name in used:
        if name is not None and name not in sources:
            raise ValueError(f"nguồn '{name}' chưa khai trong sources")
    return values
