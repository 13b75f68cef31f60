"""Whether Telegram would work: token, webhook or polling, what waits, the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any, Optional

import httpx

from bot.channels.checks import Finding, bad, clock, good, warning
from bot.channels.telegram.updates import ALLOWED_UPDATES
from settings.telegram import TelegramSettings, telegram_settings

NAME = "Telegram"
MANY_PENDING = 100
RECENT_SECONDS = 3600


async def check() -> Optional[list[Finding]]:
    """Ask Telegram; None where no bot is configured."""
    try:
        settings = telegram_settings()
    except ValueError as error:
        return [bad(str(error), "Sửa biến đó rồi chạy lại (docs/channels/telegram.md).")]
    if settings is None:
        return None
    # Not with the library: its errors would have to be taken apart again for the date and the words.
    async with httpx.AsyncClient(timeout=settings.timeout) as client:
        try:
            me = await client.post(f"{settings.api_url}{settings.token}/getMe")
            if me.status_code in (401, 404):
                return [bad("Telegram không nhận token.", "Lấy lại token: nhắn /token cho @BotFather.")]
            if me.status_code != 200:
                return [bad(f"Telegram trả lời mã {me.status_code}.", "Chờ ít phút rồi chạy lại.")]
            info = await client.post(f"{settings.api_url}{settings.token}/getWebhookInfo")
            known, webhook = me.json()["result"], info.json()["result"]
        except httpx.HTTPError as error:
            return [
                bad(
                    f"Không tới được Telegram ({type(error).__name__}).",
                    "Xem máy có ra được api.telegram.org không (tường lửa, nhà mạng).",
                )
            ]
        except (ValueError, KeyError, TypeError):
            return [bad("Máy chủ không trả lời như Telegram.", "Xem lại MOTCUA_TELEGRAM_API.")]
    now = dt.datetime.now(dt.timezone.utc)
    found = [good(f"Token đúng, bot là @{known.get('username', '?')}.")]
    found += _polling(webhook) if settings.polling else _webhook(settings, webhook, now)
    return [*found, clock(me.headers.get("date"), now)]


def _polling(webhook: dict[str, Any]) -> list[Finding]:
    if webhook.get("url"):
        return [
            warning(
                "Bot đang đặt webhook, nên chưa lấy tin theo kiểu polling được.",
                "Chạy 'make telegram' là webhook được gỡ; chỉ một nơi được chạy polling.",
            )
        ]
    return [good("Không có webhook, polling chạy được.")]


def _webhook(settings: TelegramSettings, webhook: dict[str, Any], now: dt.datetime) -> list[Finding]:
    url = webhook.get("url")
    if not url:
        return [
            bad(
                "Chưa đặt webhook, tin nhắn không tới.",
                "Đặt MOTCUA_TELEGRAM_WEBHOOK_URL=https://TÊN-MIỀN/webhooks/telegram/webhook rồi khởi động lại.",
            )
        ]
    found: list[Finding] = []
    if settings.webhook_url and url != settings.webhook_url:
        found.append(bad("Webhook đang trỏ tới địa chỉ khác cài đặt.", "Khởi động lại trợ lý để đặt lại webhook."))
    else:
        found.append(good("Webhook đã đặt."))
    allowed = webhook.get("allowed_updates")
    if allowed and not set(ALLOWED_UPDATES) <= set(allowed):
        found.append(warning("Webhook thiếu loại cập nhật.", "Khởi động lại trợ lý để đặt lại webhook."))
    age = now.timestamp() - float(webhook.get("last_error_date") or 0)
    if age < RECENT_SECONDS:
        told = str(webhook.get("last_error_message") or "không rõ")[:120]
        found.append(bad(f"Telegram gọi webhook bị lỗi {age / 60:.0f} phút trước: {told}.", _remedy(told)))
    pending = int(webhook.get("pending_update_count") or 0)
    if pending >= MANY_PENDING:
        found.append(warning(f"{pending} tin còn chờ ở Telegram.", "Xem trợ lý có đang chạy không: motcua inbox list."))
    return found


def _remedy(told: str) -> str:
    if "403" in told:
        return "Mã bí mật không khớp: khởi động lại trợ lý để đặt lại webhook với MOTCUA_TELEGRAM_SECRET hiện nay."
    if "503" in told or "502" in told:
        return "Trợ lý chưa chạy hoặc cơ sở dữ liệu không trả lời."
    if "404" in told:
        return "Địa chỉ phải kết thúc bằng /webhooks/telegram/webhook, và Rasa phải có token."
    return "Xem tên miền, chứng chỉ TLS, và cổng (443, 80, 88 hoặc 8443)."
