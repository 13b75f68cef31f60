"""The folder of models: what is served, what is kept, and a switch that is one small file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage.models import examples_file, forget_old, models, name_of, serve, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four models, the last the newest."""
    for at in range(4):
        path = tmp_path / f"motcua-{at}.tar.gz"
        path.touch()
        os.utime(path, (at, at))
        examples_file(tmp_path, f"motcua-{at}").touch()
    return tmp_path


def test_the_newest_is_served_until_another_is_chosen(folder: Path) -> None:
    assert serving(folder) == folder / "motcua-3.tar.gz"
    assert serve(folder, "motcua-1")
    assert serving(folder) == folder / "motcua-1.tar.gz"
    assert not serve(folder, "motcua-9")
    assert not serve(folder, "../motcua-1")
    assert serving(folder) == folder / "motcua-1.tar.gz"
    (folder / "motcua-1.tar.gz").unlink()
    assert serving(folder) == folder / "motcua-3.tar.gz"
    assert serving(folder / "none") is None


def test_what_is_in_use_is_never_forgotten(folder: Path) -> None:
    serve(folder, "motcua-0")
    forget_old(folder, 3, frozenset({"motcua-1"}))
    assert [name_of(model) for model in models(folder)] == ["motcua-3", "motcua-1", "motcua-0"]
    assert not examples_file(folder, "motcua-2").exists()
