"""One message through Rasa: what is asked of it, and what it answers."""

from __future__ import annotations

import hashlib
import inspect
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot.channels import words
from bot.channels.arrival import received
from bot.channels.inbox.channel import Channel, Incoming
from bot.channels.inbox.messages import Answer
from bot.channels.payloads import harmless, to_rasa
from rendering.tree import Button, Tree, read_tree
from watching import metrics

ERASE = "erase"
"""The wish of actions/privacy_talk.py."""
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
# Menus ask for a number; some write 'số 2' or '2 nhé'. Anything longer is the assistant's to understand.
_NUMBER = re.compile(r"\s*(?:(?:số|so|chọn|chon)\s+)*(\d{1,2})\s*[.)]?(?:\s*(?:nhé|nhe|nha|ạ|đi))?\s*", re.I)


class NoAnswer(Exception):
    """The turn ended without a word: the action server is away, or an action failed."""


@dataclass(frozen=True)
class Said:
    """What a turn ended with: the replies, and whether the person wants to be forgotten."""

    trees: list[Tree]
    erase: bool = False


class Collector(OutputChannel):
    """Keeps the replies of one turn.

    Args:
        name: the channel's; Rasa chooses responses by it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.trees: list[Tree] = []
        self.wish: str | None = None
        self.record: dict[str, Any] | None = None

    def name(self) -> str:
        """The channel's name."""
        return self._name

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply: the tree of our actions, or Rasa's own text; and what the door is asked to do."""
        self.wish = message.get("wish") or self.wish
        self.record = message.get("turn") or self.record
        self._keep(read_tree(message.get("reply"), message.get("text") or ""))

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a plain text."""
        self._keep(read_tree(None, text))

    def _keep(self, tree: Tree) -> None:
        if tree.blocks:
            self.trees.append(tree)


async def run_turn(on_new_message: OnNewMessage, channel: Channel, incoming: Incoming, text: str) -> Said:
    """Give a text to Rasa and wait for what it says.

    Args:
        on_new_message: Rasa's handler.
        channel: where the message came from.
        incoming: the message.
        text: harmless text, or a payload that we made ourselves.

    Raises:
        NoAnswer: it said nothing.
    """
    collector = Collector(channel.name)
    # A message without letters still is a turn; Rasa wants some text.
    message = UserMessage(
        text or "…",
        collector,
        incoming.sender,
        input_channel=channel.name,
        message_id=incoming.key,
        metadata=received(),
    )
    started = time.monotonic()
    handled = on_new_message(message)
    if inspect.isawaitable(handled):
        await handled
    metrics.turn(channel.name, collector.record if collector.trees else None, time.monotonic() - started)
    if not collector.trees:
        raise NoAnswer
    return Said(collector.trees, erase=collector.wish == ERASE)


def picked(text: str, offered: tuple[str, ...]) -> str | None:
    """The payload that a bare number picks from the last numbered menu, or None."""
    match = _NUMBER.fullmatch(text)
    number = int(match.group(1)) if match else 0
    return offered[number - 1] if 1 <= number <= len(offered) else None


def text_for_rasa(text: str, longest: int) -> str:
    """What somebody typed, as Rasa may see it."""
    return harmless(text[:longest])


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
