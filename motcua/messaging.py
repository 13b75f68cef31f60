"""Verbs for the messaging channels: ``motcua inbox``, ``motcua channels``, ``motcua telegram``."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated

import typer

inbox_app = typer.Typer(no_args_is_help=True, help="Tin nhắn của Telegram, Zalo: xem, thử lại, bỏ.")
channels_app = typer.Typer(no_args_is_help=True, help="Các kênh nhắn tin.")

Ids = Annotated[list[str], typer.Argument(help="Mã tin trong danh sách, dạng in12 hoặc out34.")]
_HERE = dt.timezone(dt.timedelta(hours=7))
_MARKS = {"good": "✓", "warning": "!", "bad": "✗"}
_STATUSES = {
    "new": "chờ trả lời",
    "working": "đang trả lời",
    "done": "đã trả lời",
    "poison": "để riêng vì lỗi",
    "dropped": "đã bỏ",
    "waiting": "chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "unsure": "không rõ đã tới chưa",
    "refused": "kênh không nhận",
}


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


@inbox_app.command("list")
def inbox_list(
    everything: Annotated[bool, typer.Option("--all", help="Cả tin đang chờ.")] = False,
    limit: Annotated[int, typer.Option(help="Số dòng mỗi chiều.")] = 50,
) -> None:
    """Xem có bao nhiêu tin, tin nào phải để riêng. Không hiện nội dung hay người gửi."""
    from bot.channels.inbox import admin
    from bot.channels.inbox.database import open_inbox

    inbox = open_inbox()
    for direction, title in (("in", "Tin đến"), ("out", "Tin đi")):
        found = admin.counts(inbox)[direction]
        say(f"{title}: " + (", ".join(f"{_STATUSES[name]} {count}" for name, count in found.items()) or "chưa có"))
    waited = admin.oldest_waiting(inbox)
    if waited:
        say(f"Tin chờ lâu nhất: {waited.total_seconds():.0f} giây.")
    for entry in admin.troubled(inbox, limit, everything):
        at = entry.at.replace(tzinfo=dt.timezone.utc).astimezone(_HERE)
        say(
            f"{entry.id:>8}  {at:%d/%m %H:%M}  {entry.channel:<9} người {entry.person}  "
            f"{_STATUSES[entry.status]}  {entry.tries} lần  {entry.error or ''}".rstrip()
        )


@inbox_app.command("retry")
def inbox_retry(ids: Ids) -> None:
    """Thử lại tin để riêng. Tin 'không rõ đã tới chưa' sẽ được gửi lần nữa."""
    from bot.channels.inbox import admin
    from bot.channels.inbox.database import open_inbox

    say(f"Sẽ thử lại {admin.retry(open_inbox(), ids)} tin.")


@inbox_app.command("drop")
def inbox_drop(ids: Ids) -> None:
    """Bỏ hẳn tin, xóa cả nội dung."""
    from bot.channels.inbox import admin
    from bot.channels.inbox.database import open_inbox

    say(f"Đã bỏ {admin.drop(open_inbox(), ids)} tin.")


@channels_app.command("check")
def channels_check() -> None:
    """Xem từng kênh đã cài đặt có chạy được không, hỏng thì sửa thế nào."""
    from bot.channels import checks

    broken = False
    configured = 0
    for name, check in checks.all_checks():
        findings = asyncio.run(check())
        if findings is None:
            say(f"{name}: chưa cài đặt.")
            continue
        configured += 1
        say(f"{name}:")
        for finding in findings:
            broken |= finding.level is checks.Level.BAD
            say(f"  {_MARKS[finding.level.value]} {finding.what}")
            if finding.remedy:
                say(f"    → {finding.remedy}")
    if not configured:
        say("Chưa có kênh nhắn tin nào. Xem docs/channels/.")
    if broken:
        raise typer.Exit(1)
