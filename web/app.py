"""The application and its chat page, which works with and without JavaScript over a signed session."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Optional

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from accounts.database import Accounts
from knowledge.library import Library
from privacy import mask
from settings.privacy import privacy_settings
from watching import metrics
from web import open_data, portal, procedures, verifiers, words
from web.assistant import Assistant, apology
from web.console import rooms
from web.console import words as console_words
from web.console.htmx import htmx
from web.console.visit import ROOT
from web.guards import BodyLimit, SecurityHeaders, secure
from web.handover import Handover, OpenDesk, Passed, View, new_messages
from web.health import figures, health, readiness
from web.limits import WebLimits
from web.privacy_page import privacy_page
from web.session import (
    new_sender,
    read_transcript,
    remember,
    same_site,
    sender_of,
    sign_transcript,
)
from web.templating import templates

HERE = Path(__file__).parent
NOTHING_NEW = View()
LONGEST_TEXT = 20_000
"""Characters accepted in one message; the assistant reads the first 2,000."""


def _page(
    request: Request, sender: str, exchanges: list[dict[str, Any]], view: View = NOTHING_NEW, status: int = 200
) -> Response:
    response = templates.TemplateResponse(
        request,
        "chat.html",
        {
            "words": words,
            "exchanges": exchanges,
            "transcript": sign_transcript(exchanges),
            "view": view,
            "privacy": privacy_settings(),
        },
        status_code=status,
    )
    remember(response, request, sender)
    return response


async def chat_page(request: Request) -> Response:
    """The page with its greeting."""
    sender = sender_of(request)
    view = await request.app.state.handover.view(sender)
    return _page(request, sender or new_sender(), [], view)


async def chat_form(request: Request) -> Response:
    """The form without JavaScript: the whole page again, with the answer."""
    if not same_site(request):
        raise HTTPException(403)
    form = await request.form()
    text, button = _field(form.get("text")), _field(form.get("button"))
    exchanges = read_transcript(_field(form.get("transcript")) or "")
    sender = sender_of(request) or new_sender()
    title = _field(form.get("title"))
    exchange = await _exchange(request, sender, text, button, title)
    waiting, _ = await request.app.state.handover.news(sender)
    said = title if button else text
    replies = [*exchange["trees"], *(one.tree for one in waiting)]
    exchanges.append({"said": mask((said or button or "")[:500]).text, "replies": replies})
    return _page(request, sender, exchanges, await request.app.state.handover.view(sender))


async def message(request: Request) -> Response:
    """The script's way: one message in JSON, the replies as HTML and the turn's record back."""
    if not same_site(request):
        return JSONResponse({"error": words.STRANGE}, status_code=403)
    try:
        body = await request.json()
    except ValueError:
        return JSONResponse({"error": words.STRANGE}, status_code=400)
    if not isinstance(body, dict):
        return JSONResponse({"error": words.STRANGE}, status_code=400)
    sender = sender_of(request) or new_sender()
    text, button, title = (_field(body.get(name)) for name in ("text", "button", "title"))
    exchange = await _exchange(request, sender, text, button, title)
    with metrics.stage("render"):
        html = "".join(templates.get_template("reply.html").render(reply=tree) for tree in exchange["trees"])
    # The script looks for news where there may be any.
    news = (await request.app.state.handover.view(sender)).open
    response = JSONResponse({"html": html, "turn": exchange["turn"], "open": news})
    remember(response, request, sender)
    return response


async def _exchange(
    request: Request, sender: str, text: Optional[str], button: Optional[str], title: Optional[str]
) -> dict[str, Any]:
    if text is not None and len(text) > LONGEST_TEXT:
        result = apology(words.TOO_LARGE)
    elif not (text or button):
        result = apology(words.EMPTY)
    elif not await request.app.state.limits.allows(request, sender):
        result = apology(words.SLOW_DOWN)
    else:
        passed: Passed = await request.app.state.handover.take(sender, text, button, title)
        if not passed.turn:
            return {"trees": list(passed.trees), "turn": None}
        assistant: Assistant = request.app.state.assistant
        result = await assistant.send(sender, text, button)
    return {"trees": result.replies, "turn": result.turn}


def _field(value: Any) -> Optional[str]:
    return value if isinstance(value, str) and value else None


async def on_error(request: Request, error: Exception) -> Response:
    """Errors in words, never a stack trace."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    missing = words.NO_PROCEDURE if request.url.path.startswith("/thu-tuc/") else words.NOT_FOUND
    in_console = request.url.path.startswith(f"{ROOT}/")
    too_large = console_words.TOO_LARGE if in_console else words.TOO_LARGE
    text = {404: missing, 413: too_large, 500: words.FAILED}.get(status, words.STRANGE)
    response: Response
    if request.url.path.startswith("/api/"):
        response = JSONResponse({"error": text}, status_code=status)
    else:
        response = templates.TemplateResponse(
            request, "error.html", {"words": words, "text": text, "in_console": in_console}, status_code=status
        )
    # Starlette answers an unforeseen error outside of all middleware, so the headers are added here.
    secure(response.headers, request.url.path)
    return response


def create_app(
    assistant: Optional[Assistant] = None,
    library: Optional[Library] = None,
    accounts: Optional[Accounts] = None,
    open_desk: Optional[OpenDesk] = None,
) -> Starlette:
    """Make the application.

    Args:
        assistant: the way to Rasa; by default that of the settings.
        library: the knowledge that the pages show; by default that of the settings' database.
        accounts: the staff; by default those of the library's database.
        open_desk: opens the staff's desk; without it nobody is handed over and no notice is shown.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.assistant = assistant or Assistant()
        app.state.library = library or Library()
        app.state.accounts = accounts  # opened when the console is first asked for
        app.state.handover = Handover(open_desk)
        app.state.limits = WebLimits()
        yield
        await app.state.limits.close()
        await app.state.assistant.close()

    return Starlette(
        routes=[
            Route("/", chat_page, methods=["GET"]),
            Route("/", chat_form, methods=["POST"]),
            Route("/api/message", message, methods=["POST"]),
            Route("/api/new-messages", new_messages),
            Route("/quyen-rieng-tu", privacy_page),
            Route("/thu-tuc", procedures.procedures_page),
            Route("/thu-tuc.json", open_data.list_json),
            Route("/thu-tuc.csv", open_data.list_csv),
            Route("/thu-tuc/{code}.json", open_data.procedure_json),
            Route("/thu-tuc/{code}", procedures.procedure_page),
            Route("/openapi.json", open_data.openapi_json),
            Route("/du-lieu-mo", open_data.open_data_page),
            Route("/healthz", health),
            Route("/readyz", readiness),
            *portal.ROUTES,
            Route("/metrics", figures),
            *verifiers.ROUTES,
            *rooms.routes(),
            Route("/static/htmx.js", htmx),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(BodyLimit, larger=rooms.large_bodies())],
        exception_handlers={HTTPException: on_error, Exception: on_error},
        lifespan=lifespan,
    )
