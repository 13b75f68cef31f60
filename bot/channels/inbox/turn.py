"""What a message becomes before its turn, and what becomes of the replies after it."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.channels import words
from bot.channels.inbox.channel import Channel
from bot.channels.inbox.messages import Answer
from bot.channels.payloads import harmless, to_rasa
from rendering.tree import Button, Tree

# Menus ask for a number; some write 'số 2' or '2 nhé'. Anything longer is the assistant's to understand.
_NUMBER = re.compile(r"\s*(?:(?:số|so|chọn|chon)\s+)*(\d{1,2})\s*[.)]?(?:\s*(?:nhé|nhe|nha|ạ|đi))?\s*", re.I)


def picked(text: str, offered: tuple[str, ...]) -> str | None:
    """The payload that a bare number picks from the last numbered menu, or None."""
    match = _NUMBER.fullmatch(text)
    number = int(match.group(1)) if match else 0
    return offered[number - 1] if 1 <= number <= len(offered) else None


def text_for_rasa(text: str, longest: int) -> str:
    """What somebody typed, as Rasa may see it. A message without letters still is a turn, and Rasa wants some text."""
    return harmless(text[:longest]) or "…"


def token_maker(secret: str, sender: str) -> Callable[[Button], str]:
    """How a person's buttons get their tokens: short, the same for the same button, useless to anyone else.

    A token takes 18 bytes of the 64 that Telegram allows.
    """
    key = hashlib.blake2b(secret.encode(), digest_size=32).digest()

    def token_of(button: Button) -> str:
        told = f"{sender}\0{button.payload}".encode()
        return "k:" + urlsafe_b64encode(hashlib.blake2b(told, key=key, digest_size=12).digest()).decode()

    return token_of


def make_answer(channel: Channel, sender: str, trees: list[Tree], secret: str) -> Answer:
    """Render replies for a channel, with what their buttons stand for.

    Buttons whose payload isn't of our grammar are left out: nothing could be done with their tap.
    """
    token_of = token_maker(secret, sender)
    bodies: list[dict[str, Any]] = []
    buttons: list[tuple[str, str, str]] = []
    offered: list[str] = []
    for tree in trees:
        usable = tuple(button for button in tree.buttons if button.url or to_rasa(button.payload or ""))
        ready = replace(tree, buttons=usable).with_tokens(token_of)
        bodies.extend(channel.render(ready))
        chosen = ready.choices()
        buttons.extend((button.token or "", button.payload or "", button.title) for button in chosen)
        if chosen:
            offered = [button.payload or "" for button in chosen]
    # Any new answer replaces the menu: a number must never pick from a list that has scrolled away.
    return Answer(bodies, buttons, offered)


def ready_words(name: str) -> Tree:
    """Ready words; unknown names get the apology, since saying nothing would be worse."""
    return words.say(name if words.known(name) else "apology")
