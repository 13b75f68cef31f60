"""What each part of a procedure is called on forms, in differences and in lists of mistakes."""

from __future__ import annotations

from typing import Final

from knowledge.layer import TimeUnit
from knowledge.wording import CHANNELS, GROUPS, LEVELS, ONLINE_LEVELS

FIELDS: Final = {
    "code": "Mã thủ tục",
    "name": "Tên dễ hiểu",
    "official_name": "Tên trên Cổng",
    "group": "Lĩnh vực",
    "level": "Cấp giải quyết",
    "summary": "Tóm tắt",
    "applies": "Khi nào dùng thủ tục này",
    "instead": "Khi nào phải làm thủ tục khác",
    "applicants": "Đối tượng thực hiện",
    "conditions": "Điều kiện",
    "online": "Mức nộp trực tuyến",
    "portal_url": "Địa chỉ trang trên Cổng",
    "code_listed": "Ngày của danh mục có mã chưa xác nhận",
    "cases": "Trường hợp và giấy tờ",
    "documents_note": "Lưu ý chung về giấy tờ",
    "channels": "Cách nộp, thời hạn, phí",
    "agencies": "Cơ quan",
    "steps": "Các bước",
    "results": "Kết quả nhận được",
    "forms": "Mẫu đơn, tờ khai",
    "mistakes": "Lỗi hay bị trả hồ sơ",
    "warnings": "Điều cần lưu ý",
    "legal_bases": "Căn cứ pháp lý",
    "related": "Thủ tục liên quan",
    "popular_names": "Tên dân gian",
    "ways_to_ask": "Cách người dân hỏi",
    "sources": "Nguồn",
    "kind": "Loại thủ tục",
    "field": "Ngành trên Cổng",
    "ministry": "Bộ, ngành",
    "decision": "Quyết định công bố",
}
"""Every field of a layer, in the order in which the form shows them."""
PARTS: Final = {
    "name": "Tên",
    "when": "Khi nào",
    "source": "Nguồn",
    "documents": "Giấy tờ",
    "original": "Số bản chính",
    "copy": "Số bản sao",
    "show_only": "Chỉ xuất trình",
    "if_any": "Chỉ khi có",
    "form": "Theo mẫu",
    "note": "Ghi chú",
    "kind": "Cách nộp",
    "place": "Nơi nộp",
    "times": "Thời hạn",
    "fees": "Phí, lệ phí",
    "text": "Lời",
    "amount": "Số tiền",
    "unit": "Đơn vị",
    "label": "Tên khoản phí",
    "per": "Tính theo",
    "area": "Áp dụng ở",
    "from": "Từ ngày",
    "to": "Đến hết ngày",
    "decides": "Giải quyết",
    "receives": "Nhận hồ sơ",
    "carries_out": "Thực hiện",
    "cooperates": "Phối hợp",
    "number": "Số văn bản",
    "title": "Tên văn bản",
    "code": "Mã thủ tục",
    "url": "Địa chỉ",
    "dated": "Ngày ban hành",
    "checked": "Ngày đối chiếu",
}
"""Parts within a field."""
TIME_AMOUNT: Final = "Số ngày, giờ"
UNITS: Final = {
    TimeUnit.HOUR: "giờ",
    TimeUnit.DAY: "ngày",
    TimeUnit.WORKING_DAY: "ngày làm việc",
    TimeUnit.MONTH: "tháng",
}
CHOICES: Final[dict[str, dict[str, str]]] = {
    "group": {key.value: text for key, text in GROUPS.items()},
    "level": {key.value: text for key, text in LEVELS.items()},
    "online": {key.value: text for key, text in ONLINE_LEVELS.items()},
    "channels.kind": {key.value: text for key, text in CHANNELS.items()},
    "times.unit": {key.value: text for key, text in UNITS.items()},
}
"""Words of the closed values, by field or by list and part."""


def label_of(part: str, within: str = "") -> str:
    """The name of a field (``within`` empty), or of a part of the list or field ``within``."""
    if not within:
        return FIELDS.get(part, part)
    if (within, part) == ("times", "amount"):
        return TIME_AMOUNT
    if (within, part) == ("times", "text"):
        return "Thời hạn"
    if (within, part) == ("fees", "text"):
        return "Mức thu bằng lời"
    return PARTS.get(part, part)
