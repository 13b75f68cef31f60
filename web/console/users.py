"""The staff, for administrators: who there is, add, role, lock, reset, sign out."""

from __future__ import annotations

from starlette.responses import Response

from accounts import managing
from accounts.errors import AccountError
from accounts.roles import Role
from accounts.sessions import count_sessions
from accounts.users import User, list_users
from settings import public_url
from web.console import words
from web.console.pages import Pages, Tile
from web.console.paging import paged
from web.console.visit import ROOT, Visit

pages = Pages(Tile("/nguoi-dung", words.USERS, words.USERS_TEXT, Role.ADMINISTRATOR))


@pages.get("/nguoi-dung", Role.ADMINISTRATOR)
def users(visit: Visit) -> Response:
    """Everybody, and the form for somebody new."""
    return _list(visit)


@pages.post("/nguoi-dung", Role.ADMINISTRATOR)
def add(visit: Visit) -> Response:
    """Add somebody; the page shows the link with which they choose their password."""
    typed = {"name": visit.text("ten"), "full_name": visit.text("ten_hien_thi"), "role": visit.text("vai_tro")}
    role = _role(visit)
    if role is None:
        return _list(visit, status=422, fault=words.CHOOSE_ROLE, typed=typed)
    try:
        user, token = managing.add_user(visit.accounts, typed["name"], typed["full_name"], role, actor=visit.user.name)
    except AccountError as error:
        return _list(visit, status=422, fault=str(error), typed=typed)
    return _link_page(visit, user, token or "")


@pages.get("/nguoi-dung/{id:int}", Role.ADMINISTRATOR)
def user(visit: Visit) -> Response:
    """One of them, with all that can be done."""
    return _one(visit)


@pages.post("/nguoi-dung/{id:int}/ten", Role.ADMINISTRATOR)
def rename(visit: Visit) -> Response:
    """Call somebody otherwise."""
    try:
        managing.set_full_name(visit.accounts, visit.number("id"), visit.text("ten_hien_thi"), actor=visit.user.name)
    except AccountError as error:
        return _one(visit, str(error))
    return _back(visit, words.NAMED)


@pages.post("/nguoi-dung/{id:int}/vai-tro", Role.ADMINISTRATOR)
def role(visit: Visit) -> Response:
    """Another role."""
    chosen = _role(visit)
    if chosen is None:
        return _one(visit, words.CHOOSE_ROLE)
    try:
        changed = managing.set_role(visit.accounts, visit.number("id"), chosen, actor=visit.user.name)
    except AccountError as error:
        return _one(visit, str(error))
    return _back(visit, words.ROLE_CHANGED.format(name=changed.name, role=changed.role.label))


@pages.post("/nguoi-dung/{id:int}/khoa", Role.ADMINISTRATOR)
def disable(visit: Visit) -> Response:
    """Lock somebody out."""
    try:
        managing.set_disabled(visit.accounts, visit.number("id"), True, actor=visit.user.name)
    except AccountError as error:
        return _one(visit, str(error))
    return _back(visit, words.DISABLED)


@pages.post("/nguoi-dung/{id:int}/mo-khoa", Role.ADMINISTRATOR)
def enable(visit: Visit) -> Response:
    """Let somebody in again."""
    try:
        managing.set_disabled(visit.accounts, visit.number("id"), False, actor=visit.user.name)
    except AccountError as error:
        return _one(visit, str(error))
    return _back(visit, words.ENABLED)


@pages.post("/nguoi-dung/{id:int}/cap-lai", Role.ADMINISTRATOR)
def reset(visit: Visit) -> Response:
    """Take the password away and show a link with which they choose another."""
    try:
        changed, token = managing.reset(visit.accounts, visit.number("id"), actor=visit.user.name)
    except AccountError as error:
        return _one(visit, str(error))
    return _link_page(visit, changed, token)


@pages.post("/nguoi-dung/{id:int}/phien", Role.ADMINISTRATOR)
def end_sessions(visit: Visit) -> Response:
    """Sign somebody out everywhere."""
    ended = managing.end_sessions(visit.accounts, visit.number("id"), actor=visit.user.name)
    return _back(visit, words.SESSIONS_ENDED.format(count=ended))


@pages.post("/nguoi-dung/{id:int}/tat-ma", Role.ADMINISTRATOR)
def codes_off(visit: Visit) -> Response:
    """Let somebody sign in without codes, whose telephone is gone."""
    managing.codes_off(visit.accounts, visit.number("id"), actor=visit.user.name)
    return _back(visit, words.CODES_OFF)


def _role(visit: Visit) -> Role | None:
    try:
        return Role(visit.text("vai_tro"))
    except ValueError:
        return None


def _back(visit: Visit, told: str) -> Response:
    return visit.go(f"/nguoi-dung/{visit.number('id')}", told)


def _list(visit: Visit, status: int = 200, **more: object) -> Response:
    everybody = list_users(visit.accounts)
    wanted = visit.query("tu").casefold()
    if wanted:
        everybody = [one for one in everybody if wanted in one.name or wanted in one.full_name.casefold()]
    page = paged(visit, everybody)
    return visit.page("users.html", status=status, page=page, wanted=visit.query("tu"), **more)


def _one(visit: Visit, fault: str = "") -> Response:
    found = [one for one in list_users(visit.accounts) if one.id == visit.number("id")]
    if not found:
        return visit.page("refused.html", status=404, text=words.NO_USER)
    signed_in = count_sessions(visit.accounts).get(found[0].id, 0)
    return visit.page("user.html", status=422 if fault else 200, shown=found[0], sessions=signed_in, fault=fault)


def _link_page(visit: Visit, owner: User, token: str) -> Response:
    # Shown once: only its hash is kept.
    request = visit.request
    site = public_url() or f"{request.url.scheme}://{request.url.netloc}"
    return visit.page("link.html", owner=owner, link=f"{site}{ROOT}/bat-dau/{token}")
