"""Is the Zalo Bot in order? What ``motcua channels check`` says of it."""

from __future__ import annotations

import asyncio
from typing import Optional

import httpx

from bot.channels import usage
from bot.channels.checks import Finding, bad, good
from bot.channels.inbox.database import open_inbox
from bot.channels.reach import door
from bot.channels.zalo_bot.channel import SENT
from bot.channels.zalo_bot.client import BotClient, BotError, Silent
from settings.zalo import BotSettings, bot_settings, public_url

NAME = "Zalo Bot"


async def check() -> Optional[list[Finding]]:
    """Look at everything; None where no bot is configured."""
    try:
        settings = bot_settings()
    except ValueError as error:
        return [bad(str(error), "Xem docs/channels/zalo-bot.md.")]
    if settings is None:
        return None
    async with httpx.AsyncClient() as http:
        client = BotClient(settings, http)
        try:
            await client.call("getMe")
            found = [good("Zalo nhận token của bot."), _webhook(settings, await client.webhook_url())]
        except BotError as error:
            return [_refused(error.code)]
        except Silent:
            return [bad("Không gọi được Zalo.", "Xem mạng ra ngoài và MOTCUA_ZALOBOT_API_URL.")]
        doors = [] if settings.polling else await door(http, "zalobot", public_url(), 403)
    return [*found, _quota(await asyncio.to_thread(_sent), settings.monthly), *doors]


def _sent() -> int:
    inbox = open_inbox()
    try:
        return usage.counted(inbox, SENT)
    finally:
        inbox.engine.dispose()


def _refused(code: int) -> Finding:
    known = code in (401, 404)
    remedy = "Xem lại MOTCUA_ZALOBOT_TOKEN (lấy trong Zalo Bot Manager)." if known else "Chờ ít phút rồi chạy lại."
    return bad(f"Zalo trả mã lỗi {code}.", remedy)


def _webhook(settings: BotSettings, url: str) -> Finding:
    if settings.polling:
        if url:
            return good("Zalo còn giữ một webhook; trợ lý sẽ bỏ nó khi bắt đầu hỏi tin.")
        return good("Trợ lý tự hỏi tin mới (không cần địa chỉ công khai).")
    if not url:
        return bad("Zalo chưa có webhook của trợ lý.", "Đặt MOTCUA_ZALOBOT_WEBHOOK_URL rồi chạy lại trợ lý.")
    if settings.webhook_url and url != settings.webhook_url:
        return bad("Zalo đang gọi một webhook khác.", "Chạy lại trợ lý để đặt webhook mới.")
    return good("Zalo có webhook của trợ lý.")


def _quota(sent: int, monthly: int) -> Finding:
    told = f"Tháng này đã gửi {sent} tin" + (f" trên khoảng {monthly} tin của gói." if monthly else ".")
    if monthly and sent >= monthly * 0.9:
        return bad(told, "Nâng gói, hoặc chuyển sang Zalo OA.")
    return good(told)
