"""Try the Zalo channel by hand, without Zalo: ``make fake-zalo`` serves the platform and a page to chat through it.

What is typed becomes a signed event to the assistant's webhook; what the
assistant sends to the platform shows on the page.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from settings import channels_url
from tests.fakes.zalo_delivery import Delivery
from tests.fakes.zalo_events import Body, Sender
from tests.fakes.zalo_oa import FakeZaloOa, Received

PAGE = Path(__file__).parent / "zalo_page.html"
ENVIRONMENT = Path("var/fake-zalo.env")


@dataclass
class Talk:
    """The conversation on the page."""

    zalo: FakeZaloOa
    webhook: str
    sender: Sender = field(default_factory=Sender)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.zalo.on_message = self._answered
        self._tasks: set[asyncio.Task[None]] = set()
        self.app = Starlette(
            routes=[
                Route("/", self._page),
                Route("/lines", self._lines),
                Route("/do", self._do, methods=["POST"]),
                *self.zalo.app.routes,
            ]
        )

    def _answered(self, message: Received) -> None:
        self.lines.append({"who": "oa", "text": message.text, "buttons": message.buttons})

    async def _page(self, request: Request) -> Response:
        return HTMLResponse(PAGE.read_text(encoding="utf-8"))

    async def _lines(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        return JSONResponse(self.lines[int(after) if after.isdigit() else 0 :])

    async def _do(self, request: Request) -> Response:
        form = await request.form()
        what, text = str(form.get("what", "")), str(form.get("text", "")).strip()
        made = self._event(what, text)
        if made is None:
            return JSONResponse({"error": "what"}, 400)
        line, body = made
        self.lines.append(line)
        # Zalo doesn't make the person wait for our answer either.
        task = asyncio.create_task(self._send(body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return JSONResponse({})

    def _event(self, what: str, text: str) -> tuple[dict[str, Any], Body] | None:
        if what == "text" and text:
            hidden = text.startswith("k:")
            return {"who": "note" if hidden else "user", "text": "(bấm nút)" if hidden else text}, self.sender.text(
                text
            )
        if what == "operator" and text:
            return {"who": "operator", "text": text}, self.sender.operator(text)
        events: dict[str, tuple[str, Callable[[], Body]]] = {
            "follow": ("(quan tâm OA)", self.sender.follow),
            "unfollow": ("(bỏ quan tâm)", lambda: self.sender.follow("unfollow")),
            "picture": ("(gửi ảnh)", self.sender.picture),
            "location": ("(gửi vị trí)", lambda: self.sender.location("10.7769", "106.7009")),
            "withdraw": ("(rút lại sự đồng ý: xóa dữ liệu)", lambda: self.sender.about("user_withdraw")),
        }
        if what not in events:
            return None
        shown, build = events[what]
        return {"who": "note", "text": shown}, build()

    async def _send(self, body: Body) -> None:
        async with httpx.AsyncClient() as http:
            delivery = Delivery(self.webhook, self.sender, http)
            started = time.monotonic()
            status = await delivery.once(body)
            spent = (time.monotonic() - started) * 1000
        late = " – QUÁ 2 GIÂY" if delivery.late else ""
        told = f"webhook trả {status} sau {spent:.0f} ms{late}" if status else "không gọi được webhook của trợ lý"
        self.lines.append({"who": "note", "text": told})


def environment(talk: Talk, url: str) -> str:
    """What the assistant has to be started with."""
    values = {
        "MOTCUA_ZALO_APP_ID": talk.zalo.app_id,
        "MOTCUA_ZALO_OA_ID": talk.zalo.oa_id,
        "MOTCUA_ZALO_APP_SECRET": talk.zalo.app_secret,
        "MOTCUA_ZALO_OA_SECRET_KEY": talk.sender.secret_key,
        "MOTCUA_ZALO_REFRESH_TOKEN": talk.zalo.first_refresh,
        "MOTCUA_ZALO_API_URL": url,
        "MOTCUA_ZALO_OAUTH_URL": url,
        "MOTCUA_ZALO_BUTTONS": "on",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def main() -> None:
    """Serve until stopped."""
    port = int(os.environ.get("MOTCUA_FAKE_ZALO_PORT") or 9300)
    talk = Talk(FakeZaloOa(any_refresh=True), f"{channels_url()}/webhooks/zalo/webhook")
    url = f"http://127.0.0.1:{port}"
    ENVIRONMENT.parent.mkdir(exist_ok=True)
    ENVIRONMENT.write_text(environment(talk, url), encoding="utf-8")
    sys.stdout.write(
        f"Zalo giả: {url}/\nỞ cửa sổ khác, chạy trợ lý với Zalo giả: set -a; . ./{ENVIRONMENT}; set +a; make run\n"
    )
    sys.stdout.flush()
    uvicorn.run(talk.app, host="127.0.0.1", port=port, log_level="warning", ws="none")


if __name__ == "__main__":
    main()
