"""What the pages themselves say; what the assistant says comes from Rasa."""

from __future__ import annotations

NAME = "Một Cửa"
GREETING = (
    "Chào bạn! Mình là Một Cửa, trợ lý tự động về thủ tục hành chính (không phải cán bộ).",
    "Bạn cứ kể chuyện của mình, ví dụ “mới sinh em bé” hay “mở quán ăn”. "
    "Mình chỉ bạn cần làm thủ tục nào, mang gì, mất bao lâu, nộp ở đâu.",
    "Đừng gửi số căn cước, số điện thoại, mật khẩu hay mã OTP nhé.",
)
NO_OPERATOR = "bản chạy thử, chưa có đơn vị vận hành"
EXAMPLES = ("Làm khai sinh cần gì", "Đổi bằng lái hết bao nhiêu tiền", "Mở hộ kinh doanh ở đâu", "Sang tên xe máy")
FAILED = "Xin lỗi bạn, máy của mình đang trục trặc. Bạn thử lại sau ít phút, hoặc gọi 18001096 (miễn phí)."
UNEXPLAINED = (
    "Chưa hỏi được trợ lý. Bạn thử lại sau ít phút; nếu vẫn vậy, nhờ quản trị viên xem nhật ký của Rasa và của máy chủ "
    "hành động."
)
LOADING = "Mình đang khởi động, bạn chờ khoảng nửa phút rồi hỏi lại giúp mình nhé."
EMPTY = "Bạn gõ giúp mình câu hỏi nhé."
TOO_LARGE = "Tin nhắn dài quá. Bạn viết ngắn lại giúp mình (dưới 2.000 chữ cái)."
SLOW_DOWN = "Bạn hỏi nhanh quá. Bạn chờ khoảng một phút rồi hỏi tiếp giúp mình nhé."
STRANGE = "Mình không nhận được tin nhắn này. Bạn tải lại trang rồi thử lần nữa nhé."
NOT_FOUND = "Không có trang này. Mời bạn về trang trò chuyện."

# The procedure pages
NO_PROCEDURE = "Không có thủ tục mang mã này, hoặc thủ tục đã thôi áp dụng."
DOUBTFUL = "Phần này trong bản ghi đang cần kiểm lại: xem trên Cổng."
NOT_STATED = "Bản ghi chưa nêu: xem trên Cổng hoặc hỏi nơi nộp."
BY_GROUP, ALL_GROUPS = "Lĩnh vực", "Mọi lĩnh vực"
BY_LEVEL, ALL_LEVELS = "Cấp giải quyết", "Mọi cấp"
BY_AUDIENCE, ALL_AUDIENCES = "Dành cho", "Mọi đối tượng"
