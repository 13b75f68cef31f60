"""Coming in and going out: password, one-time code, set-up link."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from accounts import signing_in
from accounts.errors import AccountError, LinkSpent
from accounts.roles import Role
from web.console import cookies, words
from web.console.pages import ANYONE, Pages
from web.console.visit import ROOT, Visit

pages = Pages()
_OWN_PATH = re.compile(r"/quan-tri(?:/(?!\.)[\w.~-]+)*(?:\?[\w.~=&%+-]*)?", re.ASCII)


def way_on(wanted: str) -> str:
    """Where to go after the sign-in: a page of the console, whatever a link says."""
    return wanted if _OWN_PATH.fullmatch(wanted) and "/dang-" not in wanted else ROOT


@pages.get("/dang-nhap", ANYONE)
def sign_in_page(visit: Visit) -> Response:
    """The form; who has signed in already goes on."""
    if visit.session and not visit.session.pending:
        return RedirectResponse(way_on(visit.query("tiep")), status_code=303)
    return visit.page("sign_in.html", wanted=way_on(visit.query("tiep")))


@pages.post("/dang-nhap", ANYONE)
def sign_in(visit: Visit) -> Response:
    """Name and password; every sign-in gets a fresh session, whatever the browser brought."""
    wanted = way_on(visit.text("tiep"))
    try:
        begun = signing_in.sign_in(visit.accounts, visit.text("ten"), visit.raw("mat_khau"), address=visit.address)
    except AccountError as error:
        return visit.page("sign_in.html", status=422, wanted=wanted, fault=str(error), name=visit.text("ten"))
    if visit.session:
        signing_in.sign_out(visit.accounts, visit.session)
    if begun.pending:
        return _enter(visit, begun.token, f"{ROOT}/dang-nhap/ma?tiep={quote(wanted, safe='/')}")
    return _enter(visit, begun.token, wanted)


@pages.get("/dang-nhap/ma", ANYONE)
def code_page(visit: Visit) -> Response:
    """The form for the one-time code."""
    if visit.session is None or not visit.session.pending:
        return visit.go("/dang-nhap")
    return visit.page("code.html", wanted=way_on(visit.query("tiep")))


@pages.post("/dang-nhap/ma", ANYONE)
def code(visit: Visit) -> Response:
    """The one-time code; the session gets another token."""
    if visit.session is None or not visit.session.pending:
        return visit.go("/dang-nhap", words.TOO_SLOW, bad=True)
    wanted = way_on(visit.text("tiep"))
    try:
        begun = signing_in.confirm_code(visit.accounts, visit.session, visit.text("ma"), address=visit.address)
    except AccountError as error:
        return visit.page("code.html", status=422, wanted=wanted, fault=str(error))
    return _enter(visit, begun.token, wanted)


@pages.post("/dang-xuat", Role.VIEWER)
def sign_out(visit: Visit) -> Response:
    """End the session here and in the database."""
    if visit.session:
        signing_in.sign_out(visit.accounts, visit.session)
    response = visit.go("/dang-nhap", words.SIGNED_OUT)
    cookies.drop(response, visit.request, cookies.SESSION)
    # Nothing of what was seen stays in the browser.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.get("/bat-dau/{token}", ANYONE)
def set_up_page(visit: Visit) -> Response:
    """The form with which somebody new chooses a password."""
    try:
        owner = signing_in.user_of_link(visit.accounts, visit.path("token"))
    except LinkSpent as error:
        return visit.page("refused.html", status=404, text=str(error))
    return visit.page("set_up.html", owner=owner)


@pages.post("/bat-dau/{token}", ANYONE)
def set_up(visit: Visit) -> Response:
    """Take the password; they sign in with it afterwards."""
    token = visit.path("token")
    try:
        owner = signing_in.user_of_link(visit.accounts, token)
    except LinkSpent as error:
        return visit.page("refused.html", status=404, text=str(error))
    if visit.raw("mat_khau") != visit.raw("lan_hai"):
        return visit.page("set_up.html", status=422, owner=owner, fault=words.NOT_THE_SAME)
    try:
        signing_in.set_up(visit.accounts, token, visit.raw("mat_khau"))
    except AccountError as error:
        return visit.page("set_up.html", status=422, owner=owner, fault=str(error))
    return visit.go("/dang-nhap", words.PASSWORD_CHOSEN)


def _enter(visit: Visit, token: str, address: str) -> Response:
    response = RedirectResponse(address, status_code=303)
    cookies.put(response, visit.request, cookies.SESSION, token)
    cookies.drop(response, visit.request, cookies.VISITOR)
    return response
