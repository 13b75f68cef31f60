"""The web page's door stays shut, and upright, before whatever a stranger shows as the secret."""

from __future__ import annotations

import httpx
import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.web import WebInput
from tests.fakes.rasa_server import rasa_server


@pytest.mark.parametrize("shown", [b"", b"sai", b"\xff\xfe", "bí mật".encode()])
async def test_a_wrong_secret_is_refused(shown: bytes) -> None:
    async def turn(message: UserMessage) -> None:
        raise AssertionError

    async with rasa_server([WebInput("bi-mat-cua-trang-web")], turn) as url, httpx.AsyncClient() as http:
        answer = await http.post(f"{url}/webhooks/web/message", content=b"{}", headers=[(b"X-Motcua-Secret", shown)])
    assert answer.status_code == 403
