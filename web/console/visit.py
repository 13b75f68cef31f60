"""What a page of the console is given: who is there, the form, the database, and ways to answer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Optional

from sqlalchemy.engine import Engine
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accounts.database import Accounts
from accounts.events import fingerprint
from accounts.roles import Role
from accounts.sessions import Session
from accounts.users import User
from web import words as site_words
from web.console import cookies, words
from web.console.cookies import Flash
from web.templating import templates

if TYPE_CHECKING:
    from web.console.pages import Tile

ROOT = "/quan-tri"


def _clean(text: str) -> str:
    """A text as it is kept: one way of writing diacritics, no spaces around it, no NUL, which PostgreSQL refuses."""
    return unicodedata.normalize("NFC", text).replace("\0", "").strip()


@dataclass
class Visit:
    """One request to the console that has passed the door.

    Attributes:
        request: the request.
        accounts: users and sessions.
        session: of whoever has signed in.
        form: what was sent; empty for a page that is looked at.
        tiles: the parts of the console that this role may see.
        token: what forms show to prove that they are ours.
    """

    request: Request
    accounts: Accounts
    session: Optional[Session]
    tiles: tuple[Tile, ...]
    token: str
    form: FormData = field(default_factory=FormData)

    @property
    def user(self) -> User:
        """Who has signed in; only on pages that need a role."""
        if self.session is None:
            raise RuntimeError("a page that is open to anyone asked who is there")
        return self.session.user

    @property
    def engine(self) -> Engine:
        """The database, with all tables."""
        return self.accounts.engine

    @property
    def address(self) -> str:
        """Tells apart where requests come from, without saying where that is."""
        return fingerprint(self.request.client.host if self.request.client else "")

    @property
    def live(self) -> bool:
        """The request comes from htmx, which wants a piece of a page."""
        return self.request.headers.get("hx-request") == "true"

    def may(self, needed: Role) -> bool:
        """Say whether whoever is there may do what needs a role."""
        return self.session is not None and self.session.user.role.may(needed)

    def path(self, name: str) -> str:
        """A parameter of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """A parameter of the path declared as ``{name:int}``."""
        return int(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A parameter of the address, '' where there is none."""
        return _clean(self.request.query_params.get(name, ""))

    def text(self, name: str) -> str:
        """A field of the form without spaces around it, '' where there is none."""
        return _clean(self.raw(name))

    def count(self, name: str) -> int:
        """A number that a form of ours keeps in a hidden field, such as a version; 0 for anything else."""
        given = self.text(name)
        return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0

    def raw(self, name: str) -> str:
        """A field of the form exactly as typed, such as a password; '' where there is none."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """All values of a field that may come several times."""
        values = self.form.getlist(name)
        return [_clean(value) for value in values if isinstance(value, str)]

    def file(self, name: str) -> Optional[UploadFile]:
        """An uploaded file; None where none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """A page made from a template in templates/console.

        Args:
            template: its file name.
            status: 422 where a form is shown again because of a fault.
            context: what the template uses.
        """
        flash = cookies.read_flash(self.request)
        response = templates.TemplateResponse(
            self.request,
            f"console/{template}",
            {"visit": self, "words": words, "site": site_words, "flash": flash, "root": ROOT, "Role": Role, **context},
            status_code=status,
        )
        if flash:
            cookies.drop(response, self.request, cookies.FLASH)
        return response

    def go(self, path: str, told: Optional[str] = None, *, bad: bool = False) -> Response:
        """To another page of the console after a form was taken in, so that a reload sends nothing twice.

        Args:
            path: below /quan-tri.
            told: what that page says once.
            bad: what is told is that something failed.
        """
        response = RedirectResponse(f"{ROOT}{path}", status_code=303)
        if told:
            cookies.put_flash(response, self.request, Flash(told, "bad" if bad else "good"))
        return response
