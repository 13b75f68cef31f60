"""What the Excel pages and the page of content health say from their code."""

from __future__ import annotations

from typing import Final

from knowledge.health import Trouble
from knowledge.workbook.compare import Change
from knowledge.workbook.plan import Status

EXCEL = "Excel"
EXCEL_TEXT = "Tải thủ tục về Excel, sửa, tải lên lại; xem trước rồi mới ghi."
NO_FILE = "Bạn chưa chọn file nào."
NOTHING_CHOSEN = "Không có thủ tục nào hợp với lựa chọn này."
TOO_MANY = "Mỗi file chứa nhiều nhất {most} thủ tục, bạn chọn hẹp hơn nhé (đang chọn {count})."
DRAFTED = "Đã ghi {count} thủ tục thành bản nháp. Người dân chưa thấy cho đến khi công bố."
PUBLISHED = "Đã công bố {count} thủ tục. Trợ lý trả lời theo bản mới trong vài giây nữa."
AGAIN = "Kho vừa đổi trong lúc bạn xem. Chưa ghi gì: bạn xem lại các thủ tục được đánh dấu rồi xác nhận lần nữa."
DROPPED = "Đã bỏ file này, không ghi gì."
STATUSES: Final = {
    Status.NEW: "mới",
    Status.CHANGED: "đổi",
    Status.UNCHANGED: "giữ nguyên",
    Status.REJECTED: "loại",
}
CHANGES: Final = {
    Change.NEW: "thêm",
    Change.CHANGED: "sửa",
    Change.MOVED: "đổi chỗ",
    Change.REMOVED: "bỏ",
}

HEALTH = "Sức khỏe nội dung"
HEALTH_TEXT = "Thủ tục lâu chưa đối chiếu, phí sắp hết hạn, chỗ hở, điều nghi ngờ, thủ tục không ai hỏi."
TROUBLES: Final = {
    Trouble.UNCHECKED: ("Lâu chưa đối chiếu", "Hơn 180 ngày chưa ai so lại với nguồn."),
    Trouble.ENDING: ("Sắp hết hạn", "Phí hay thời hạn hết áp dụng trong 60 ngày tới mà chưa có mức nối tiếp."),
    Trouble.GAP: ("Hết hạn, để hở", "Mức cuối đã hết hạn: trợ lý không nói được mức nào đang áp dụng."),
    Trouble.LINK: ("Đường dẫn hỏng", "Trang được dẫn tới không mở được khi thử lần cuối."),
    Trouble.DOUBT: ("Còn nghi ngờ", "Bản ghi của Cổng có chỗ sai hay cũ, chưa có ai viết lại nên trợ lý không nói."),
    Trouble.MISSING: ("Nhắc tới mà chưa có", "Thủ tục được dẫn sang nhưng chưa có trong kho."),
    Trouble.UNASKED: ("Không ai hỏi", "Không lượt nào trong {days} ngày qua tìm ra thủ tục này."),
}
