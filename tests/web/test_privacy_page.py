from __future__ import annotations

import pytest
from starlette.testclient import TestClient


def test_the_page_says_who_answers_what_is_kept_and_how_it_goes(
    web: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "bản chạy thử" in web.get("/quyen-rieng-tu").text
    monkeypatch.setenv("MOTCUA_OPERATOR", "UBND phường <Mẫu>")
    monkeypatch.setenv("MOTCUA_OPERATOR_CONTACT", "02838290000")
    monkeypatch.setenv("MOTCUA_KEEP_TEXT_DAYS", "14")
    page = web.get("/quyen-rieng-tu")
    assert page.status_code == 200
    for word in ("UBND phường &lt;Mẫu&gt;", "02838290000", "14 ngày", "91/2025/QH15", "xóa dữ liệu của tôi"):
        assert word in page.text
    chat = web.get("/").text
    assert "UBND phường &lt;Mẫu&gt;" in chat
    assert 'href="/quyen-rieng-tu"' in chat
