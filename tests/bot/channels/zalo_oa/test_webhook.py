"""The door: who gets in, what is said to everybody else, and what the log shows."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.inbox.tables import inbox_messages, outbox_messages
from bot.channels.server import configured_doors
from tests.bot.channels.zalo_oa.stage import Stage, staged
from tests.bot.channels.zalo_oa.support import MUTATIONS
from tests.fakes.channels_server import UserMessage, channels_server
from tests.fakes.mutation import mutated
from tests.fakes.zalo_events import NEW_INFO, Sender


async def test_repeats_are_answered_once_and_forgers_not_at_all(stage: Stage) -> None:
    body = stage.sender.text("một lần thôi")
    assert [await stage.zalo_sends.once(body, n) for n in range(4)] == [200] * 4
    forged = stage.sender.text("giả")
    statuses = [
        await stage.zalo_sends.once(forged, headers={"X-ZEvent-Signature": ""}),
        await stage.zalo_sends.once(forged, headers={"X-ZEvent-Signature": "mac=" + "a" * 64}),
        await stage.zalo_sends.raw(stage.sender.dump(forged), {"X-ZEvent-Signature": b"\xff\xfe"}),
    ]
    assert statuses == [403, 403, 403]
    old = Sender(clock=lambda: time.time() - 30 * 3600)
    stage.zalo_sends.sender = old
    assert await stage.zalo_sends.once(old.text("phát lại từ hôm kia")) == 403
    await stage.quiet()
    assert [text for _, text in stage.heard] == ["một lần thôi"]


async def test_the_probe_the_verifier_and_strange_requests(stage: Stage, tmp_path: Path) -> None:
    hook = f"{stage.url}/webhooks/zalo/webhook"
    assert (await stage.http.post(hook, content=b"{}")).status_code == 200
    assert (await stage.http.post(hook, content=b"")).status_code == 400
    assert (await stage.http.post(hook, content=b"[" * 50_000)).status_code == 400
    assert (await stage.http.post(hook, content=b"{" + b" " * 1_000_001 + b"}")).status_code == 413
    assert (await stage.http.get(f"{stage.url}/webhooks/zalo/")).json() == {"status": "ok"}
    (tmp_path / "zalo_verifierAbC-1.html").write_text("<html>mã</html>", encoding="utf-8")
    page = await stage.http.get(f"{stage.url}/webhooks/zalo/zalo_verifierAbC-1.html")
    assert (page.status_code, page.text) == (200, "<html>mã</html>")
    for name in ("zalo_verifierKhac.html", "zalo_verifier..%2Finbox.html", "inbox.db", "..%2Finbox.db"):
        assert (await stage.http.get(f"{stage.url}/webhooks/zalo/{name}")).status_code == 404
    assert stage.rows() == 0


async def test_nothing_personal_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpcore", "asyncio", "sqlalchemy", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)
    stage.zalo.errors.extend([-216, -213, 503])
    for text in ("chuyện riêng của tôi", "chuyện riêng thứ hai", "chuyện riêng thứ ba"):
        await stage.zalo_sends.event(stage.sender.text(text))
    await stage.zalo_sends.event(stage.sender.submitted(NEW_INFO))
    await stage.zalo_sends.once(
        stage.sender.text("chuyện riêng giả"), headers={"X-ZEvent-Signature": "mac=" + "b" * 64}
    )
    await stage.quiet()
    shown = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("tests", "hypothesis"))
    )
    for secret in (
        "chuyện riêng", stage.sender.user, str(NEW_INFO["phone"]), stage.sender.secret_key, stage.zalo.app_secret,
        stage.zalo.first_access, stage.zalo.first_refresh, "truy-cap-", "lam-moi-",
    ):  # fmt: skip
        assert secret not in shown


async def test_an_account_that_is_not_configured_answers_404(tmp_path: Path) -> None:
    async def turn(message: UserMessage) -> None:
        raise AssertionError

    async with channels_server(configured_doors(), turn) as url, httpx.AsyncClient() as http:
        assert (await http.post(f"{url}/webhooks/zalo/webhook", content=b"{}")).status_code == 404


def test_mutated_payloads_bring_no_error_no_turn_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed or not: whatever is posted is answered below 500, and what is kept is what an event may hold."""
    asyncio.run(_mutations(tmp_path, monkeypatch))


async def _mutations(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    async with staged(folder, monkeypatch) as stage:
        each = stage.sender.one_of_each()

        @settings(
            max_examples=MUTATIONS, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(st.sampled_from(sorted(each)), st.booleans(), st.data())
        def post(name: str, resigned: bool, data: st.DataObject) -> None:
            raw = data.draw(mutated(each[name]))
            fields: dict[str, Any] = {}
            with contextlib.suppress(ValueError):
                fields = json.loads(raw)
            known = fields if isinstance(fields, dict) and resigned else each[name]
            headers = {"X-ZEvent-Signature": stage.sender.signature(raw, known)}
            done = asyncio.run_coroutine_threadsafe(stage.zalo_sends.raw(raw, headers), loop)
            assert 200 <= done.result(30) < 500

        await asyncio.to_thread(post)
        await stage.quiet()
        with stage.inbox.begin() as connection:
            people = connection.execute(sa.select(inbox_messages.c.sender, inbox_messages.c.key)).all()
        assert all(row.sender.removeprefix("zalo:").isdigit() and len(row.key) <= 120 for row in people)
        assert all(text.strip() and len(text) <= 2_000 for _, text in stage.heard)
        assert stage.rows(outbox_messages) == len(stage.zalo.received)
