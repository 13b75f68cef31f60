"""Every page of the console and every role: who may come, and that nobody comes from another site."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from accounts.roles import Role
from tests.web.console.conftest import ANONYMOUS, ORIGIN, ROOT, WHO, Browser
from tests.web.console.expected import PAGES, Expected
from tests.web.test_guards import OTHER_SITE

POSTS = tuple(page for page in PAGES if page.method == "POST")


def routes(app: Starlette) -> set[tuple[str, str]]:
    """Every route of the application at or below /quan-tri, whoever added it."""
    found = set()
    for route in app.routes:
        assert isinstance(route, (Route, Mount))
        if not route.path.startswith(ROOT):
            continue
        assert isinstance(route, Route), "a mount would hide its routes from this test"
        found |= {(method, route.path.removeprefix(ROOT)) for method in route.methods or () if method != "HEAD"}
    return found


def test_every_page_of_the_console_has_its_expectation_and_every_expectation_its_page(app: Starlette) -> None:
    assert routes(app) == {(page.method, page.path) for page in PAGES}


def may(who: str, page: Expected) -> bool:
    return page.needs is None or (who != ANONYMOUS and Role(who).may(page.needs))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_lets_in_whoever_may_and_nobody_else(browsers: dict[str, Browser], page: Expected) -> None:
    # Whoever may not comes first, so that nothing is changed by then.
    for who in sorted(WHO, key=lambda who: may(who, page)):
        browser = browsers[who]
        form = dict(page.form)
        if page.method == "POST":
            form["form_token"] = browser.token(page.of if who != ANONYMOUS else "/dang-nhap")
        answer = browser.request(page.method, page.address, data=form or None, headers=ORIGIN)
        if may(who, page):
            if not (page.needs is None and page.method == "GET"):
                assert answer.status_code == page.status, (who, answer.text)
            # One page asks Rasa, which isn't there: it says so, with the status that is expected.
            assert answer.status_code < 500 or answer.status_code == page.status
        elif who == ANONYMOUS:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith(f"{ROOT}/dang-nhap")
        else:
            assert answer.status_code == 403, who


@pytest.mark.parametrize("page", POSTS, ids=str)
def test_a_form_from_another_site_is_refused_whoever_is_there(browsers: dict[str, Browser], page: Expected) -> None:
    for who in (ANONYMOUS, Role.ADMINISTRATOR.value):
        browser = browsers[who]
        form = {**page.form, "form_token": browser.token(page.of if who != ANONYMOUS else "/dang-nhap")}
        for headers in (*OTHER_SITE, {}):  # a browser that says nothing isn't believed either
            answer = browser.post(page.address, data=form, headers=headers)
            assert answer.status_code == 403, (who, headers)


@pytest.mark.parametrize("page", POSTS, ids=str)
def test_a_form_without_its_token_or_with_another_ones_is_refused(browsers: dict[str, Browser], page: Expected) -> None:
    who = Role.ADMINISTRATOR.value if page.needs else ANONYMOUS
    foreign = browsers[Role.VIEWER.value].token("/tai-khoan")
    for token in ({}, {"form_token": ""}, {"form_token": "0" * 64}, {"form_token": foreign}):
        answer = browsers[who].post(page.address, data={**page.form, **token}, headers=ORIGIN)
        assert answer.status_code == 403, token
