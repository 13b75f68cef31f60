"""What the page of questions to settle says from its code."""

from __future__ import annotations

from typing import Final

from analytics.log import Reason
from analytics.settling import Settled

TITLE = "Câu hỏi cần xử lý"
TILE_TEXT = "Câu trợ lý chưa trả lời được: thêm cách hỏi, viết câu hỏi chung, hoặc gạt ra ngoài."
REASONS: Final = {
    Reason.NOT_FOUND: "không tìm thấy",
    Reason.NO_CHOICE: "hỏi lại mà không chọn",
    Reason.CORRECTED: "bị sửa lại",
    Reason.RATED_DOWN: "bị chê",
    Reason.HANDED_OVER: "chuyển cán bộ",
}
DONE: Final = {
    Settled.OUTSIDE: "Đã ghi là ngoài phạm vi; câu này sẽ làm mẫu cho lần học tới.",
    Settled.EXAMPLE: "Đã thêm câu mẫu cho lần học tới.",
    Settled.SET_ASIDE: "Đã gạt sang một bên.",
}
GONE = "Câu này vừa được người khác xử lý, hoặc đã hết hạn lưu."
NO_EXAMPLE = "Đã ghi là ngoài phạm vi. Câu này không làm mẫu cho lần học tới được vì quá ngắn hoặc chứa số của ai đó."
NO_INTENT = "Bạn chọn người dân muốn gì."
PREPARING = (
    "Thủ tục này vừa công bố hoặc còn là bản nháp nên bộ tìm chưa có để thử. Vài giây sau khi công bố thì thử lại nhé."
)
TRY_FIRST = "Bạn bấm “Thử xem” đã: cách hỏi này, cho thủ tục này, chưa được thử, hoặc thử lâu quá rồi."
WORSE = "Có câu sẽ kém đi. Xem danh sách ở phần thử; vẫn muốn thêm thì thử lại rồi đánh dấu vào ô xác nhận."
CHOOSE = "Bạn chọn một thủ tục trong danh sách, hoặc gõ mã hay tên."
TOO_SHORT = "Cách hỏi cần từ 3 đến 200 chữ cái."
PERSONAL = "Cách hỏi không được chứa số điện thoại, số căn cước hay dãy số của ai. Bạn sửa lại nhé."
THERE_ALREADY = "Thủ tục này đã có đúng cách hỏi ấy."
PUBLISHED = "Đã thêm cách hỏi. Trong vài giây nữa trợ lý sẽ hiểu câu này."
SUBMITTED = "Đã thêm cách hỏi vào bản nháp và gửi duyệt."
KEPT_IN_DRAFT = "Thủ tục đang có bản nháp của người khác: cách hỏi đã được thêm vào đó, chờ người ấy gửi duyệt."
COMMENT = "Cách hỏi từ câu chưa trả lời được"
