"""The console with one browser for each role, over a database with five users and cheap hashes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from accounts import managing, sessions
from accounts.database import Accounts, open_accounts
from accounts.passwords import Passwords
from accounts.roles import Role
from accounts.users import find_user
from desk.database import Desk, open_desk
from knowledge.database import open_engine
from knowledge.library import Library
from storage.database import open_engine as open_durable
from tests.web.conftest import Rasa
from web.app import create_app
from web.assistant import Assistant
from web.console.cookies import SESSION

ORIGIN = {"Origin": "http://testserver"}
"""What a browser says of a form of our own page."""
PASSWORD = "con mèo trèo cây cau"
ROOT = "/quan-tri"
ANONYMOUS = "anonymous"
WHO = (ANONYMOUS, *(role.value for role in Role))


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Hashes that cost next to nothing."""
    return Passwords(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def staff_database(empty_database: Path, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one user for each role, named like the role, and one more ('bystander'). Copy it."""
    path = tmp_path_factory.mktemp("staff") / "staff.db"
    shutil.copy(empty_database, path)
    engine = open_engine(f"sqlite:///{path}")
    accounts = open_accounts(engine, passwords)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_SESSION_SECRET", "s" * 32)
        for role in Role:
            managing.add_user(accounts, role.value, f"Cán bộ {role.label}", role, actor="test", password=PASSWORD)
        managing.add_user(accounts, "bystander", "Người khác", Role.EDITOR, actor="test", password=PASSWORD)
    engine.dispose()
    return path


@pytest.fixture
def staff_engine(staff_database: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of it, open."""
    shutil.copy(staff_database, tmp_path / "staff.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'staff.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def accounts(staff_engine: Engine, passwords: Passwords) -> Accounts:
    return Accounts(staff_engine, passwords)


@pytest.fixture
def desk(desk_database: Path, tmp_path: Path) -> Iterator[Desk]:
    """The staff's desk."""
    shutil.copy(desk_database, tmp_path / "desk.db")
    opened = Desk(open_durable(f"sqlite:///{tmp_path / 'desk.db'}", queue=True))
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="session")
def desk_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk's tables, empty but for the canned answers. Copy it."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    open_desk(f"sqlite:///{path}").engine.dispose()
    return path


@pytest.fixture
def app(rasa: Rasa, accounts: Accounts, desk: Desk) -> Starlette:
    client = httpx.AsyncClient(transport=httpx.MockTransport(rasa.handle), base_url="http://rasa")
    return create_app(Assistant(client), Library(accounts.engine), accounts, lambda: desk)


class Browser(TestClient):
    """Somebody's browser on the console: says where forms come from, and sends their token along."""

    def token(self, path: str = "") -> str:
        """The token in the forms of a page."""
        page = self.get(f"{ROOT}{path}").text
        found = re.search(r'name="form_token" value="(\w+)"', page)
        assert found, f"no form on {path}"
        return found.group(1)

    def submit(self, path: str, /, form: dict[str, str] | None = None, *, of: str = "/tai-khoan") -> Any:
        """Send a form as the page does that holds it.

        Args:
            path: its target, below /quan-tri.
            form: its fields, but for the token.
            of: the page that it stands on, from which the token is read.
        """
        return self.post(f"{ROOT}{path}", data={"form_token": self.token(of), **(form or {})}, headers=ORIGIN)

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        """Sign in; the answer is the redirect or the form with its fault."""
        return self.submit("/dang-nhap", {"ten": name, "mat_khau": password}, of="/dang-nhap")


@pytest.fixture
def door(app: Starlette) -> Iterator[Browser]:
    """A browser that hasn't signed in."""
    with Browser(app, raise_server_exceptions=False, follow_redirects=False) as browser:
        yield browser


@pytest.fixture
def browsers(door: Browser, app: Starlette, accounts: Accounts) -> dict[str, Browser]:
    """A browser for each of ``WHO``, signed in but for the first."""
    return {ANONYMOUS: door} | {role.value: signed_in(app, door, accounts, role.value) for role in Role}


def signed_in(app: Starlette, beside: Browser, accounts: Accounts, name: str) -> Browser:
    """The browser of somebody who has signed in: the session is begun in the database, which takes less time.

    Args:
        app: the application.
        beside: the browser that started it, in whose loop this one runs too.
        accounts: where the session is begun.
        name: of the user.
    """
    browser = Browser(app, raise_server_exceptions=False, follow_redirects=False)
    browser.portal = beside.portal
    user = find_user(accounts, name)
    with accounts.write() as connection:
        token = sessions.start(connection, user.id, pending=False)
    browser.cookies.set(SESSION, token, domain="testserver.local", path="/")
    return browser


@pytest.fixture
def viewer(browsers: dict[str, Browser]) -> Browser:
    return browsers[Role.VIEWER.value]


@pytest.fixture
def editor(browsers: dict[str, Browser]) -> Browser:
    return browsers[Role.EDITOR.value]


@pytest.fixture
def reviewer(browsers: dict[str, Browser]) -> Browser:
    return browsers[Role.REVIEWER.value]


@pytest.fixture
def administrator(browsers: dict[str, Browser]) -> Browser:
    return browsers[Role.ADMINISTRATOR.value]
