"""What the page that explains answers calls things: intents, features, thresholds, decisions."""

from __future__ import annotations

from typing import Final

from knowledge.search.variants import FLAGS

EXPLAIN = "Giải thích"
EXPLAIN_TEXT = "Dán một tin nhắn, xem trợ lý hiểu thế nào và vì sao trả lời như vậy."
NOTHING = "Bạn dán tin nhắn cần giải thích vào ô nhé."
TOO_LONG = "Tin nhắn dài quá. Trợ lý chỉ đọc 2.000 chữ cái đầu."

TYPED, RECEIVED, NORMAL = "Đã gõ", "Sau khi che số cá nhân", "Chuẩn hóa"
WRITTEN, UNDERSTOOD, WORDS = "Viết đủ chữ tắt", "Thêm dấu, thành câu trợ lý đọc", "Tách từ"

INTENTS: Final = {
    "ask_procedure": "Hỏi thủ tục nào",
    "ask_documents": "Hỏi giấy tờ",
    "ask_fee": "Hỏi phí, lệ phí",
    "ask_processing_time": "Hỏi thời hạn",
    "ask_place": "Hỏi nơi nộp",
    "ask_how_to_file": "Hỏi cách nộp",
    "ask_eligibility": "Hỏi điều kiện, ai được làm",
    "ask_form": "Hỏi mẫu đơn",
    "ask_result": "Hỏi kết quả nhận được",
    "ask_legal_basis": "Hỏi căn cứ pháp lý",
    "ask_portal_link": "Hỏi đường dẫn tới Cổng",
    "ask_status": "Hỏi tình trạng hồ sơ",
    "choose_option": "Chọn một lựa chọn",
    "correct": "Sửa lại ý",
    "affirm": "Đồng ý",
    "deny": "Không phải",
    "greet": "Chào",
    "thank": "Cảm ơn",
    "goodbye": "Tạm biệt",
    "ask_identity": "Hỏi trợ lý là ai",
    "ask_capabilities": "Hỏi trợ lý làm được gì",
    "ask_person": "Muốn gặp cán bộ",
    "follow_procedure": "Muốn theo dõi thủ tục",
    "stop_following": "Thôi theo dõi",
    "rate_good": "Khen",
    "rate_bad": "Chê",
    "start_over": "Bắt đầu lại",
    "chitchat": "Nói chuyện chơi",
    "out_of_scope": "Ngoài phạm vi",
    "scam": "Nghi lừa đảo",
    "danger": "Nguy hiểm",
}
ENTITIES: Final = {
    "place": "nơi",
    "dossier_code": "mã hồ sơ",
    "procedure_code": "mã thủ tục",
    "ordinal": "số thứ tự",
    "aspect": "điều muốn biết",
    "case": "trường hợp",
    "wish": "mong muốn",
}
PARTS: Final = {
    "procedure": "phần tìm thủ tục",
    "guide": "phần hướng dẫn chọn thủ tục",
    "life_event": "phần việc trong đời",
    "faq": "phần câu hỏi chung",
    "status": "phần tình trạng hồ sơ",
    "talk": "phần trò chuyện",
}
_FLAGS: Final = {
    "reissue": "cấp lại, bị mất",
    "change": "đổi, sửa",
    "extend": "gia hạn",
    "end": "chấm dứt, thu hồi",
    "pause": "tạm ngừng",
    "again": "đăng ký lại, khôi phục",
    "first": "lần đầu, mở mới",
    "foreign": "có yếu tố nước ngoài",
    "border": "khu vực biên giới",
    "abroad": "cơ quan ở nước ngoài",
    "merge": "làm liên thông",
    "transfer": "chuyển nhượng, sang tên",
    "company": "doanh nghiệp, tổ chức",
    "household": "hộ kinh doanh",
    "cooperative": "hợp tác xã",
    "child": "trẻ em",
    "online": "làm qua mạng",
    "commune": "cấp xã",
    "province": "cấp tỉnh",
    "ministry": "cấp bộ",
}
FEATURES: Final = {
    "name": "Chữ giống tên thủ tục",
    "key": "Chữ giống tên gọi, cách hỏi",
    "body": "Chữ có trong nội dung",
    "letters": "Gần giống mặt chữ",
    "name_meaning": "Nghĩa so với tên gần nhất",
    "key_meaning": "Nghĩa so với cách hỏi gần nhất",
    **{f"has_{flag}": f"Cùng nói về {_FLAGS[flag]}" for flag in FLAGS},
    **{f"extra_{flag}": f"Chỉ thủ tục nói về {_FLAGS[flag]}" for flag in FLAGS},
    "ways": "Số cách hỏi đã ghi",
    "editorial": "Có nội dung do người soạn",
    "commune": "Làm ở cấp xã",
    "province": "Chỉ làm ở cấp tỉnh",
    "ministry": "Chỉ làm ở cấp bộ",
}
MEASURES: Final = {
    "cover": "Phần chữ của tin có trong thủ tục",
    "name_cosine": "Nghĩa gần tên",
    "key_cosine": "Nghĩa gần tên gọi, cách hỏi",
    "share": "Phần xác suất của thủ tục đầu",
}
THRESHOLDS: Final = {
    "subject": "Tin có nêu việc cụ thể",
    "inside": "Nói về thủ tục hành chính",
    "known": "Có thủ tục phù hợp",
    "family": "Thủ tục đầu trong các ứng viên",
    "confidence": "Chắc là thủ tục đầu",
    "second": "Việc khác đứng sát sau",
    "aspect": "Chắc về điều được hỏi",
    "intent": "Chắc đây không phải câu hỏi về thủ tục",
}
