"""The chat page while its visitor waits for, or talks with, a person of the staff; and what the desk has for them."""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Optional

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desk import citizen, outgoing, passing, words
from desk.database import Desk
from desk.passing import Passing
from privacy import mask
from storage.errors import DatabaseUnreachable
from web.session import same_site, sender_of
from web.templating import templates
from web.words import FAILED, STRANGE

logger = logging.getLogger(__name__)

OpenDesk = Callable[[], Desk]
_LOOKS = 5
"""Looks at a conversation that changes under a message, before one gives up."""
_LONGEST_TITLE = 100


@dataclass(frozen=True)
class View:
    """What the desk has for a visitor when the page is loaded.

    Attributes:
        after: number of the last message that a page of theirs has shown.
        open: the page is to look for news.
        trees: what no page has shown yet, for pages without scripts.
    """

    after: int = 0
    open: bool = False
    trees: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Passed:
    """What became of a message.

    Attributes:
        trees: what is said at once.
        turn: the assistant answers as well.
    """

    trees: tuple[dict[str, Any], ...] = ()
    turn: bool = True


class Handover:
    """The desk as the chat page uses it. A desk that can't be reached leaves visitors with the assistant.

    Args:
        open_desk: opens the desk when it is first needed; None for a page without one.
    """

    def __init__(self, open_desk: Optional[OpenDesk] = None) -> None:
        self._open_desk = open_desk
        self._desk: Optional[Desk] = None
        self._lock = threading.Lock()

    def desk(self) -> Desk:
        """The desk, for the staff's pages.

        Raises:
            DatabaseUnreachable: there is none, or it doesn't answer.
        """
        desk = self._opened()
        if desk is None:
            raise DatabaseUnreachable("Chưa mở được bàn tiếp dân. Hãy xem MOTCUA_INBOX_URL và thử lại sau ít phút.")
        return desk

    def _opened(self) -> Optional[Desk]:
        if self._open_desk is None:
            return None
        with self._lock:
            if self._desk is None:
                try:
                    self._desk = self._open_desk()
                except DatabaseUnreachable:
                    logger.error("desk unreachable")
        return self._desk

    async def view(self, sender: Optional[str]) -> View:
        """What there is for a visitor who loads the page."""
        return await asyncio.to_thread(self._view, sender) if sender else View()

    def _view(self, sender: str) -> View:
        desk = self._opened()
        if desk is None:
            return View()
        try:
            shown = outgoing.for_page(desk, sender, peek=True)
            talking = citizen.find_open(desk, sender) is not None
            return View(outgoing.last_number(desk, sender), talking or bool(shown), tuple(one.tree for one in shown))
        except SQLAlchemyError as error:
            logger.error("desk unreachable: %s", type(error).__name__)
            return View()

    async def news(self, sender: str, after: Optional[int] = None) -> tuple[tuple[outgoing.Shown, ...], bool]:
        """What the desk has said since a message, and whether more is to be expected.

        Args:
            sender: the visitor.
            after: number of the last message that the page has; None for what no page has shown.
        """
        return await asyncio.to_thread(self._news, sender, after)

    def _news(self, sender: str, after: Optional[int]) -> tuple[tuple[outgoing.Shown, ...], bool]:
        desk = self._opened()
        if desk is None:
            return (), False
        try:
            shown = tuple(outgoing.for_page(desk, sender, after))
            return shown, citizen.find_open(desk, sender) is not None
        except SQLAlchemyError as error:
            logger.error("desk unreachable: %s", type(error).__name__)
            return (), after is not None

    async def take(self, sender: str, text: Optional[str], button: Optional[str], title: Optional[str]) -> Passed:
        """Put a message before the staff where its sender waits for them or talks with them.

        Args:
            sender: the visitor.
            text: what was typed.
            button: payload of what was tapped.
            title: of the button.
        """
        return await asyncio.to_thread(self._take, sender, text, button, title)

    def _take(self, sender: str, text: Optional[str], button: Optional[str], title: Optional[str]) -> Passed:
        desk = self._opened()
        if desk is None:
            return Passed()
        try:
            return _pass_on(desk, sender, text, button, (title or "")[:_LONGEST_TITLE] or None)
        except SQLAlchemyError as error:
            logger.error("desk unreachable: %s", type(error).__name__)
            return Passed((words.tree([FAILED]),), turn=False)


def _pass_on(desk: Desk, sender: str, text: Optional[str], button: Optional[str], title: Optional[str]) -> Passed:
    key = uuid.uuid4().hex
    for _ in range(_LOOKS):
        conversation = citizen.find_open(desk, sender)
        how: Optional[Passing]
        if button is not None:
            how = passing.of_button(conversation, button, title)
        else:
            how = passing.of_text(conversation, text or "") if conversation else None
        if how is None:
            return Passed()
        try:
            with desk.begin() as connection:
                how.write(connection, key)
        except citizen.NoLongerOpen:
            continue
        # Where the assistant answers as well, its door says so.
        told = ["masked"] if how.line and not how.turn and mask(how.line).kinds else []
        return Passed(tuple(map(words.say, [*told, *([how.says] if how.says else [])])), how.turn)
    return Passed()


async def new_messages(request: Request) -> Response:
    """``GET /api/new-messages?after=N``: what the staff and the desk have said since, as HTML."""
    given = request.query_params.get("after", "")
    sender = sender_of(request)
    if not same_site(request) or not given.isdecimal() or len(given) > 18:
        return JSONResponse({"error": STRANGE}, status_code=403 if given.isdecimal() else 400)
    if sender is None:
        return JSONResponse({"html": "", "after": int(given), "open": False})
    shown, still = await request.app.state.handover.news(sender, int(given))
    html = "".join(templates.get_template("reply.html").render(reply=one.tree) for one in shown)
    return JSONResponse({"html": html, "after": shown[-1].id if shown else int(given), "open": still})
