"""``motcua channels zalo-link``: give the assistant the right to speak for an Official Account."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from motcua.messaging import channels_app, say


@channels_app.command("zalo-link")
def zalo_link(
    callback: Annotated[str, typer.Option(help="Địa chỉ callback đã khai trong trang quản lý ứng dụng Zalo.")] = "",
) -> None:
    """Cấp quyền cho trợ lý nhắn tin thay Zalo OA (lần đầu, hoặc khi token hỏng)."""
    from bot.channels.inbox.database import open_inbox
    from bot.channels.zalo_oa.linking import link
    from settings.zalo import public_url

    asyncio.run(link(open_inbox(), callback or public_url(), input, say))
