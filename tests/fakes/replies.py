"""Replies as the actions send them, one of each shape, for comparing what channels make of them."""

from __future__ import annotations

from typing import Any

from rendering.tree import Tree, read_tree

PORTAL = "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-hanh-chinh.html?ma_thu_tuc=1.001193"

_SENTENCE = "Hồ sơ nộp tại trung tâm hành chính công. "

REPLIES: dict[str, dict[str, Any]] = {
    "checklist": {
        "blocks": [
            {"type": "title", "text": "Đăng ký khai sinh"},
            {"type": "text", "text": "Bạn chuẩn bị các giấy tờ sau:"},
            {
                "type": "list",
                "kind": "checklist",
                "items": [
                    {"text": "Giấy chứng sinh", "note": "bản chính"},
                    {"text": "Tờ khai theo mẫu <không> & có dấu"},
                    {"text": "Căn cước của cha, mẹ", "note": "xuất trình"},
                ],
            },
            {"type": "source", "text": "Cổng Dịch vụ công quốc gia, xem ngày 24/11/2026", "url": PORTAL},
        ],
        "buttons": [
            {"title": "Phí, lệ phí", "payload": "thu-tuc:1.001193:fee"},
            {"title": "Thời hạn", "payload": "thu-tuc:1.001193:processing_time"},
            {"title": "Nơi nộp", "payload": "thu-tuc:1.001193:place"},
            {"title": "Mở trang trên Cổng", "url": PORTAL},
        ],
    },
    "options": {
        "blocks": [
            {"type": "text", "text": "Ý bạn là thủ tục nào?"},
            {
                "type": "list",
                "kind": "numbers",
                "items": [{"text": "Cấp lại giấy phép lái xe"}, {"text": "Đổi giấy phép lái xe"}],
            },
            {"type": "text", "text": "Nếu không phải, bạn kể rõ hơn giúp mình nhé."},
        ],
        "buttons": [
            {"title": "Cấp lại giấy phép lái xe", "payload": "chon:1"},
            {"title": "Đổi giấy phép lái xe", "payload": "chon:2"},
        ],
    },
    "steps": {
        "blocks": [
            {"type": "title", "text": "Đăng ký kết hôn"},
            {
                "type": "list",
                "kind": "numbers",
                "items": [{"text": "Nộp hồ sơ tại xã, phường"}, {"text": "Hai người cùng ký tên"}],
            },
        ],
        "buttons": [{"title": "Giấy tờ cần nộp", "payload": "thu-tuc:1.000894:documents"}],
    },
    "question": {"blocks": [{"type": "text", "text": "Con bạn mấy tháng tuổi?"}], "buttons": []},
    "many_choices": {
        "blocks": [{"type": "text", "text": "Bạn thuộc trường hợp nào?"}],
        "buttons": [
            {"title": f"Trường hợp {number}: {words}", "payload": f"thu-tuc:1.001193:documents:{number}"}
            for number, words in enumerate(
                (
                    "con sinh tại bệnh viện", "con sinh tại nhà", "trẻ bị bỏ rơi", "con có yếu tố nước ngoài",
                    "cha mẹ chưa đăng ký kết hôn và chưa làm thủ tục nhận cha, mẹ, con tại cơ quan nào", "đăng ký lại",
                    "đã có hồ sơ giấy tờ cá nhân",
                )
            )
        ],
    },
    "long": {
        "blocks": [
            {"type": "title", "text": "Cấp giấy chứng nhận quyền sử dụng đất"},
            *({"type": "text", "text": f"Đoạn {n}. " + _SENTENCE * 20} for n in range(4)),
        ],
        "buttons": [{"title": "Lệ phí", "payload": "thu-tuc:1.012756:fee"}],
    },
}  # fmt: skip


def tree(name: str) -> Tree:
    """A reply as renderers get it: its payload buttons carry tokens."""
    made = read_tree(REPLIES[name])
    places = {button: at for at, button in enumerate(made.buttons)}
    return made.with_tokens(lambda button: f"k:{places[button]:016d}")
