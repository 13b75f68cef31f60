"""Zalo's error codes in classes, each with what to do about it.

Zalo answers HTTP 200 even to what failed; the ``error`` field decides. Codes
from Zalo's appendix "Mã lỗi"; the classes are ours.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(str, enum.Enum):
    """What the sender does next."""

    TOKEN = "token"
    """Renew the access token, then try once more."""
    RATE = "rate"
    """Wait, then try again a few times."""
    USER = "user"
    """This person can't be reached: drop the message."""
    PAYLOAD = "payload"
    """Our message is wrong: send it as plain text."""
    PERSON = "person"
    """An administrator has to act: alert, keep the message for later."""
    OTHER = "other"
    """Log the code, drop the message."""


@dataclass(frozen=True)
class Fault:
    """One code, with the remedy that an administrator reads (Vietnamese)."""

    code: int
    kind: Kind
    remedy: str


_CODES: dict[Kind, dict[int, str]] = {
    Kind.TOKEN: {
        -124: "Token không hợp lệ; trợ lý tự xin token mới.",
        -216: "Access token sai hoặc hết hạn; trợ lý tự xin token mới.",
        -220: "Access token hết hạn hoặc bị thu hồi; trợ lý tự xin token mới.",
    },
    Kind.RATE: {-32: "Gửi quá nhanh so với hạn mức của ứng dụng hoặc OA; trợ lý chờ rồi gửi lại."},
    Kind.USER: {
        -213: "Người dùng chưa quan tâm OA.",
        -217: "Người dùng chặn lời mời của OA.",
        -218: "Người dùng đã nhận đủ số tin cho phép.",
        -227: "Tài khoản người dùng bị khóa hoặc lâu không hoạt động.",
        -230: "Người dùng không tương tác với OA trong 7 ngày.",
        -232: "Người dùng chưa từng tương tác, hoặc tương tác đã quá hạn.",
        -244: "Người dùng không nhận loại tin này.",
    },
    Kind.PAYLOAD: {
        -100: "Tệp đính kèm hết hạn; cần tải lên lại.",
        -201: "Tham số sai; trợ lý gửi lại bằng chữ thường.",
        -210: "Tham số vượt giới hạn; trợ lý gửi lại bằng chữ thường.",
        -233: "Loại tin không được hỗ trợ; tắt MOTCUA_ZALO_BUTTONS.",
        -240: "API tin nhắn cũ đã đóng; cần bản mới của trợ lý.",
        -248: "Nội dung vi phạm chính sách của Zalo; xem lại câu trả lời.",
        -249: "Mẫu tin không gửi được theo UID.",
    },
    Kind.PERSON: {
        -204: "OA bị vô hiệu hóa; liên hệ Zalo.",
        -205: "Không có OA này; xem lại MOTCUA_ZALO_OA_ID.",
        -209: "Ứng dụng chưa được kích hoạt; bật trong trang quản lý ứng dụng.",
        -211: "Hết hạn mức gửi; nâng gói OA hoặc chờ kỳ sau.",
        -212: "API chưa được đăng ký; bật quyền trong trang quản lý ứng dụng.",
        -219: "Ứng dụng đã bị gỡ hoặc vô hiệu hóa.",
        -221: "OA chưa xác thực; gửi hồ sơ xác thực OA.",
        -223: "OA chưa cấp quyền cho ứng dụng; chạy 'motcua channels zalo-link'.",
        -224: "Gói dịch vụ của OA không đủ; nâng gói OA.",
        -242: "appsecret_proof sai; tắt yêu cầu này trong trang quản lý ứng dụng.",
        -320: "Vướng thanh toán; xem mục thanh toán của ứng dụng.",
        -321: "Vướng thanh toán; xem mục thanh toán của ứng dụng.",
    },
    Kind.OTHER: {
        -200: "Gửi tin không thành công.",
        -214: "Bài viết đang được xử lý.",
        -234: "Loại tin này không gửi được từ 22 giờ đến 6 giờ.",
        **dict.fromkeys(
            (-235, -237, -238, -241, -403, -1340, -1341), "Zalo báo lỗi chung; xem phụ lục Mã lỗi của Zalo."
        ),
    },
}
FAULTS: dict[int, Fault] = {
    code: Fault(code, kind, remedy) for kind, codes in _CODES.items() for code, remedy in codes.items()
}


def fault(code: int) -> Fault:
    """What a code means; an unknown one is never tried again."""
    return FAULTS.get(code) or Fault(code, Kind.OTHER, f"Mã lỗi {code} chưa biết; xem phụ lục Mã lỗi của Zalo.")


class ZaloError(Exception):
    """Zalo refused. The text holds the code alone, nothing of the message."""

    def __init__(self, what: Fault) -> None:
        super().__init__(f"zalo error {what.code} ({what.kind.value})")
        self.fault = what


class Unanswered(Exception):
    """No usable answer came.

    Attributes:
        sent: whether Zalo may have acted on the request.
        reached: whether there was a connection at all; without one, the fault can't lie in what was sent.
        after: seconds to wait before another try.
    """

    def __init__(self, *, sent: bool, reached: bool = True, after: float = 5.0) -> None:
        super().__init__("zalo did not answer" + (" (it may have arrived)" if sent else ""))
        self.sent = sent
        self.reached = reached
        self.after = after
