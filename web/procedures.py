"""The list of procedures and the page of each: for reading, sharing and printing, without any script."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Optional, TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from knowledge import wording
from knowledge.catalogue import AUDIENCES, Audience, Listed
from knowledge.layer import Group, Level
from knowledge.library import Library
from settings import public_url, today
from web import words
from web.caching import keep, tag_of, unchanged
from web.sheet import sheet_of
from web.templating import templates

PAGE = 20
"""Procedures on one page of the list."""
_Choice = TypeVar("_Choice", bound=Enum)


def library_of(request: Request) -> Library:
    """The application's knowledge."""
    library: Library = request.app.state.library
    return library


def choice(kind: type[_Choice], given: Optional[str]) -> Optional[_Choice]:
    """A choice of the list's form; None for none, or for one that doesn't exist."""
    return next((item for item in kind if item.value == given), None)


def wanted(request: Request) -> list[Listed]:
    """The procedures that an address asks for: 'tu', 'nhom', 'cap', 'doi-tuong'."""
    asked = request.query_params
    return (
        library_of(request)
        .catalogue()
        .find(
            asked.get("tu", ""),
            choice(Group, asked.get("nhom")),
            choice(Level, asked.get("cap")),
            choice(Audience, asked.get("doi-tuong")),
        )
    )


def procedures_page(request: Request) -> Response:
    """The list, twenty a page."""
    tag = tag_of(library_of(request).catalogue().version)
    if known := unchanged(request, tag):
        return known
    found = wanted(request)
    pages = max(1, -(-len(found) // PAGE))
    page = min(_number(request.query_params.get("trang"), 1), pages)
    asked = {name: value for name in ("tu", "nhom", "cap", "doi-tuong") if (value := request.query_params.get(name))}
    context = {
        "words": words,
        "found": found[(page - 1) * PAGE : page * PAGE],
        "count": len(found),
        "page": page,
        "pages": pages,
        "asked": asked,
        "choices": _choices(request),
        "levels": wording.LEVELS,
        "groups": wording.GROUPS,
        "address": lambda number: f"/thu-tuc?{urlencode({**asked, 'trang': number})}",
        "data": f"?{urlencode(asked)}" if asked else "",
    }
    return keep(templates.TemplateResponse(request, "procedures.html", context), tag)


def _choices(request: Request) -> list[tuple[str, str, str, list[tuple[str, str, bool]]]]:
    """The form's lists: name, label, word for all, and (value, text, chosen) for each choice."""
    lists: tuple[tuple[str, str, str, Mapping[Any, str]], ...] = (
        ("nhom", words.BY_GROUP, words.ALL_GROUPS, wording.GROUPS),
        ("cap", words.BY_LEVEL, words.ALL_LEVELS, wording.LEVELS),
        ("doi-tuong", words.BY_AUDIENCE, words.ALL_AUDIENCES, AUDIENCES),
    )
    return [
        (
            name,
            label,
            every,
            [(item.value, text, request.query_params.get(name) == item.value) for item, text in of.items()],
        )
        for name, label, every, of in lists
    ]


def _number(given: Optional[str], otherwise: int) -> int:
    """A number from 1 in an address; ``otherwise`` for anything else."""
    return int(given) if given and given.isascii() and given.isdecimal() and int(given[:9]) > 0 else otherwise


def procedure_page(request: Request) -> Response:
    """One procedure with all its parts; 'truong-hop' picks a case by its number, from 1."""
    library = library_of(request)
    version = library.version()
    code = request.path_params["code"]
    procedure = library.procedure(code, version)
    if procedure is None:
        raise HTTPException(404)
    tag = tag_of(version)
    if known := unchanged(request, tag):
        return known
    number = _number(request.query_params.get("truong-hop"), 0)
    chosen = number - 1 if 0 < number <= len(procedure.cases) else None
    others = {
        other: record.name
        for other in (*(entry.code for entry in procedure.instead), *procedure.listed("related").values)
        if (record := library.procedure(other, version))
    }
    here = f"/thu-tuc/{code}" + (f"?truong-hop={number}" if chosen is not None else "")
    context = {
        "words": words,
        "sheet": sheet_of(procedure, today(), chosen),
        "others": others,
        "here": here,
        "whole": f"{public_url() or ''}{here}",
    }
    return keep(templates.TemplateResponse(request, "procedure.html", context), tag)
