"""Open data: the list as JSON and CSV, each procedure as JSON, and their description (OpenAPI 3.1)."""

from __future__ import annotations

import csv
import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from knowledge.catalogue import Listed
from knowledge.layer import Source, Strict
from knowledge.procedure import Procedure, long_unchecked
from settings import public_url, today
from web import words
from web.caching import keep, tag_of, unchanged
from web.procedures import library_of, wanted
from web.sheet import sheet_of
from web.templating import templates

DESCRIPTION = Path(__file__).parent / "openapi.yml"
COLUMNS = (
    "code", "name", "official_name", "summary", "group", "levels", "field", "applicants", "online", "portal_url",
    "page", "checked", "code_state",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""


def listed_data(procedure: Listed) -> dict[str, Any]:
    """A procedure of the list as plain JSON."""
    return {
        "code": procedure.code,
        "name": procedure.name,
        "official_name": procedure.official_name,
        "summary": procedure.summary,
        "group": procedure.group.value if procedure.group else None,
        "levels": [level.value for level in procedure.levels],
        "field": procedure.field,
        "applicants": procedure.applicants,
        "online": procedure.online.value if procedure.online else None,
        "portal_url": procedure.portal_url,
        "page": _page(procedure.code),
        "code_state": procedure.code_state.value,
        "checked": procedure.checked.isoformat() if procedure.checked else None,
    }


def _page(code: str) -> str:
    return f"{public_url() or ''}/thu-tuc/{code}"


def procedure_data(procedure: Procedure, version: int) -> dict[str, Any]:
    """A procedure with all its parts as plain JSON: what is told today, doubtful fields left empty and named."""
    as_of = today()
    sheet = sheet_of(procedure, as_of)
    return {
        "code": procedure.code,
        "name": procedure.name,
        "official_name": procedure.official_name,
        "summary": procedure.summary,
        "group": procedure.group.value if procedure.group else None,
        "levels": [level.value for level in procedure.levels],
        "applicants": procedure.applicants,
        "online": procedure.online.value if procedure.online else None,
        "portal_url": procedure.portal_url,
        "page": _page(procedure.code),
        "code_state": procedure.code_state.value,
        "applies": list(procedure.listed("applies").values),
        "instead": [_plain(other) for other in procedure.instead],
        "cases": [_plain(case, "source") for case in procedure.cases],
        "documents_note": procedure.documents_note,
        "channels": [
            {
                "kind": way.kind.value,
                "place": way.place,
                "note": way.note,
                "times": [_plain(time, "source") for time in way.times],
                "fees": [_plain(fee, "source") for fee in way.fees],
            }
            for way in procedure.channels(as_of)
        ],
        "agencies": _plain(procedure.agencies, "source") if procedure.agencies else None,
        **{
            name: list(procedure.listed(name).values)
            for name in ("steps", "results", "conditions", "mistakes", "warnings", "related", "popular_names")
        },
        "forms": [_plain(form) for form in procedure.forms],
        "legal_bases": [_plain(basis) for basis in procedure.legal_bases],
        "doubtful": sorted(procedure.doubtful),
        "sources": [_source(source) for source in sheet.sources],
        "checked": sheet.checked.isoformat() if sheet.checked else None,
        "long_unchecked": sheet.checked is not None and long_unchecked(sheet.checked, as_of),
        "as_of": as_of.isoformat(),
        "version": version,
    }


def _plain(model: Strict, *without: str) -> dict[str, Any]:
    """A model's facts under the names that content files use, unsaid ones left out."""
    value: dict[str, Any] = json.loads(model.json(by_alias=True, exclude_none=True, exclude=set(without)))
    return value


def _source(source: Source) -> dict[str, Any]:
    return _plain(source)


def list_json(request: Request) -> Response:
    """The list, by the same questions as the page's: 'tu', 'nhom', 'cap', 'doi-tuong'."""
    version = library_of(request).catalogue().version
    tag = tag_of(version)
    if known := unchanged(request, tag):
        return known
    found = [listed_data(procedure) for procedure in wanted(request)]
    return _open(JSONResponse({"version": version, "count": len(found), "procedures": found}), tag)


def list_csv(request: Request) -> Response:
    """The same as CSV in UTF-8 with a mark, as Excel wants it; lists are joined by ';'."""
    tag = tag_of(library_of(request).catalogue().version)
    if known := unchanged(request, tag):
        return known
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for procedure in wanted(request):
        data = listed_data(procedure)
        data["levels"] = ";".join(data["levels"])
        writer.writerow([_cell(data[column]) for column in COLUMNS])
    response = Response(table.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="thu-tuc.csv"'
    return _open(response, tag)


def _cell(value: Optional[str]) -> str:
    text = " ".join((value or "").split())
    return f"'{text}" if text.startswith(_FORMULA) else text


def procedure_json(request: Request) -> Response:
    """One procedure."""
    library = library_of(request)
    version = library.version()
    procedure = library.procedure(request.path_params["code"], version)
    if procedure is None:
        response = JSONResponse({"error": words.NO_PROCEDURE}, status_code=404)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    tag = tag_of(version)
    return unchanged(request, tag) or _open(JSONResponse(procedure_data(procedure, version)), tag)


def _open(response: Response, tag: str) -> Response:
    """Let any site's script read it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return keep(response, tag)


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The OpenAPI description, read once."""
    loaded: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    return loaded


def openapi_json(request: Request) -> Response:
    """The description for programs."""
    tag = tag_of(0)
    served = {**description(), "servers": [{"url": public_url() or "/"}]}
    return unchanged(request, tag) or _open(JSONResponse(served), tag)


def open_data_page(request: Request) -> Response:
    """The description for people."""
    tag = tag_of(0)
    if known := unchanged(request, tag):
        return known
    schemas = description()["components"]["schemas"]
    context = {
        "words": words,
        "paths": description()["paths"],
        "parameters": description()["components"]["parameters"],
        "tables": [(schemas[name]["title"], schemas[name]["properties"]) for name in ("Listed", "Procedure")],
    }
    return keep(templates.TemplateResponse(request, "open_data.html", context), tag)
