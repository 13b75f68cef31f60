"""What the pages of procedures and of the review list say from their code."""

from __future__ import annotations

from typing import Final

from knowledge.editing.model import State
from knowledge.editing.texts import Kind

PROCEDURES = "Thủ tục"
PROCEDURES_TEXT = "Tìm, sửa, gửi duyệt, công bố, xem lịch sử từng thủ tục."
REVIEW = "Cần xem lại"
REVIEW_TEXT = "Chỗ cán bộ đã sửa mà Cổng hoặc nội dung đi kèm vừa đổi."
GUIDES = "Hướng dẫn"
GUIDES_TEXT = "Câu hỏi chọn đúng thủ tục, và các việc trong đời."
KINDS: Final = {Kind.GUIDE: "Câu hỏi chọn đúng thủ tục", Kind.EVENT: "Việc trong đời"}
NO_GUIDE = "Không có phần này. Tên viết bằng chữ thường không dấu, ví dụ bang-lai."
GUIDE_SAVED = "Đã lưu. Trợ lý dùng bản này trong vài giây nữa."
GUIDE_BACK = "Đã bỏ bản của cán bộ, trợ lý dùng lại bản đi kèm."

BY_USE: Final = {"dung": "Hỏi nhiều nhất (90 ngày)", "che": "Bị chê nhiều nhất (90 ngày)"}

STATES: Final = {
    State.DRAFT: "bản nháp",
    State.IN_REVIEW: "chờ duyệt",
    State.PUBLISHED: "đang công bố",
    State.RETIRED: "thôi áp dụng",
}
ORDERS: Final = {"ten": "Theo tên", "kiem": "Đối chiếu lâu nhất trước", "sua": "Mới sửa trước"}
SAVED = "Đã lưu bản nháp. Người dân chưa thấy cho đến khi công bố."
SUBMITTED = "Đã gửi duyệt."
SENT_BACK = "Đã trả bản nháp lại cho người soạn."
PUBLISHED = "Đã công bố. Trợ lý trả lời theo bản này trong vài giây nữa."
DISCARDED = "Đã bỏ bản nháp. Bản đang công bố vẫn như cũ."
RETIRED = "Thủ tục đã thôi áp dụng, trợ lý không trả lời về nó nữa."
REINSTATED = "Thủ tục đã trở lại."
RESTORED = "Đã lấy bản cũ làm bản nháp. Bạn xem lại rồi công bố."
KEPT = "Đã giữ lời của cán bộ."
ACCEPTED = "Đã theo bản mới và công bố."
NO_SUCH = "Chưa có thủ tục nào mang mã này. Biên tập viên có thể thêm nó từ danh sách."
BAD_CODE = "Mã thủ tục viết như 1.001193."

SECTION_NAME = "Tên và mô tả"
SECTION_ASKED = "Người dân gọi và hỏi thế nào"
SECTION_WHEN = "Khi nào dùng"
SECTION_DOCUMENTS = "Giấy tờ"
SECTION_FILING = "Cách nộp, thời hạn, phí"
SECTION_NOTES = "Lưu ý"
SECTION_SOURCES = "Nguồn và căn cứ"
KEY = "Tên tắt của nguồn"
NO_KEY = "chưa đặt tên"
PORTAL = "Cổng Dịch vụ công quốc gia"
HINTS: Final = {
    "name": "Ngắn, dễ hiểu, tối đa 90 chữ cái. Ví dụ: Đăng ký khai sinh",
    "official_name": "Chép đúng tên trên Cổng Dịch vụ công quốc gia",
    "summary": "Một câu: làm việc gì, cho ai, ở đâu",
    "portal_url": "Bắt đầu bằng https://",
    "code_listed": "Chỉ ghi khi chưa thấy mã trên Cổng; khi ghi thì để trống địa chỉ trang",
    "popular_names": "Mỗi dòng một tên. Ví dụ: giấy khai sinh",
    "ways_to_ask": "Mỗi dòng một câu, như người dân nhắn",
    "applies": "Mỗi dòng một ý",
    "conditions": "Mỗi dòng một điều kiện",
    "related": "Mỗi dòng một mã thủ tục",
    "steps": "Mỗi dòng một bước",
    "results": "Mỗi dòng một kết quả",
    "warnings": "Mỗi dòng một điều. Dòng đầu hiện trong câu trả lời chung",
    "mistakes": "Mỗi dòng một lỗi",
    "documents.form": "Tên mẫu tờ khai, nếu có",
    "times.text": "Viết như nói với người dân. Ví dụ: 3 ngày làm việc",
    "fees.amount": "Đồng; 0 là miễn phí; để trống nếu không phải số cố định",
    "fees.per": "Ví dụ: bản, trang, lần",
    "fees.area": "Ví dụ: TP.HCM",
    "source.checked": "Ngày bạn đọc nguồn này lần cuối",
    "legal_bases.number": "Ví dụ: 60/2014/QH13",
}
"""Advice beside fields, by name, or list and name."""
