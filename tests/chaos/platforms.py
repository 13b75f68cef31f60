"""The three platforms as people and their messages: how each posts a message, what arrived there and when."""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse

from tests.fakes import telegram_updates
from tests.fakes.serving import serving
from tests.fakes.telegram import TOKEN, Platform
from tests.fakes.zalo_bot import FakeZaloBot, update
from tests.fakes.zalo_events import Sender
from tests.fakes.zalo_oa import FakeZaloOa, Received

SECRET = "shown-by-platforms-of-the-chaos-run"


@dataclass(frozen=True)
class Letter:
    """A message, as bytes that are posted again and again until they are taken."""

    path: str
    body: bytes
    headers: dict[str, str]


class Fake(Protocol):
    """A platform."""

    name: str
    sender: str
    """What our senders of it begin with."""
    arrived: dict[str, list[tuple[float, str]]]
    """When and what, by person."""

    def app(self) -> Starlette: ...

    def environment(self, url: str) -> dict[str, str]: ...

    def person(self, number: int) -> str: ...

    def letter(self, person: str, number: int, text: str) -> Letter: ...


def _empty() -> dict[str, list[tuple[float, str]]]:
    return defaultdict(list)


@dataclass
class Telegram(Platform):
    """Telegram."""

    name = "telegram"
    sender = "tg:"
    arrived: dict[str, list[tuple[float, str]]] = field(default_factory=_empty)

    def environment(self, url: str) -> dict[str, str]:
        rates = dict.fromkeys(("MOTCUA_TELEGRAM_RATE", "MOTCUA_TELEGRAM_CHAT_RATE"), "10000")
        address = {
            "MOTCUA_TELEGRAM_TOKEN": TOKEN,
            "MOTCUA_TELEGRAM_SECRET": SECRET,
            "MOTCUA_TELEGRAM_API": f"{url}/bot",
        }
        return {**rates, **address, "MOTCUA_TELEGRAM_PROFILE": "off"}

    def person(self, number: int) -> str:
        return str(700_000_000 + number)

    def letter(self, person: str, number: int, text: str) -> Letter:
        made = telegram_updates.text(number, text, int(person))
        return _letter("telegram", made, {"X-Telegram-Bot-Api-Secret-Token": SECRET})

    def _sendMessage(self, given: dict[str, Any]) -> JSONResponse:  # noqa: N802
        answer = super()._sendMessage(given)
        if answer.status_code == 200:
            chat = int(given["chat_id"])
            self.arrived[str(chat)].append((time.monotonic(), self.chats[chat][-1]["text"]))
        return answer


class ZaloOa:
    """A Zalo Official Account."""

    name, sender = "zalo", "zalo:"

    def __init__(self) -> None:
        self.arrived = _empty()
        self._fake = FakeZaloOa(on_message=self._take)
        self._signer = Sender()

    def _take(self, message: Received) -> None:
        self.arrived[message.user].append((time.monotonic(), message.text))

    def app(self) -> Starlette:
        return self._fake.app

    def environment(self, url: str) -> dict[str, str]:
        return {
            "MOTCUA_ZALO_APP_ID": self._fake.app_id, "MOTCUA_ZALO_OA_ID": self._fake.oa_id,
            "MOTCUA_ZALO_APP_SECRET": self._fake.app_secret, "MOTCUA_ZALO_OA_SECRET_KEY": self._signer.secret_key,
            "MOTCUA_ZALO_REFRESH_TOKEN": self._fake.first_refresh, "MOTCUA_ZALO_API_URL": url,
            "MOTCUA_ZALO_OAUTH_URL": url,
        }  # fmt: skip

    def person(self, number: int) -> str:
        return f"63{number:017d}"

    def letter(self, person: str, number: int, text: str) -> Letter:
        raw, headers = self._signer.signed(self._signer.text(text, person))
        return Letter("/webhooks/zalo/webhook", raw, dict(headers))


class ZaloBot:
    """The Zalo Bot Platform."""

    name, sender = "zalobot", "zalobot:"

    def __init__(self) -> None:
        self._fake = FakeZaloBot()
        self.arrived = _empty()

    def app(self) -> Starlette:
        fake, arrived = self._fake, self.arrived

        class Received(list[tuple[str, str]]):
            def append(self, entry: tuple[str, str]) -> None:
                arrived[entry[0]].append((time.monotonic(), entry[1]))

        fake.received = Received()
        return fake.app

    def environment(self, url: str) -> dict[str, str]:
        return {
            "MOTCUA_ZALOBOT_TOKEN": self._fake.token,
            "MOTCUA_ZALOBOT_SECRET": SECRET,
            "MOTCUA_ZALOBOT_API_URL": url,
        }

    def person(self, number: int) -> str:
        return f"0a1b2c3d4e5f{number:08d}"

    def letter(self, person: str, number: int, text: str) -> Letter:
        return _letter("zalobot", update("text", person, text=text), {"X-Bot-Api-Secret-Token": SECRET})


def _letter(channel: str, made: dict[str, Any], headers: dict[str, str]) -> Letter:
    request = httpx.Request("POST", "http://x", json=made)
    return Letter(f"/webhooks/{channel}/webhook", request.content, {**headers, "Content-Type": "application/json"})


@contextlib.contextmanager
def platforms() -> Iterator[tuple[list[Fake], dict[str, str]]]:
    """The three as servers on loopback, and the settings with which the product finds them."""
    fakes: list[Fake] = [Telegram(), ZaloOa(), ZaloBot()]
    settings: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for fake in fakes:
            settings |= fake.environment(stack.enter_context(serving(fake.app())))
        yield fakes, settings
