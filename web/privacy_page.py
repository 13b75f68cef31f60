"""The page that says what is kept of people, for how long, and how they have it deleted."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from settings.privacy import privacy_settings
from web import words
from web.templating import templates


async def privacy_page(request: Request) -> Response:
    """The page, as the settings say now."""
    return templates.TemplateResponse(request, "privacy.html", {"words": words, "privacy": privacy_settings()})
