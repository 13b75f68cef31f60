"""The workbook's sheets and columns: headings that staff read, what each holds, and the closed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from knowledge.layer import ChannelKind, Group, Level, OnlineLevel, TimeUnit
from knowledge.wording import CHANNELS, GROUPS

Row = dict[str, Any]
"""Values of one row by column key."""


class Kind(str, Enum):
    """What a cell holds."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        key: the value's name in a row; that of the model's field where there is one.
        heading: what stands above it.
        note: explains it, shown as the heading's comment.
        kind: what its cells hold.
        required: a row without it is refused.
        width: in characters.
        choices: closed values with what people read for each.
    """

    key: str
    heading: str
    note: str
    kind: Kind = Kind.TEXT
    required: bool = False
    width: int = 24
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: a table of facts.

    Attributes:
        key: its name in the code.
        title: its name in the workbook.
        columns: in the order in which they are written; they are read in any order.
        fields: the layer's fields that it holds. Where the sheet is missing they stay as they are.
        identity: columns by which a row is known again after it was edited.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    fields: tuple[str, ...]
    identity: tuple[str, ...]

    def column(self, key: str) -> Column:
        """The column of a key."""
        return next(column for column in self.columns if column.key == key)

    def letter(self, key: str) -> str:
        """Where the column is written: 'A', 'B', …"""
        return chr(ord("A") + [column.key for column in self.columns].index(key))


LEVELS: Final = {
    Level.COMMUNE.value: "Cấp xã",
    Level.PROVINCE.value: "Cấp tỉnh",
    Level.MINISTRY.value: "Cấp bộ",
    Level.OTHER.value: "Cơ quan khác",
}
ONLINE: Final = {
    OnlineLevel.FULL.value: "Toàn trình",
    OnlineLevel.PARTIAL.value: "Một phần",
    OnlineLevel.NONE.value: "Chưa nộp được trên mạng",
}
UNITS: Final = {
    TimeUnit.HOUR.value: "giờ",
    TimeUnit.DAY.value: "ngày",
    TimeUnit.WORKING_DAY.value: "ngày làm việc",
    TimeUnit.MONTH.value: "tháng",
}
NOTES: Final = {
    "applies": "Áp dụng khi",
    "conditions": "Điều kiện",
    "mistakes": "Lỗi hay gặp",
    "warnings": "Cần lưu ý",
}
ROLES: Final = {
    "decides": "Quyết định",
    "receives": "Tiếp nhận",
    "carries_out": "Thực hiện",
    "cooperates": "Phối hợp",
}
RELATIONS: Final = {"instead": "Làm thủ tục khác khi", "related": "Liên quan"}
KEYS: Final = {"popular_names": "Tên thường gọi", "ways_to_ask": "Cách hỏi"}
_GROUPS: Final = {group.value: GROUPS[group] for group in Group}
_CHANNELS: Final = {kind.value: CHANNELS[kind] for kind in ChannelKind}

_CODE = Column("code", "Mã thủ tục", "Mã trên Cổng, ví dụ 1.001193. Phải có ở trang Thủ tục.", Kind.CODE, True, 14)
_SOURCE = Column("source", "Mã nguồn", "Mã của một dòng ở trang Nguồn. Để trống thì lấy nguồn 'portal'.", width=14)
_PERIOD = (
    Column("start", "Từ ngày", "Ngày đầu áp dụng, ví dụ 25/12/2026. Để trống: từ trước đến nay.", Kind.DATE, width=12),
    Column("end", "Đến ngày", "Ngày cuối còn áp dụng. Để trống: chưa có hạn.", Kind.DATE, width=12),
)
_WHEN = Column("when", "Khi nào", "Trường hợp được áp dụng. Để trống: mọi trường hợp.", width=34)


def _case(required: bool = True) -> Column:
    return Column("case", "Số trường hợp", "Số thứ tự trường hợp trong thủ tục: 1, 2, 3…", Kind.NUMBER, required, 10)


def _channel() -> Column:
    return Column("channel", "Số cách nộp", "Số thứ tự cách nộp trong thủ tục: 1, 2, 3…", Kind.NUMBER, True, 10)


PROCEDURES = Sheet(
    "procedures",
    "Thủ tục",
    (
        Column("code", "Mã thủ tục", "Mã trên Cổng, ví dụ 1.001193. Mỗi mã một dòng.", Kind.CODE, True, 14),
        Column("name", "Tên dễ hiểu", "Tên ngắn người dân hiểu ngay, nhiều nhất 90 chữ cái.", width=36),
        Column("official_name", "Tên trên Cổng", "Tên chính thức, chép nguyên từ Cổng.", width=44),
        Column("group", "Nhóm", "Chọn trong danh sách.", Kind.CHOICE, width=30, choices=_GROUPS),
        Column(
            "level", "Cấp giải quyết", "Chọn trong danh sách. Nhiều cấp thì cách nhau bằng dấu chấm phẩy.",
            Kind.CHOICES, width=22, choices=LEVELS,
        ),
        Column("summary", "Tóm tắt", "Một, hai câu: làm gì, ở đâu.", width=50),
        Column("online", "Trực tuyến", "Nộp trên mạng được đến đâu.", Kind.CHOICE, width=18, choices=ONLINE),
        Column("portal_url", "Địa chỉ trên Cổng", "Trang của thủ tục, bắt đầu bằng https://", width=36),
        Column("documents_note", "Ghi chú chung về giấy tờ", "Điều áp dụng cho mọi trường hợp.", width=36),
        Column("applicants", "Đối tượng", "Ai được làm thủ tục này.", width=24),
        Column("kind", "Loại thủ tục", "Như trên Cổng.", width=18),
        Column("field", "Lĩnh vực", "Như trên Cổng.", width=20),
        Column("ministry", "Bộ, ngành", "Bộ, ngành công bố.", width=20),
        Column("decision", "Quyết định công bố", "Số quyết định, ví dụ 163/QĐ-BTP.", width=18),
        Column("code_listed", "Mã thấy trong danh mục ngày", "Chỉ ghi khi chưa chắc mã còn đúng: ngày cuối thấy mã này "
               "trong danh mục của Cổng.", Kind.DATE, width=16),
        Column(
            "version", "Phiên bản", "Máy tự ghi, đừng sửa: nhờ nó mà biết thủ tục có bị người khác sửa trong lúc "
            "bạn làm trên file không.", width=16,
        ),
    ),
    ("name", "official_name", "group", "level", "summary", "online", "portal_url", "documents_note", "applicants",
     "kind", "field", "ministry", "decision", "code_listed"),
    ("code",),
)  # fmt: skip
SOURCES = Sheet(
    "sources",
    "Nguồn",
    (
        _CODE,
        Column("key", "Mã nguồn", "Tên tắt không dấu, ví dụ nq411. Nguồn chung của thủ tục là 'portal'.", required=True,
               width=14),
        Column("name", "Tên nguồn", "Văn bản hoặc trang đã đọc.", required=True, width=56),
        Column("url", "Địa chỉ", "Bắt đầu bằng https://", width=36),
        Column("dated", "Ngày ban hành", "Ngày của văn bản.", Kind.DATE, width=14),
        Column("checked", "Ngày kiểm tra", "Ngày bạn đối chiếu lần cuối với nguồn này.", Kind.DATE, True, 14),
    ),
    ("sources",),
    ("key",),
)  # fmt: skip
CASES = Sheet(
    "cases",
    "Trường hợp",
    (
        _CODE,
        _case(),
        Column("name", "Tên trường hợp", "Ví dụ: Bé có giấy chứng sinh.", required=True, width=40),
        _WHEN,
        _SOURCE,
    ),
    ("cases",),
    ("case",),
)
DOCUMENTS = Sheet(
    "documents",
    "Giấy tờ",
    (
        _CODE,
        _case(),
        Column("name", "Tên giấy tờ", "Mỗi giấy tờ một dòng.", required=True, width=50),
        Column("original", "Bản chính", "Số bản chính; để trống là 0.", Kind.NUMBER, width=10),
        Column("copies", "Bản sao", "Số bản sao; để trống là 0.", Kind.NUMBER, width=10),
        Column("show_only", "Chỉ xuất trình", "'có' nếu chỉ đưa xem, không nộp.", Kind.FLAG, width=12),
        Column("if_any", "Nếu có", "'có' nếu có mới phải nộp.", Kind.FLAG, width=10),
        Column("form", "Mẫu", "Tên mẫu phải điền.", width=30),
        Column("note", "Ghi chú", "Điều cần biết về giấy tờ này.", width=40),
    ),
    ("cases",),
    ("case", "name"),
)
CHANNEL_SHEET = Sheet(
    "channels",
    "Cách nộp",
    (
        _CODE,
        _channel(),
        Column("kind", "Cách nộp", "Chọn trong danh sách.", Kind.CHOICE, True, 18, _CHANNELS),
        Column("place", "Nơi nộp", "Tên nơi nhận.", width=44),
        Column("note", "Ghi chú", "Điều cần biết khi nộp cách này.", width=44),
    ),
    ("channels",),
    ("channel",),
)
TIMES = Sheet(
    "times",
    "Thời hạn",
    (
        _CODE,
        _channel(),
        Column("text", "Thời hạn bằng lời", "Người dân đọc câu này: '3 ngày làm việc'.", required=True, width=44),
        Column("amount", "Số", "Có số thì phải có đơn vị.", Kind.NUMBER, width=8),
        Column("unit", "Đơn vị", "Chọn trong danh sách.", Kind.CHOICE, width=14, choices=UNITS),
        _WHEN,
        *_PERIOD,
        _SOURCE,
    ),
    ("channels",),
    ("channel", "text"),
)
FEES = Sheet(
    "fees",
    "Phí, lệ phí",
    (
        _CODE,
        _channel(),
        Column("label", "Khoản thu", "Ví dụ: Lệ phí cấp hộ chiếu.", required=True, width=38),
        Column("amount", "Số tiền (đồng)", "Chỉ ghi số; 0 là miễn phí. Không có mức cố định thì để trống và ghi ở cột "
               "Bằng lời.", Kind.MONEY, width=14),
        Column("per", "Tính trên", "Ví dụ: bản, hộ chiếu.", width=12),
        Column("text", "Bằng lời", "Khi không có số tiền cố định.", width=38),
        _WHEN,
        Column("area", "Áp dụng ở", "Ví dụ: TP.HCM. Để trống: cả nước.", width=14),
        *_PERIOD,
        _SOURCE,
    ),
    ("channels",),
    ("channel", "label", "when", "area", "start"),
)  # fmt: skip
NOTE_SHEET = Sheet(
    "notes",
    "Lưu ý",
    (
        _CODE,
        Column("kind", "Loại", "Chọn trong danh sách.", Kind.CHOICE, True, 16, NOTES),
        Column("text", "Nội dung", "Mỗi ý một dòng.", required=True, width=80),
    ),
    tuple(NOTES),
    ("kind", "text"),
)
STEPS = Sheet(
    "steps",
    "Các bước",
    (_CODE, Column("text", "Việc cần làm", "Mỗi bước một dòng, theo thứ tự.", required=True, width=90)),
    ("steps",),
    ("text",),
)
RESULTS = Sheet(
    "results",
    "Kết quả",
    (_CODE, Column("name", "Kết quả", "Giấy tờ người dân nhận được.", required=True, width=60)),
    ("results",),
    ("name",),
)
FORMS = Sheet(
    "forms",
    "Biểu mẫu",
    (
        _CODE,
        Column("name", "Tên mẫu", "Tên in trên mẫu.", required=True, width=50),
        Column("note", "Ghi chú", "Dùng khi nào.", width=44),
        Column("url", "Địa chỉ", "Nơi tải mẫu, bắt đầu bằng https://", width=36),
    ),
    ("forms",),
    ("name",),
)
AGENCIES = Sheet(
    "agencies",
    "Cơ quan",
    (
        _CODE,
        Column("role", "Vai trò", "Chọn trong danh sách; mỗi vai trò một dòng.", Kind.CHOICE, True, 14, ROLES),
        Column("agency", "Cơ quan", "Tên cơ quan.", required=True, width=60),
        _SOURCE,
    ),
    ("agencies",),
    ("role",),
)
LEGAL_BASES = Sheet(
    "legal_bases",
    "Căn cứ pháp lý",
    (
        _CODE,
        Column("number", "Số văn bản", "Ví dụ 60/2014/QH13.", required=True, width=20),
        Column("title", "Tên văn bản", "Ví dụ: Luật Hộ tịch.", required=True, width=70),
    ),
    ("legal_bases",),
    ("number",),
)
NAMES = Sheet(
    "names",
    "Tên gọi, cách hỏi",
    (
        _CODE,
        Column("kind", "Loại", "Chọn trong danh sách.", Kind.CHOICE, True, 18, KEYS),
        Column("text", "Câu chữ", "Đúng như người dân nói, không dấu cũng được.", required=True, width=70),
    ),
    tuple(KEYS),
    ("kind", "text"),
)
RELATED = Sheet(
    "related",
    "Thủ tục liên quan",
    (
        _CODE,
        Column("relation", "Quan hệ", "Chọn trong danh sách.", Kind.CHOICE, True, 22, RELATIONS),
        Column("to", "Mã thủ tục kia", "Mã trên Cổng của thủ tục kia.", Kind.CODE, True, 16),
        Column("when", "Khi nào", "Cần ghi nếu quan hệ là 'Làm thủ tục khác khi'.", width=60),
    ),
    tuple(RELATIONS),
    ("relation", "to"),
)
SHEETS: Final = (
    PROCEDURES, SOURCES, CASES, DOCUMENTS, CHANNEL_SHEET, TIMES, FEES, NOTE_SHEET, STEPS, RESULTS, FORMS, AGENCIES,
    LEGAL_BASES, NAMES, RELATED,
)  # fmt: skip
"""In the order in which they stand in the workbook."""
FIELDS: Final = {field: sheet for sheet in reversed(SHEETS) for field in sheet.fields}
"""The sheet to look at first for each field of a layer."""
EXAMPLES: Final = ("9.999901", "9.999902")
"""Codes of the template's examples, which are nobody's; a file that still has them is read without."""
GUIDE_TITLE = "Hướng dẫn"
LISTS_TITLE = "Danh mục"
"""Sheets of ours that are not read: how to use the workbook, and the closed values."""
