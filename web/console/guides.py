"""Guides and life events: the text, the tree drawn beside it, its scenarios run on save, its versions."""

from __future__ import annotations

import re
from typing import Optional

from markupsafe import Markup
from sqlalchemy import select
from starlette.responses import Response

from accounts.roles import Role
from knowledge import tables as t
from knowledge.editing import service, texts
from knowledge.editing.faqs import is_name, new_name
from knowledge.editing.texts import Kind, Text, TextInvalid
from knowledge.guides.draw import draw
from knowledge.guides.model import Guide, faults
from knowledge.life_events import LifeEvent
from knowledge.yaml_models import Known
from web.console import editing_words as words
from web.console.pages import Pages, Tile
from web.console.procedures import actor_of
from web.console.visit import Visit

pages = Pages(Tile("/huong-dan", words.GUIDES, words.GUIDES_TEXT, Role.VIEWER))
_KINDS = {"cau-hoi": Kind.GUIDE, "viec-trong-doi": Kind.EVENT}
_TITLE = re.compile(r"""^title:[ \t]*(["']?)(.+?)\1[ \t]*\r?$""", re.MULTILINE)
ONE = "/huong-dan/{kind}/{name}"


def _asked(visit: Visit) -> tuple[Optional[Kind], str]:
    name = visit.path("name")
    return _KINDS.get(visit.path("kind")), name if is_name(name) else ""


def title_of(text: str) -> str:
    """What a text is called, read without checking it, for it may be half written; '' where it doesn't say."""
    found = _TITLE.search(text)
    return found[2] if found else ""


@pages.get("/huong-dan", Role.VIEWER)
def listing(visit: Visit) -> Response:
    """All of both kinds; a new name leads to its empty text."""
    kind, name = visit.query("loai"), visit.query("ten")
    if kind in _KINDS and name:
        return visit.go(f"/huong-dan/{kind}/{new_name(name)}")
    with visit.engine.connect() as connection:
        lists = [(path, words.KINDS[kind], texts.list_texts(connection, kind)) for path, kind in _KINDS.items()]
    return visit.page("guides.html", lists=lists, title_of=title_of)


@pages.get(ONE, Role.VIEWER)
def one(visit: Visit) -> Response:
    """The text with its tree; a name that isn't there yet is an empty text."""
    kind, name = _asked(visit)
    if kind is None or not name:
        return visit.page("refused.html", status=404, text=words.NO_GUIDE)
    with visit.engine.connect() as connection:
        found = texts.read_text(connection, kind, name)
    if found is None and not visit.may(Role.REVIEWER):
        return visit.page("refused.html", status=404, text=words.NO_GUIDE)
    text = found or Text(kind, name, 0, "", "", "", "")
    return _page(visit, text, text.text, text.scenarios, checked=found is not None)


def _page(
    visit: Visit, text: Text, typed: str, scenarios: str, *, base: Optional[int] = None, status: int = 200,
    fault: str = "", checked: bool = True,
) -> Response:  # fmt: skip
    with visit.engine.connect() as connection:
        read, problems = texts.check_text(connection, text.kind, text.name, typed, scenarios) if checked else (None, ())
        past = texts.versions(connection, text.kind, text.name)
        picture = _picture(visit, read)
    template = "guide_check.html" if visit.live else "guide.html"
    return visit.page(
        template, status=status, text=text, typed=typed, scenarios=scenarios, problems=problems, picture=picture,
        event=read if isinstance(read, LifeEvent) else None, past=past, fault=fault, kind=visit.path("kind"),
        base=text.revision if base is None else base, is_guide=text.kind is Kind.GUIDE,
        title=title_of(typed) or text.name,
    )  # fmt: skip


def _picture(visit: Visit, read: Guide | LifeEvent | None) -> Optional[Markup]:
    """The tree of a guide that leads somewhere; one that goes in circles has none."""
    if not isinstance(read, Guide) or any("dẫn vòng" in why or "không có câu hỏi" in why for _, why in _leads(read)):
        return None
    with visit.engine.connect() as connection:
        rows = connection.execute(
            select(t.layers.c.code, t.layers.c.name)
            .where(t.layers.c.code.in_(read.codes()))
            .order_by(t.layers.c.layer.desc())
        )
        names = {row.code: row.name for row in rows if row.name}
    # Every text in it is escaped by the one that draws.
    return Markup(draw(read, names))


def _leads(guide: Guide) -> list[tuple[object, str]]:
    return list(faults(guide, Known()))


def _typed(visit: Visit, name: str) -> str:
    return visit.raw(name).replace("\r\n", "\n")


@pages.post(f"{ONE}/xem", Role.REVIEWER)
def check(visit: Visit) -> Response:
    """The tree and the mistakes of what has been typed so far; nothing is saved."""
    kind, name = _asked(visit)
    if kind is None or not name:
        return visit.page("refused.html", status=404, text=words.NO_GUIDE)
    text = Text(kind, name, visit.count("ban"), "", "", "", "")
    return _page(visit, text, _typed(visit, "noi_dung"), _typed(visit, "tinh_huong"))


@pages.post(f"{ONE}/luu", Role.REVIEWER)
def save(visit: Visit) -> Response:
    """Check, run the scenarios, and let it count."""
    kind, name = _asked(visit)
    if kind is None or not name:
        return visit.page("refused.html", status=404, text=words.NO_GUIDE)
    typed, scenarios = _typed(visit, "noi_dung"), _typed(visit, "tinh_huong")
    try:
        with service.writing(visit.engine) as connection:
            texts.save_text(
                connection, kind, name, typed, scenarios, base=visit.count("ban"), actor=actor_of(visit),
                comment=visit.text("loi") or None,
            )  # fmt: skip
    except TextInvalid as error:
        text = Text(kind, name, visit.count("ban"), "", "", "", "")
        return _page(visit, text, typed, scenarios, status=422, fault=str(error))
    return visit.go(f"/huong-dan/{visit.path('kind')}/{name}", words.GUIDE_SAVED)


@pages.post(f"{ONE}/bo", Role.REVIEWER)
def take_back(visit: Visit) -> Response:
    """Let the file count again."""
    kind, name = _asked(visit)
    if kind is None or not name:
        return visit.page("refused.html", status=404, text=words.NO_GUIDE)
    with service.writing(visit.engine) as connection:
        texts.take_back(
            connection, kind, name, base=visit.count("ban"), actor=actor_of(visit), comment=visit.text("loi") or None
        )
    return visit.go("/huong-dan", words.GUIDE_BACK)
