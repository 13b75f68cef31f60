"""What can go wrong at the staff's desk, in words for the staff."""

from __future__ import annotations

from storage.errors import MotCuaError


class DeskError(MotCuaError):
    """An error of the desk."""


class NoSuchConversation(DeskError):
    """There is no conversation of this number."""

    def __init__(self) -> None:
        super().__init__("Không có cuộc trò chuyện này. Có thể đã quá hạn lưu; hãy quay lại danh sách.")


class TakenByAnother(DeskError):
    """Somebody else has the conversation."""

    def __init__(self) -> None:
        super().__init__("Đồng nghiệp khác đã nhận cuộc trò chuyện này. Hãy chọn cuộc khác trong hàng chờ.")


class NotClaimed(DeskError):
    """One answers only what one has claimed."""

    def __init__(self) -> None:
        super().__init__("Bạn cần bấm 'Nhận' trước khi trả lời cuộc trò chuyện này.")


class Over(DeskError):
    """The conversation is closed."""

    def __init__(self) -> None:
        super().__init__("Cuộc trò chuyện này đã kết thúc, không gửi thêm được.")


class EmptyText(DeskError):
    """Nothing to send or to keep."""

    def __init__(self) -> None:
        super().__init__("Chưa có nội dung. Hãy viết trước khi gửi.")


class LongText(DeskError):
    """More than fits."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"Nội dung dài quá {longest} ký tự. Hãy chia thành nhiều tin.")


class TitleTaken(DeskError):
    """Two canned answers with one title couldn't be told apart."""

    def __init__(self) -> None:
        super().__init__("Đã có câu trả lời mẫu cùng tên. Hãy đặt tên khác.")
