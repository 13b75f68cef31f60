"""Link the Official Account to our app: the administrator agrees on Zalo's page, we keep the tokens."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable

import httpx

from bot.channels.inbox.database import Inbox
from bot.channels.zalo_oa import oauth, token_store
from bot.channels.zalo_oa.errors import Unanswered
from settings.zalo import oa_settings
from storage.errors import MotCuaError


class LinkFailed(MotCuaError):
    """The account couldn't be linked."""


async def link(inbox: Inbox, callback: str, ask: Callable[[str], str], tell: Callable[[str], None]) -> None:
    """Walk an administrator through it.

    Args:
        inbox: where tokens are kept.
        callback: the callback saved in Zalo's console.
        ask: shows a question and returns what was typed.
        tell: shows a line.

    Raises:
        LinkFailed: with what to do, in Vietnamese.
        ValueError: a setting is missing or can't be read.
    """
    settings = oa_settings()
    if settings is None:
        raise LinkFailed("Chưa cấu hình Zalo OA. Xem docs/channels/zalo-oa.md.")
    if not callback:
        raise LinkFailed("Cần địa chỉ callback: đặt MOTCUA_PUBLIC_URL, hoặc thêm --callback https://….")
    verifier, state = oauth.new_verifier(), secrets.token_hex(8)
    tell("1. Mở đường dẫn này bằng tài khoản quản trị OA, rồi bấm Đồng ý:")
    tell(f"   {oauth.consent_address(settings, callback, verifier, state)}")
    tell(f"   (Nếu trang quản lý ứng dụng hỏi Code Challenge, dán: {oauth.challenge(verifier)})")
    tell("2. Trình duyệt chuyển sang một trang khác. Chép cả địa chỉ của trang đó (mã trong đó sống 10 phút).")
    try:
        code = oauth.read_callback(await asyncio.to_thread(ask, "Địa chỉ: "), state, settings.oa_id)
    except ValueError as error:
        raise LinkFailed(str(error)) from None
    async with httpx.AsyncClient() as http:
        try:
            pair = await oauth.exchange_code(http, settings, code, verifier)
        except oauth.Refused as error:
            raise LinkFailed(f"Zalo không nhận mã này (lỗi {error.code}). Hãy làm lại từ đầu.") from None
        except Unanswered:
            raise LinkFailed("Zalo không trả lời. Mã có thể đã dùng rồi; hãy làm lại từ đầu.") from None
    await asyncio.to_thread(token_store.replace, inbox, settings.oa_id, pair, time.time())
    tell("Đã liên kết. Trợ lý đang chạy sẽ tự dùng token mới.")
