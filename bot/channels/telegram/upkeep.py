"""What runs beside the webhook: getting to know the bot, its menu, its webhook, or polling in its stead."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, BotCommand
from telegram.error import InvalidToken, TelegramError

from bot.channels.inbox import state
from bot.channels.inbox.runtime import NotReady, Runtime
from bot.channels.telegram.channel import POLL_SECONDS, TelegramChannel
from bot.channels.telegram.updates import ALLOWED_UPDATES
from settings.telegram import TelegramSettings

logger = logging.getLogger(__name__)

MENU = (
    ("menu", "Bắt đầu, xem việc hay hỏi"),
    ("help", "Mình giúp được gì"),
    ("huy", "Bỏ việc đang hỏi, làm lại từ đầu"),
    ("canbo", "Gặp cán bộ"),
)
SHORT_DESCRIPTION = "Trợ lý tự động về thủ tục hành chính: cần giấy tờ gì, phí bao nhiêu, nộp ở đâu."
DESCRIPTION = (
    "Mình là Một Cửa, trợ lý tự động về thủ tục hành chính (không phải cán bộ).\n\n"
    'Bạn kể việc của mình, ví dụ "mới sinh em bé", mình chỉ giấy tờ, phí, thời hạn và nơi nộp, kèm nguồn.\n\n'
    "Đừng gửi số căn cước, mật khẩu hay mã OTP ở đây."
)
POLL_LEASE = "telegram-poll"
_RESTS = (1.0, 5.0, 30.0, 120.0)


def job(settings: TelegramSettings, channel: TelegramChannel) -> Callable[[Runtime], Awaitable[None]]:
    """What the runtime is to run for a bot."""

    async def run(runtime: Runtime) -> None:
        await _persist("getMe", lambda: _meet(channel))
        if settings.profile:
            await _persist("profile", lambda: _profile(channel.bot))
        if settings.polling:
            await poll(runtime, channel)
        elif settings.webhook_url:
            await _persist("setWebhook", lambda: _webhook(channel.bot, settings))

    return run


async def _persist(what: str, step: Callable[[], Awaitable[Any]]) -> None:
    """Try until it works. A wrong token is said each time, since only a person can help."""
    tries = 0
    while True:
        try:
            await step()
            return
        except TelegramError as error:
            if isinstance(error, InvalidToken):
                logger.error("telegram: the token is refused; see 'motcua channels check'")
            elif tries:
                logger.error("telegram: %s failed: %s", what, type(error).__name__)
        await asyncio.sleep(_RESTS[min(tries, len(_RESTS) - 1)])
        tries += 1


async def _meet(channel: TelegramChannel) -> None:
    channel.username = (await channel.bot.get_me()).username or ""


async def _profile(bot: Bot) -> None:
    """Set the menu and descriptions where they differ; Telegram limits how often they may change."""
    commands = [BotCommand(name, told) for name, told in MENU]
    if list(await bot.get_my_commands()) != commands:
        await bot.set_my_commands(commands)
    if (await bot.get_my_description()).description != DESCRIPTION:
        await bot.set_my_description(DESCRIPTION)
    if (await bot.get_my_short_description()).short_description != SHORT_DESCRIPTION:
        await bot.set_my_short_description(SHORT_DESCRIPTION)


async def _webhook(bot: Bot, settings: TelegramSettings) -> None:
    await bot.set_webhook(
        settings.webhook_url, secret_token=settings.secret, allowed_updates=ALLOWED_UPDATES, max_connections=40
    )


async def poll(runtime: Runtime, channel: TelegramChannel) -> None:
    """Fetch updates for ever. Each batch is kept before the next call confirms it, so that no crash loses any."""
    inbox = runtime.inbox
    assert inbox is not None
    lease = POLL_SECONDS * 2.0
    try:
        while not await asyncio.to_thread(state.take, inbox, POLL_LEASE, runtime.owner, lease):
            await asyncio.sleep(1)
        await _persist("deleteWebhook", channel.bot.delete_webhook)
        offset, failures = 0, 0
        while True:
            await asyncio.to_thread(state.take, inbox, POLL_LEASE, runtime.owner, lease)
            try:
                batch = await _fetch(channel.bot, offset)
                failures = 0
            except TelegramError as error:
                if failures:
                    logger.error("telegram: getUpdates failed: %s", type(error).__name__)
                await asyncio.sleep(_RESTS[min(failures, 2)])
                failures += 1
                continue
            for update in batch:
                await _keep(runtime, channel, update)
                offset = max(offset, int(update["update_id"]) + 1)
    finally:
        with contextlib.suppress(Exception):
            await asyncio.to_thread(state.release, inbox, POLL_LEASE, runtime.owner)


async def _fetch(bot: Bot, offset: int) -> list[dict[str, Any]]:
    # Raw JSON: the library's own method would fail on a whole batch for one odd update, for ever.
    # Telegram's methods don't mind their case, and the library only recommends its own for the usual spelling.
    found = await bot.do_api_request(
        "getupdates",
        {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": list(ALLOWED_UPDATES)},
        read_timeout=POLL_SECONDS + 10,
    )
    entries = found if isinstance(found, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("update_id"), int)]


async def _keep(runtime: Runtime, channel: TelegramChannel, update: dict[str, Any]) -> None:
    incoming = channel.parse(update)
    while incoming:
        try:
            await runtime.accept(incoming)
            return
        except NotReady:
            await asyncio.sleep(1)
