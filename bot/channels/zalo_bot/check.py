"""Is the Zalo Bot in order? What ``motcua channels check`` says of it."""

from __future__ import annotations

import asyncio

import httpx

from bot.channels import usage
from bot.channels.checking import Finding, door
from bot.channels.inbox.database import Inbox
from bot.channels.zalo_bot.channel import SENT
from bot.channels.zalo_bot.client import BotClient, BotError, Silent
from settings.zalo import BotSettings, bot_settings, public_url


async def check(inbox: Inbox) -> list[Finding]:
    """Look at everything; [] where no bot is configured."""
    try:
        settings = bot_settings()
    except ValueError as error:
        return [Finding(False, str(error), "Xem docs/channels/zalo-bot.md.")]
    if settings is None:
        return []
    async with httpx.AsyncClient() as http:
        client = BotClient(settings, http)
        try:
            await client.call("getMe")
            found = [Finding(True, "Zalo nhận token của bot."), _webhook(settings, await client.webhook_url())]
        except BotError as error:
            remedy = "Xem lại MOTCUA_ZALOBOT_TOKEN (lấy trong Zalo Bot Manager)." if error.code in (401, 404) else ""
            return [Finding(False, f"Zalo trả mã lỗi {error.code}.", remedy)]
        except Silent:
            return [Finding(False, "Không gọi được Zalo.", "Xem mạng ra ngoài và MOTCUA_ZALOBOT_API_URL.")]
        sent = await asyncio.to_thread(usage.counted, inbox, SENT)
        doors = [] if settings.polling else await door(http, "zalobot", public_url(), 403)
        return [*found, _quota(sent, settings.monthly), *doors]


def _webhook(settings: BotSettings, url: str) -> Finding:
    if settings.polling:
        if url:
            return Finding(None, "Zalo còn giữ một webhook; trợ lý sẽ bỏ nó khi bắt đầu hỏi tin.")
        return Finding(True, "Trợ lý tự hỏi tin mới (không cần địa chỉ công khai).")
    if not url:
        return Finding(False, "Zalo chưa có webhook của trợ lý.", "Đặt MOTCUA_ZALOBOT_WEBHOOK_URL rồi chạy lại trợ lý.")
    if settings.webhook_url and url != settings.webhook_url:
        return Finding(False, "Zalo đang gọi một webhook khác.", "Chạy lại trợ lý để đặt webhook mới.")
    return Finding(True, "Zalo có webhook của trợ lý.")


def _quota(sent: int, monthly: int) -> Finding:
    told = f"Tháng này đã gửi {sent} tin" + (f" trên khoảng {monthly} tin của gói." if monthly else ".")
    if monthly and sent >= monthly * 0.9:
        return Finding(False, told, "Nâng gói, hoặc chuyển sang Zalo OA.")
    return Finding(True, told)
