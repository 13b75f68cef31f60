"""Is the Official Account in order? What ``motcua channels check`` says of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from typing import Optional

import httpx
import sqlalchemy as sa

from bot.channels.checks import Finding, bad, clock, good, warning
from bot.channels.inbox.database import Inbox, open_inbox, utcnow
from bot.channels.inbox.tables import outbox_messages
from bot.channels.reach import door
from bot.channels.zalo_oa import token_store
from bot.channels.zalo_oa.client import Answer, OaClient
from bot.channels.zalo_oa.errors import Kind, Unanswered, ZaloError, fault
from bot.channels.zalo_oa.token_store import State, Stored
from bot.channels.zalo_oa.tokens import LINK_ANEW, NO_TOKEN, NoToken, TokenManager
from settings.verifiers import verifier_folder, verifiers
from settings.zalo import OaSettings, oa_settings, public_url

NAME = "Zalo OA"
_FEW_CALLS = 200


async def check() -> Optional[list[Finding]]:
    """Look at everything; None where the Official Account isn't configured."""
    try:
        settings = oa_settings()
    except ValueError as error:
        return [bad(str(error), "Xem docs/channels/zalo-oa.md.")]
    if settings is None:
        return None
    inbox = await asyncio.to_thread(open_inbox)
    try:
        async with httpx.AsyncClient() as http:
            return [
                good("Cấu hình đủ."),
                *await _account(http, settings, inbox),
                *await _token(settings, inbox),
                *await asyncio.to_thread(_refusals, inbox),
                *await door(http, "zalo", public_url(), 200),
                *await _domain(http),
            ]
    finally:
        inbox.engine.dispose()


async def _account(http: httpx.AsyncClient, settings: OaSettings, inbox: Inbox) -> list[Finding]:
    client = OaClient(settings, TokenManager(inbox, settings, http), http)
    try:
        answer = await client.account()
    except NoToken as error:
        return [bad("Chưa có token dùng được.", error.remedy)]
    except ZaloError as error:
        return [bad(f"Zalo trả mã lỗi {error.fault.code}.", error.fault.remedy)]
    except Unanswered:
        return [bad("Không gọi được Zalo.", "Xem mạng ra ngoài và MOTCUA_ZALO_API_URL.")]
    return [*_described(answer, settings), clock(answer.date, dt.datetime.now(dt.timezone.utc))]


def _described(answer: Answer, settings: OaSettings) -> list[Finding]:
    data = answer.data
    given = str(data.get("oa_id") or data.get("oaid") or "")
    found = [
        good("Zalo nhận token; đúng OA.")
        if given == settings.oa_id
        else bad("Token thuộc về một OA khác.", "Sửa MOTCUA_ZALO_OA_ID, hoặc cấp quyền lại cho đúng OA.")
    ]
    if data.get("is_verified") is False:
        found.append(bad("OA chưa xác thực.", "Gửi hồ sơ xác thực OA cho Zalo."))
    package = data.get("package_name")
    if isinstance(package, str) and package:
        found.append(good(f"Gói dịch vụ của OA: {package[:60]}."))
    left = answer.calls_left
    if left is not None:
        found.append(
            good(f"Còn {left} lượt gọi API trong phút này.")
            if left > _FEW_CALLS
            else bad(f"Chỉ còn {left} lượt gọi API trong phút này.", "Giảm tải, hoặc nâng gói OA.")
        )
    return found


async def _token(settings: OaSettings, inbox: Inbox) -> list[Finding]:
    def read() -> Stored | None:
        with inbox.begin() as connection:
            return token_store.read(connection, settings.oa_id)

    stored = await asyncio.to_thread(read)
    if stored is None:
        return [bad("Chưa lưu token nào.", NO_TOKEN)]
    if stored.state is State.SPENT:
        return [bad("Refresh token đã hỏng.", LINK_ANEW)]
    if stored.state is State.UNCERTAIN:
        return [bad("Không rõ refresh token còn dùng được không.", LINK_ANEW)]
    hours = (time.time() - stored.renewed_at) / 3600
    return [good(f"Token đổi lần cuối {hours:.0f} giờ trước.")]


def _refusals(inbox: Inbox) -> list[Finding]:
    """Codes with which Zalo refused messages of the last day."""
    row = outbox_messages.c
    query = sa.select(row.error, sa.func.count()).where(
        row.channel == "zalo", row.error.like("zalo -%"), row.created_at > utcnow() - dt.timedelta(days=1)
    )
    with inbox.begin() as connection:
        counts = connection.execute(query.group_by(row.error).order_by(row.error)).all()
    found = []
    for error, count in counts:
        what = fault(int(error.removeprefix("zalo ")))
        told = f"{count} tin bị Zalo trả mã {what.code} trong 24 giờ qua."
        found.append(good(f"{told} {what.remedy}") if what.kind is Kind.USER else bad(told, what.remedy))
    return found


async def _domain(http: httpx.AsyncClient) -> list[Finding]:
    names, public = verifiers(), public_url()
    if not names:
        where = verifier_folder()
        return [warning("Chưa có file xác minh tên miền.", f"Tải zalo_verifier….html từ Zalo, đặt vào {where}/.")]
    if not public:
        return [good(f"Có file xác minh tên miền: {', '.join(names)}.")]
    found = []
    for name in names:
        try:
            status = (await http.get(f"{public}/{name}", timeout=5)).status_code
        except httpx.HTTPError:
            status = 0
        found.append(
            good(f"Zalo đọc được {public}/{name}.")
            if status == 200
            else bad(f"Không đọc được {public}/{name}.", "Xem phần nginx trong docs/channels/zalo-oa.md.")
        )
    return found
