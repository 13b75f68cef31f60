"""The one door to the console's pages: same site, signed in, role, form token, in this order; else nothing is read."""

from __future__ import annotations

import hmac
import inspect
import threading
from collections.abc import Awaitable, Callable
from typing import cast
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accounts import sessions
from accounts.database import Accounts, open_accounts
from accounts.events import NOBODY, Event, record
from accounts.roles import Role
from storage.errors import MotCuaError
from web.console import cookies, words
from web.console.pages import Page, Tile
from web.console.visit import ROOT, Visit
from web.session import same_site

MOST_FIELDS = 3_000
"""Fields of one form: a procedure with many cases has some hundred."""
_OPENING = threading.Lock()


def accounts_of(app: Starlette) -> Accounts:
    """The accounts beside the knowledge that the application shows; opened when they are first asked for."""
    with _OPENING:
        if app.state.accounts is None:
            app.state.accounts = open_accounts(app.state.library.engine)
        return cast(Accounts, app.state.accounts)


def behind_the_door(page: Page, tiles: tuple[Tile, ...]) -> Callable[[Request], Awaitable[Response]]:
    """A page as Starlette calls it.

    Args:
        page: as it was declared.
        tiles: all parts of the console.
    """

    async def serve(request: Request) -> Response:
        accounts = await run_in_threadpool(accounts_of, request.app)
        token = cookies.read(request, cookies.SESSION)
        session = await run_in_threadpool(sessions.find, accounts, token) if token else None
        if session is not None and session.pending and isinstance(page.needs, Role):
            session = None
        visitor = cookies.read(request, cookies.VISITOR)
        fresh = "" if visitor else cookies.new_visitor()
        visit = Visit(
            request=request,
            accounts=accounts,
            session=session,
            tiles=tuple(
                tile for tile in tiles if session and not session.pending and session.user.role.may(tile.needs)
            ),
            token=cookies.form_token(token if session else visitor or fresh),
        )
        response = await _answer(page, visit)
        if session is None and fresh:
            cookies.put(response, request, cookies.VISITOR, fresh)
        return response

    return serve


async def _answer(page: Page, visit: Visit) -> Response:
    request = visit.request
    if page.method != "GET" and not own_site(request):
        return await _refuse(visit, page, words.OTHER_SITE, "từ trang khác")
    if isinstance(page.needs, Role):
        if visit.session is None:
            return _to_sign_in(visit)
        if not visit.session.user.role.may(page.needs):
            return await _refuse(visit, page, words.ROLE_MISSING.format(role=page.needs.label), page.needs.label)
    if page.method == "GET":
        return await _handle(page, visit)
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        visit.form = form
        if not _token_fits(visit, form):
            return await _refuse(visit, page, words.FORM_OLD, "mẫu cũ")
        return await _handle(page, visit)


async def _handle(page: Page, visit: Visit) -> Response:
    try:
        if inspect.iscoroutinefunction(page.handler):
            return cast(Response, await page.handler(visit))
        return cast(Response, await run_in_threadpool(page.handler, visit))
    except MotCuaError as error:
        # A page that knows better shows its form again; this is for all others.
        return visit.page("refused.html", status=422, text=str(error))


def own_site(request: Request) -> bool:
    """Say whether a form comes from our own page; where the browser says nothing about it, it doesn't."""
    told = request.headers.get("sec-fetch-site") is not None or request.headers.get("origin") is not None
    return told and same_site(request)


def _token_fits(visit: Visit, form: FormData) -> bool:
    shown = visit.request.headers.get("x-form-token") or form.get("form_token")
    return isinstance(shown, str) and hmac.compare_digest(shown.encode(), visit.token.encode())


def _to_sign_in(visit: Visit) -> Response:
    request = visit.request
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method == "GET" else ""
    address = f"{ROOT}/dang-nhap" + (f"?tiep={quote(back, safe='/')}" if back not in ("", ROOT) else "")
    if visit.live:
        # htmx would put the sign-in page into a corner of the page.
        return Response(status_code=401, headers={"HX-Redirect": f"{ROOT}/dang-nhap"})
    return RedirectResponse(address, status_code=303)


async def _refuse(visit: Visit, page: Page, text: str, why: str) -> Response:
    if visit.session is not None:
        # Only of somebody known: anybody could fill the log otherwise.
        await run_in_threadpool(_write_down, visit, f"{page.method} {page.path}: {why}")
    return visit.page("refused.html", status=403, text=text)


def _write_down(visit: Visit, details: str) -> None:
    actor = visit.session.user.name if visit.session else NOBODY
    with visit.accounts.write() as connection:
        record(connection, Event.REFUSED, actor, details=details, address=visit.address)
