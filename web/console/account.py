"""One's own account: name, password, one-time codes, other sessions."""

from __future__ import annotations

import segno
from starlette.responses import Response

from accounts import codes, managing, signing_in
from accounts.errors import AccountError
from accounts.roles import Role
from accounts.sessions import Session, count_sessions
from web.console import cookies, words
from web.console.pages import Pages, Tile
from web.console.visit import Visit

pages = Pages(Tile("/tai-khoan", words.ACCOUNT, words.ACCOUNT_TEXT, Role.VIEWER))


@pages.get("/tai-khoan", Role.VIEWER)
def account(visit: Visit) -> Response:
    """What one may change of one's own."""
    return _page(visit)


@pages.post("/tai-khoan/ten", Role.VIEWER)
def rename(visit: Visit) -> Response:
    """Another name to be called by."""
    try:
        managing.set_full_name(visit.accounts, visit.user.id, visit.text("ten_hien_thi"), actor=visit.user.name)
    except AccountError as error:
        return _page(visit, status=422, name_fault=str(error), typed=visit.text("ten_hien_thi"))
    return visit.go("/tai-khoan", words.NAMED)


@pages.post("/tai-khoan/mat-khau", Role.VIEWER)
def password(visit: Visit) -> Response:
    """Another password; every other session of theirs ends."""
    if visit.raw("moi") != visit.raw("lan_hai"):
        return _page(visit, status=422, password_fault=words.NOT_THE_SAME)
    try:
        token = signing_in.change_password(
            visit.accounts, _session(visit), visit.raw("cu"), visit.raw("moi"), address=visit.address
        )
    except AccountError as error:
        return _page(visit, status=422, password_fault=str(error))
    response = visit.go("/tai-khoan", words.PASSWORD_CHANGED)
    cookies.put(response, visit.request, cookies.SESSION, token)
    return response


@pages.post("/tai-khoan/phien", Role.VIEWER)
def end_other_sessions(visit: Visit) -> Response:
    """Sign out everywhere else."""
    managing.end_sessions(visit.accounts, visit.user.id, actor=visit.user.name, but=_session(visit).key)
    return visit.go("/tai-khoan", words.OTHERS_ENDED)


@pages.post("/tai-khoan/ma", Role.VIEWER)
def propose_codes(visit: Visit) -> Response:
    """Make a key for the telephone; nothing changes until it has shown a code."""
    try:
        signing_in.check_own_password(visit.accounts, _session(visit), visit.raw("mat_khau"), address=visit.address)
    except AccountError as error:
        return _page(visit, status=422, codes_fault=str(error))
    codes.propose(visit.accounts, visit.user.id)
    return _codes_page(visit)


@pages.post("/tai-khoan/ma/bat", Role.VIEWER)
def codes_on(visit: Visit) -> Response:
    """The telephone has shown a code: from now on it is asked for. The recovery codes are shown this once."""
    try:
        recovery = codes.turn_on(visit.accounts, visit.user.id, visit.text("ma"), session=_session(visit).key)
    except AccountError as error:
        return _codes_page(visit, status=422, fault=str(error))
    return visit.page("recovery_codes.html", recovery=recovery)


@pages.post("/tai-khoan/ma/tat", Role.VIEWER)
def codes_off(visit: Visit) -> Response:
    """Sign in without codes again; all sessions end, so that nobody else's lives on."""
    try:
        signing_in.check_own_password(visit.accounts, _session(visit), visit.raw("mat_khau"), address=visit.address)
    except AccountError as error:
        return _page(visit, status=422, codes_fault=str(error))
    managing.codes_off(visit.accounts, visit.user.id, actor=visit.user.name)
    response = visit.go("/dang-nhap", words.CODES_OFF)
    cookies.drop(response, visit.request, cookies.SESSION)
    return response


def _session(visit: Visit) -> Session:
    if visit.session is None:
        raise RuntimeError("no page of this part is open to anyone")
    return visit.session


def _page(visit: Visit, status: int = 200, **faults: str) -> Response:
    others = count_sessions(visit.accounts).get(visit.user.id, 1) - 1
    left = codes.count_recovery_codes(visit.accounts, visit.user.id)
    return visit.page("account.html", status=status, others=others, recovery_left=left, **faults)


def _codes_page(visit: Visit, status: int = 200, fault: str = "") -> Response:
    secret = codes.proposed(visit.accounts, visit.user.id)
    if secret is None:
        return visit.go("/tai-khoan")
    address = codes.address_of(secret, visit.user.name)
    picture = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True)
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return visit.page("codes.html", status=status, fault=fault, picture=picture, secret=spaced)
