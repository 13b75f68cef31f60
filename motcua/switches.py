"""``motcua switch``: a channel, or everything, off with a notice, and on again; without a restart."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Tắt, mở từng kênh hoặc tất cả, không phải chạy lại.")

Name = Annotated[str, typer.Argument(help="Kênh: web, telegram, zalo, zalobot, hoặc all (tất cả).")]


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


@app.command()
def off(
    channel: Name,
    notice: Annotated[str, typer.Option(help="Lời báo cho người nhắn tới; không ghi thì có lời sẵn.")] = "",
) -> None:
    """Tắt một kênh: ai nhắn tới thì nhận lời báo. Có hiệu lực trong 5 giây."""
    from bot.channels.inbox.database import open_inbox
    from bot.channels.switches import notices, switch

    inbox = open_inbox()
    switch(inbox, channel, notice)
    say(f"Đã tắt {channel}. Lời báo: {notices(inbox)[channel]}")


@app.command()
def on(channel: Name) -> None:
    """Mở lại một kênh."""
    from bot.channels.inbox.database import open_inbox
    from bot.channels.switches import switch

    switch(open_inbox(), channel, None)
    say(f"Đã mở {channel}.")


@app.command("list")
def show() -> None:
    """Xem kênh nào đang tắt."""
    from bot.channels.inbox.database import open_inbox
    from bot.channels.switches import notices

    told = notices(open_inbox())
    for name, notice in told.items():
        say(f"{name}: đang tắt. Lời báo: {notice}")
    if not told:
        say("Không kênh nào bị tắt.")
