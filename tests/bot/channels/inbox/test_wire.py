"""The marks of what leaves: what they tell after a kill, and when nothing may be concluded from them."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from bot.channels.inbox import wire
from bot.channels.inbox.wire import Wire, note_leaving
from tests.fakes.serving import serving
from tests.fakes.telegram import Platform


@pytest.fixture
def marks(tmp_path: Path) -> Wire:
    return Wire("here/1/a", tmp_path)


def test_what_was_announced_and_did_not_leave_is_told_by_another_process(marks: Wire, tmp_path: Path) -> None:
    marks.about_to("1.0")
    marks.about_to("2.0")
    marks.left("2.0")
    after = Wire("here/2/b", tmp_path)
    assert after.unsent("1.0")
    assert not after.unsent("2.0")
    # Of what nobody announced nothing is known; nor of another try.
    assert not after.unsent("3.0")
    assert not after.unsent("1.1")


def test_after_the_machine_went_down_nothing_is_concluded(
    marks: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks.about_to("1.0")
    monkeypatch.setattr(wire, "_boot", lambda: "another start")
    assert not Wire("here/2/b", tmp_path).unsent("1.0")
    monkeypatch.setattr(wire, "_boot", lambda: "")
    assert not Wire("here/3/c", tmp_path).unsent("1.0")


def test_without_room_for_marks_nothing_is_concluded(
    marks: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks.about_to("1.0")
    monkeypatch.setattr(os, "write", lambda *_: 0)
    marks.left("1.0")
    assert not Wire("here/2/b", tmp_path / "elsewhere").unsent("1.0")
    monkeypatch.undo()
    assert not Wire("here/2/b", tmp_path).unsent("1.0")
    marks.about_to("2.0")
    assert not Wire("here/2/b", tmp_path).unsent("2.0")


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    marks = Wire("here/1/a", tmp_path / "file" / "folder")
    marks.about_to("1.0")
    with marks.sending("1.0"):
        pass
    assert not marks.unsent("1.0")


def test_a_file_that_grew_is_begun_anew_with_what_is_under_way(
    marks: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LARGEST", 200)
    marks.about_to("under-way.0")
    for number in range(50):
        marks.about_to(f"{number}.0")
        marks.over(f"{number}.0")
    after = Wire("here/2/b", tmp_path)
    assert max(path.stat().st_size for path in tmp_path.iterdir()) < 400
    # It may have left before the file was begun anew.
    assert not after.unsent("under-way.0")
    assert after.unsent("49.0")


def test_marks_of_long_ago_go(marks: Wire, tmp_path: Path) -> None:
    marks.about_to("1.0")
    (file,) = tmp_path.iterdir()
    os.utime(file, (1_000, 1_000))
    Wire("here/2/b", tmp_path)
    assert not file.exists()


async def test_a_request_counts_as_left_when_its_body_goes_out(marks: Wire, tmp_path: Path) -> None:
    after = Wire("here/2/b", tmp_path)
    async with httpx.AsyncClient(event_hooks={"request": [note_leaving]}) as client:
        marks.about_to("1.0")
        with marks.sending("1.0"), pytest.raises(httpx.ConnectError):
            await client.post("http://127.0.0.1:9/", json={})
        assert after.unsent("1.0")
        with serving(Platform().app()) as url:
            with marks.sending("1.0"):
                await client.post(f"{url}/bot1/x", json={})
            assert not after.unsent("1.0")
            # Outside of a message nothing is marked.
            marks.about_to("2.0")
            await client.post(f"{url}/bot1/x", json={})
            assert after.unsent("2.0")
