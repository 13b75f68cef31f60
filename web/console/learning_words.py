"""What the page of trainings says from its code."""

from __future__ import annotations

from typing import Final

from analytics.learning import State

TITLE = "Huấn luyện"
TILE_TEXT = "Câu mẫu đã gom, cho trợ lý học lại, so trước và sau rồi mới đổi mô hình."
STATES: Final = {State.RUNNING: "đang học", State.DONE: "học xong", State.FAILED: "không xong"}
MEASURES: Final = {
    "macro_f1": "Hiểu đều mọi loại ý (F1), câu mẫu đi kèm",
    "accuracy": "Hiểu đúng ý, câu mẫu đi kèm",
    "collected": "Hiểu đúng ý, câu mẫu mới gom",
    "first": "Thủ tục đúng đứng đầu",
    "resolved": "Trả lời hoặc hỏi lại đúng thủ tục",
    "aspect": "Đúng điều được hỏi, khi đã đúng thủ tục",
    "refused": "Câu ngoài phạm vi không bị đưa thủ tục",
}
COLLECTED = "Đã thêm câu mẫu."
KNOWN = "Câu mẫu này đã có."
DROPPED = "Đã bỏ câu mẫu."
STARTED = "Trợ lý bắt đầu học. Bạn cứ làm việc khác, trang này cho biết khi xong."
NO_INTENT = "Bạn chọn người dân muốn gì."
NOTHING_NEW = "Chưa có câu mẫu nào mới so với mô hình đang dùng."
NOT_HERE = (
    "Bản cài đặt này dùng mô hình đóng sẵn trong ảnh, không học tại chỗ được. Quản trị viên gắn thư mục mô hình ghi "
    "được (MOTCUA_MODELS) rồi thử lại."
)
NOT_STARTED = "Không khởi động được việc học. Quản trị viên xem nhật ký learning.log trên máy chủ."
GONE = "Mô hình này không còn trên máy chủ."
CHOSEN = "Đã chọn mô hình. Trợ lý nạp xong trong khoảng mười giây và không ngừng trả lời."
