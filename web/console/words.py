"""What the console says from its code; what stands on its pages is in their templates."""

from __future__ import annotations

# Parts of the console
USERS = "Người dùng"
USERS_TEXT = "Thêm cán bộ, đổi vai trò, khóa và cấp lại tài khoản."
LOG = "Nhật ký"
LOG_TEXT = "Ai đã đăng nhập, bị từ chối, đổi tài khoản của ai."
ACCOUNT = "Tài khoản"
ACCOUNT_TEXT = "Tên hiển thị, mật khẩu và mã xác thực của bạn."

# The door
OTHER_SITE = "Yêu cầu này không đến từ trang quản trị nên không được nhận. Bạn mở lại trang rồi làm lại nhé."
ROLE_MISSING = "Phần này dành cho {role} trở lên. Bạn cần dùng thì nhờ quản trị viên đổi vai trò."
FORM_OLD = "Trang này để lâu quá nên không gửi được. Bạn mở lại trang rồi làm lại nhé."
TOO_LARGE = "Phần gửi lên lớn quá. Bạn gửi file nhỏ hơn hoặc chia làm nhiều lần."

# Signing in
TOO_SLOW = "Phiên đăng nhập đã hết hạn. Bạn đăng nhập lại nhé."
SIGNED_OUT = "Bạn đã đăng xuất."
PASSWORD_CHOSEN = "Đã lưu mật khẩu. Mời bạn đăng nhập."
NOT_THE_SAME = "Hai lần gõ mật khẩu chưa giống nhau. Bạn gõ lại."

# Accounts
NAMED = "Đã đổi tên hiển thị."
PASSWORD_CHANGED = "Đã đổi mật khẩu. Các máy khác đã bị đăng xuất."
OTHERS_ENDED = "Đã đăng xuất khỏi các máy khác."
CODES_OFF = "Đã tắt mã xác thực."
CHOOSE_ROLE = "Bạn chọn một vai trò."
ROLE_CHANGED = "{name} giờ là {role}. Người này cần đăng nhập lại."
DISABLED = "Đã khóa tài khoản. Người này không đăng nhập được nữa."
ENABLED = "Đã mở khóa tài khoản."
SESSIONS_ENDED = "Đã kết thúc {count} phiên."
NO_USER = "Không có người dùng này. Bạn quay lại danh sách nhé."

# Conversations handed to a person
CONVERSATIONS = "Hội thoại"
CONVERSATIONS_TEXT = "Người dân muốn gặp cán bộ: nhận, trả lời, kết thúc."
CLAIMED = "Bạn đã nhận. Trợ lý tự động im lặng tới khi bạn kết thúc."
GIVEN_BACK = "Đã trả lại hàng chờ."
CLOSED = "Đã kết thúc. Trợ lý tự động trả lời lại người dân."
CANNED_SAVED = "Đã lưu câu trả lời mẫu."
CANNED_DROPPED = "Đã xóa câu trả lời mẫu."
CHANNELS = {"web": "Trang web", "telegram": "Telegram", "zalo": "Zalo OA", "zalobot": "Zalo Bot"}
DELIVERIES = {
    "waiting": "đang gửi",
    "handed": "đang gửi",
    "held": "chưa gửi được, sẽ gửi khi người dân nhắn lại",
    "sent": "đã gửi",
    "unsure": "chưa chắc đã tới",
    "refused": "kênh không nhận",
    "dropped": "không gửi được",
}
ENDINGS = {
    "citizen": "người dân kết thúc",
    "staff": "cán bộ kết thúc",
    "silence": "lâu không có tin mới",
    "unanswered": "không ai nhận",
}
