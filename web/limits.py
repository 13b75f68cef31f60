"""Rates of the web page: by address and by person. Whoever calls from this machine itself isn't limited."""

from __future__ import annotations

from typing import Optional

from starlette.requests import Request

from limits.address import is_here
from limits.buckets import Limiter
from settings.limits import LimitSettings, limit_settings
from watching import metrics


class WebLimits:
    """The page's buckets.

    Args:
        settings: by default those of the environment.
    """

    def __init__(self, settings: Optional[LimitSettings] = None) -> None:
        self._settings = settings or limit_settings()
        self._limiter = Limiter(self._settings.redis_url)

    async def allows(self, request: Request, sender: str) -> bool:
        """Say whether another message may come from here."""
        # Behind a proxy that uvicorn trusts (FORWARDED_ALLOW_IPS) it is the visitor's.
        address = request.client.host if request.client else ""
        if is_here(address):
            return True
        allowed = await self._limiter.take("address", address, self._settings.address) and await self._limiter.take(
            "person", sender, self._settings.person
        )
        if not allowed:
            metrics.REFUSED.labels("rate", "web").inc()
        return allowed

    async def counts_links(self, request: Request) -> bool:
        """Say whether a link that is opened from here is counted; in buckets of their own, beside the messages'."""
        address = request.client.host if request.client else ""
        return is_here(address) or await self._limiter.take("link", address, self._settings.address)

    async def close(self) -> None:
        """Close the connections."""
        await self._limiter.close()
