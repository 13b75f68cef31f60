"""The access token in use: renewed in time, by one process, and never from a refresh token that was already used."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from typing import Optional

import httpx

from bot.channels.inbox.database import Inbox
from bot.channels.zalo_oa import token_store
from bot.channels.zalo_oa.errors import Unanswered
from bot.channels.zalo_oa.oauth import Pair, Refused, exchange_refresh
from bot.channels.zalo_oa.token_store import State, Stored
from settings.zalo import OaSettings

logger = logging.getLogger(__name__)

SECOND_TRY = 600.0
"""Seconds before the one further try with a token of which nobody knows whether it is spent."""
_RETRY = 30.0
"""Seconds before another try where the request never left."""
_MARGIN = 60.0
"""Seconds before its end from which an access token isn't used."""
_WAIT = 0.1
"""Seconds between looks at what the process with the lease is doing."""
LINK_ANEW = "Refresh token của Zalo không dùng được nữa; chạy 'motcua channels zalo-link' để cấp quyền lại."
NO_TOKEN = "Chưa có token Zalo; chạy 'motcua channels zalo-link' để cấp quyền lần đầu."


class NoToken(Exception):
    """No usable access token.

    Attributes:
        remedy: what an administrator does (Vietnamese).
        after: seconds after which it may be there; None where a person has to act.
    """

    def __init__(self, remedy: str, after: Optional[float] = None) -> None:
        super().__init__("no zalo token")
        self.remedy = remedy
        self.after = after


class TokenManager:
    """Hands out the access token of one account."""

    def __init__(
        self, inbox: Inbox, settings: OaSettings, http: httpx.AsyncClient, clock: Callable[[], float] = time.time
    ) -> None:
        self._inbox = inbox
        self._settings = settings
        self._http = http
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._alone = asyncio.Lock()

    async def access(self) -> str:
        """A token to use now, renewed first where it is due.

        Raises:
            NoToken: there is none.
        """
        stored = await self._stored()
        now = self._clock()
        usable = bool(stored.access) and stored.expires_at - _MARGIN > now
        due = not usable or now - stored.renewed_at > self._settings.refresh_after
        if not due:
            return stored.access
        try:
            return await self._renew(stored.access)
        except NoToken:
            if usable:  # the old one still is good; the next call tries again
                return stored.access
            raise

    async def after_rejection(self, rejected: str) -> str:
        """A token other than the one that Zalo has just rejected.

        Raises:
            NoToken: there is none.
        """
        stored = await self._stored()
        if stored.access and stored.access != rejected:
            return stored.access
        return await self._renew(rejected)

    async def _stored(self) -> Stored:
        stored = await asyncio.to_thread(self._read)
        if stored is None:
            first = Pair(self._settings.first_access_token, self._settings.first_refresh_token, 3600.0)
            if not (first.access or first.refresh):
                raise NoToken(NO_TOKEN)
            await asyncio.to_thread(token_store.seed, self._inbox, self._settings.oa_id, first, self._clock())
            stored = await asyncio.to_thread(self._read)
            assert stored is not None
        return stored

    def _read(self) -> Optional[Stored]:
        with self._inbox.begin() as connection:
            return token_store.read(connection, self._settings.oa_id)

    async def _renew(self, old: str) -> str:
        """Get a token other than ``old``: by renewing, or from the process that is renewing."""
        async with self._alone:  # tasks of this process wait here, other processes at the lease
            give_up = self._clock() + self._patience()
            while True:
                stored = await self._stored()
                if stored.access and stored.access != old:
                    return stored.access
                if stored.state is State.SPENT or not stored.refresh:
                    raise NoToken(LINK_ANEW)
                now = self._clock()
                if stored.state in (State.UNCERTAIN, State.GOOD) and stored.lease_until >= now:
                    raise NoToken("Zalo chưa trả lời yêu cầu cấp token; trợ lý sẽ thử lại.", stored.lease_until - now)
                if await asyncio.to_thread(
                    token_store.lease,
                    self._inbox,
                    self._settings.oa_id,
                    stored.refresh,
                    self._owner,
                    now,
                    now + self._patience(),
                ):
                    # A turn that is given up meanwhile must not throw away the only pair that works.
                    using = asyncio.ensure_future(self._use(stored))
                    using.add_done_callback(_looked_at)
                    return await asyncio.shield(using)
                if self._clock() > give_up:
                    raise NoToken("Tiến trình khác đang xin token Zalo mà chưa xong.", 5.0)
                await asyncio.sleep(_WAIT)

    def _patience(self) -> float:
        """Seconds of a lease: one call and what writing takes."""
        return self._settings.timeout + 10.0

    async def _use(self, stored: Stored) -> str:
        """Exchange the refresh token; the lease is ours."""
        account, now = self._settings.oa_id, self._clock()
        doubtful = stored.state is not State.GOOD
        try:
            pair = await exchange_refresh(self._http, self._settings, stored.refresh)
        except Refused as error:
            await asyncio.to_thread(token_store.settle, self._inbox, account, self._owner, State.SPENT)
            logger.error("zalo refused the refresh token (%d); consent is needed anew", error.code)
            raise NoToken(LINK_ANEW) from None
        except Unanswered as error:
            if not error.sent:
                state = stored.state if doubtful else State.GOOD
                await self._settle(State.UNCERTAIN if state is State.TRYING else state, now + _RETRY)
                raise NoToken("Không gọi được máy chủ cấp token của Zalo; trợ lý sẽ thử lại.", _RETRY) from None
            # The token may be spent. One further try later tells; a loop of tries would only hide it.
            logger.error("zalo did not answer a token request; the refresh token may be spent")
            if doubtful:
                await self._settle(State.SPENT, 0.0)
                raise NoToken(LINK_ANEW) from None
            await self._settle(State.UNCERTAIN, now + SECOND_TRY)
            raise NoToken("Zalo chưa trả lời yêu cầu cấp token; trợ lý sẽ thử lại.", SECOND_TRY) from None
        if await asyncio.to_thread(token_store.keep, self._inbox, account, stored.refresh, pair, self._clock()):
            return pair.access
        return (await self._stored()).access

    async def _settle(self, state: State, hold_until: float) -> None:
        await asyncio.to_thread(token_store.settle, self._inbox, self._settings.oa_id, self._owner, state, hold_until)


def _looked_at(done: asyncio.Future[str]) -> None:
    """Keep Python from complaining about an error that nobody waited for any more; it was logged where it arose."""
    if not done.cancelled():
        done.exception()
