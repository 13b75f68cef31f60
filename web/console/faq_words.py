"""What the pages of general questions say from their code."""

from __future__ import annotations

from typing import Final

from knowledge.editing.faqs import Step

TITLE = "Câu hỏi chung"
TILE_TEXT = "Câu hỏi ngoài một thủ tục cụ thể, như VNeID là gì: soạn, duyệt, công bố."
STATES: Final = {
    Step.DRAFT: "bản nháp",
    Step.IN_REVIEW: "chờ duyệt",
    Step.DROPPED: "bỏ bản nháp",
    Step.PUBLISHED: "công bố",
    Step.RETIRED: "thôi dùng",
    Step.SHIPPED: "dùng lại bản đi kèm",
}
DONE: Final = {
    Step.DRAFT: "Đã trả bản nháp lại cho người soạn.",
    Step.IN_REVIEW: "Đã gửi duyệt.",
    Step.DROPPED: "Đã bỏ bản nháp.",
    Step.PUBLISHED: "Đã công bố. Trợ lý trả lời theo bản này trong vài giây nữa.",
    Step.RETIRED: "Trợ lý không dùng câu này nữa.",
    Step.SHIPPED: "Trợ lý dùng lại bản đi kèm phần mềm.",
}
SAVED = "Đã lưu bản nháp. Người dân chưa thấy cho đến khi công bố."
NO_QUESTION = "Bạn ghi câu hỏi đã nhé."
NO_SUCH = "Không có câu hỏi chung này."
HINTS: Final = {
    "question": "Làm tiêu đề câu trả lời. Ví dụ: VNeID mức 2 là gì?",
    "answer": "Ngắn, dễ hiểu, mỗi câu không quá 25 chữ, cả bài không quá 700 chữ cái",
    "ask": "Mỗi dòng một câu, ít nhất sáu cách, như người dân nhắn",
    "codes": "Mỗi dòng một mã; người dân thấy nút để hỏi tiếp",
    "source.name": "Văn bản hoặc trang đã đọc. Ví dụ: Nghị định 69/2024/NĐ-CP",
    "source.url": "Bắt đầu bằng https://, nếu có",
    "source.dated": "Ngày ban hành hoặc ngày đăng",
    "source.checked": "Ngày bạn đọc nguồn này lần cuối",
}
