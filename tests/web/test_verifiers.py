from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from web.app import create_app


def test_zalo_finds_its_file_at_the_root_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_VERIFIERS", str(tmp_path))
    (tmp_path / "zalo_verifierAb-1_c.html").write_text("<p>mã của Zalo</p>", encoding="utf-8")
    (tmp_path / "zalo_verifier.html").write_text("không mã", encoding="utf-8")
    (tmp_path.parent / "zalo_verifierX.html").write_text("ngoài thư mục", encoding="utf-8")
    page = TestClient(create_app())
    found = page.get("/zalo_verifierAb-1_c.html")
    assert (found.status_code, found.text) == (200, "<p>mã của Zalo</p>")
    for path in ("/zalo_verifierKhac.html", "/zalo_verifier.html", "/zalo_verifier..%2F..%2Fzalo_verifierX.html"):
        assert page.get(path).status_code == 404
