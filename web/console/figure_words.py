"""What the figures are called, for staff and leaders."""

from __future__ import annotations

from typing import Final

from answers.outcome import Aspect, Outcome

TITLE = "Số liệu"
TILE_TEXT = "Bao nhiêu người hỏi, hỏi gì, có tìm thấy không, có mở Cổng để nộp không."
OUTCOMES: Final = {
    Outcome.ANSWERED.value: "Trả lời được",
    Outcome.ASKED_BACK.value: "Hỏi lại để chọn",
    Outcome.NOT_FOUND.value: "Không tìm thấy",
    Outcome.OUT_OF_SCOPE.value: "Ngoài phạm vi",
    Outcome.SMALLTALK.value: "Chào hỏi, cảm ơn",
    Outcome.HANDED_OVER.value: "Chuyển cán bộ",
    Outcome.FAILED.value: "Trục trặc",
}
ASPECTS: Final = {
    Aspect.WHICH.value: "Là thủ tục nào",
    Aspect.DOCUMENTS.value: "Giấy tờ",
    Aspect.FEE.value: "Phí, lệ phí",
    Aspect.TIME.value: "Thời hạn",
    Aspect.PLACE.value: "Nơi nộp",
    Aspect.HOW_TO_FILE.value: "Cách nộp",
    Aspect.ELIGIBILITY.value: "Ai được làm, điều kiện",
    Aspect.FORM.value: "Mẫu đơn",
    Aspect.RESULT.value: "Kết quả",
    Aspect.LEGAL_BASIS.value: "Căn cứ pháp lý",
    Aspect.PORTAL_LINK.value: "Đường dẫn tới Cổng",
    Aspect.STATUS.value: "Tình trạng hồ sơ",
}
CHANNELS: Final = {"web": "Trang web", "telegram": "Telegram", "zalo": "Zalo OA", "zalobot": "Zalo Bot"}

OVERVIEW, COURSE, ENDS, ASKED = "Tổng quan", "Diễn biến", "Câu hỏi kết thúc thế nào", "Thủ tục được hỏi nhiều nhất"
ASPECTS_ASKED, FUNNEL, RATINGS, TIMES = "Hỏi điều gì", "Từ câu hỏi tới Cổng", "Mức hài lòng", "Thời gian trả lời"
CONVERSATIONS, PEOPLE, TURNS, SHARE = "Cuộc trò chuyện", "Người hỏi", "Lượt hỏi", "Tỷ lệ"
OPENED = "Lượt mở Cổng"
UNANSWERED = "Lượt chưa trả lời được"
SATISFIED = "Đánh giá tốt"
MEDIAN, SLOW = "Trả lời trong (trung vị)", "95 % lượt trả lời trong"
FUNNEL_STEPS = ("Hỏi về thủ tục", "Tìm ra thủ tục", "Được chỉ cách nộp", "Mở Cổng để nộp")
FUNNEL_NOTE = (
    "Ba bước đầu đếm cuộc trò chuyện. Bước cuối đếm người mở Cổng từ câu trả lời, mỗi người một lần một ngày; "
    "đường dẫn không mang thông tin về ai, nên không tách được theo phường."
)
TIME_BANDS: Final = (
    (100, "dưới 0,1 giây"),
    (200, "0,1 đến 0,2 giây"),
    (500, "0,2 đến 0,5 giây"),
    (1_000, "0,5 đến 1 giây"),
    (3_000, "1 đến 3 giây"),
    (None, "trên 3 giây"),
)
GOOD, BAD = "👍 Hữu ích", "👎 Chưa đúng"
ALL_CHANNELS, ALL_GROUPS, ALL_PLACES = "Mọi kênh", "Mọi lĩnh vực", "Mọi phường, xã"
REPORT = "Báo cáo tháng {month}/{year}"
