"""Whether a channel's webhook can be reached, here and from outside; for ``motcua channels check``."""

from __future__ import annotations

import httpx

from bot.channels.checks import Finding, bad, good, warning
from settings import channels_url


async def door(http: httpx.AsyncClient, channel: str, public: str, expected: int) -> list[Finding]:
    """Whether the channel's door answers here and, where the public address is known, from outside.

    Args:
        http: to call with.
        channel: its name in the address.
        public: the public address, '' where it isn't set.
        expected: the status with which the webhook answers an empty ``{}`` of a stranger's.
    """
    found = [await _here(http, channel)]
    if not public:
        remedy = "Đặt MOTCUA_PUBLIC_URL để kiểm cả đường từ ngoài."
        return [*found, warning("Chưa biết địa chỉ công khai.", remedy)]
    # Only the webhook itself is open to the world.
    address = f"{public}/webhooks/{channel}/webhook"
    try:
        status = (await http.post(address, content=b"{}", timeout=5)).status_code
    except httpx.HTTPError:
        status = 0
    if status == expected:
        return [*found, good(f"Vào được từ ngoài: {address}.")]
    return [*found, bad(f"Không vào được {address}.", "Xem tên miền, chứng chỉ và cấu hình nginx.")]


async def _here(http: httpx.AsyncClient, channel: str) -> Finding:
    try:
        status = (await http.get(f"{channels_url()}/webhooks/{channel}/", timeout=5)).status_code
    except httpx.HTTPError:
        status = 0
    if status == 200:
        return good("Trợ lý đang chạy và mở kênh này.")
    remedy = "Chạy 'make run' với cùng các biến môi trường."
    return bad("Trợ lý chưa chạy." if status == 0 else "Trợ lý đang chạy mà chưa mở kênh này.", remedy)
