"""Open data: what is served fits its description, and the description names all that is served."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from tests.web.pages import save, text_of


def validate(described: dict[str, Any], schema: str, value: Any) -> None:
    whole = {**described["components"]["schemas"][schema], "components": described["components"]}
    Draft202012Validator.check_schema(whole)
    Draft202012Validator(whole).validate(value)


@pytest.fixture
def described(pages: TestClient) -> dict[str, Any]:
    answer = pages.get("/openapi.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    described: dict[str, Any] = answer.json()
    return described


def test_the_list_fits_its_description(pages: TestClient, described: dict[str, Any]) -> None:
    data = pages.get("/thu-tuc.json").json()
    validate(described, "List", data)
    assert {entry["code"]: entry["name"] for entry in data["procedures"]} == {
        "9.000001": "Cấp thẻ nuôi chim",
        "9.000002": "Cấp phép nuôi gà",
        "9.000003": "Khai báo ong",
    }
    assert [entry["code"] for entry in pages.get("/thu-tuc.json?cap=province").json()["procedures"]] == ["9.000002"]


@pytest.mark.parametrize("code", ["9.000001", "9.000002", "9.000003"])
def test_a_procedure_fits_its_description(pages: TestClient, described: dict[str, Any], code: str) -> None:
    answer = pages.get(f"/thu-tuc/{code}.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    validate(described, "Procedure", answer.json())


def test_programs_see_how_sure_a_code_is(pages: TestClient, shelf: Engine, described: dict[str, Any]) -> None:
    save(shelf, "9.000007", "Nuôi công", portal_url=None, code_listed="2025-04-28")
    save(shelf, "nuoi-cong", "Nuôi công", portal_url=None)
    data = pages.get("/thu-tuc.json").json()
    validate(described, "List", data)
    states = {entry["code"]: entry["code_state"] for entry in data["procedures"]}
    assert states["9.000001"] == states["9.000002"] == "confirmed"
    assert (states["9.000007"], states["nuoi-cong"]) == ("unconfirmed", "unknown")
    for code in ("9.000007", "nuoi-cong"):
        one = pages.get(f"/thu-tuc/{code}.json").json()
        validate(described, "Procedure", one)
        assert one["code_state"] == states[code]


def test_a_procedure_has_its_facts_of_the_day(pages: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_TODAY", "2027-01-01")
    data = pages.get("/thu-tuc/9.000001.json").json()
    assert data["as_of"] == "2027-01-01"
    assert [fee["amount"] for fee in data["channels"][0]["fees"]] == [50_000]
    assert data["cases"][1]["documents"][0]["copy"] == 2
    assert data["long_unchecked"] is False
    assert pages.get("/thu-tuc/9.000003.json").json()["long_unchecked"] is True


def test_what_is_under_doubt_is_named_and_left_out(pages: TestClient) -> None:
    data = pages.get("/thu-tuc/9.000002.json").json()
    assert data["doubtful"] == ["documents", "fees"]
    assert data["channels"][0]["fees"] == []


def test_every_path_described_answers(pages: TestClient, described: dict[str, Any]) -> None:
    for path, item in described["paths"].items():
        answer = pages.get(path.format(code="9.000001"))
        assert answer.status_code == 200
        kind = next(iter(item["get"]["responses"]["200"]["content"]))
        assert answer.headers["content-type"].startswith(kind)
        known = pages.get(path.format(code="9.000001"), headers={"If-None-Match": answer.headers["etag"]})
        assert known.status_code == 304


def test_the_csv_opens_in_a_spreadsheet_and_starts_no_formula(pages: TestClient, shelf: Engine) -> None:
    save(shelf, "9.000004", '=CMD("x")', summary='Có "ngoặc", dấu phẩy\nvà dòng', level=["commune", "province"])
    answer = pages.get("/thu-tuc.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert rows["9.000002"]["applicants"] == "Doanh nghiệp, Hợp tác xã"
    assert rows["9.000004"]["name"] == '\'=CMD("x")'
    assert rows["9.000004"]["summary"] == 'Có "ngoặc", dấu phẩy và dòng'
    assert rows["9.000004"]["levels"] == "commune;province"


def test_people_read_what_the_fields_mean(pages: TestClient, described: dict[str, Any]) -> None:
    page = text_of(pages.get("/du-lieu-mo").text)
    for path, item in described["paths"].items():
        assert path in page
        assert item["get"]["summary"] in page
    for name in ("Listed", "Procedure"):
        for field, schema in described["components"]["schemas"][name]["properties"].items():
            assert schema["description"], field
            assert schema["description"] in page


def test_addresses_are_whole_where_the_public_one_is_known(pages: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.example.vn")
    assert pages.get("/thu-tuc/9.000001.json").json()["page"] == "https://hoi.example.vn/thu-tuc/9.000001"
    assert pages.get("/openapi.json").json()["servers"] == [{"url": "https://hoi.example.vn"}]
