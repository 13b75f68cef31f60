from __future__ import annotations

import httpx
import pytest
from rasa_sdk.endpoint import create_app
from sanic import Sanic

from actions.figures import watch
from actions.knowledge_base import KnowledgeBase
from watching import metrics


@pytest.mark.filterwarnings("ignore:You have set a listener:UserWarning")  # rasa-sdk's own
async def test_the_action_server_tells_the_version_that_is_searched(
    knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sanic, "test_mode", True)
    monkeypatch.setattr(metrics, "_refreshers", [])
    knowledge.refresh()
    app = create_app("actions", cors_origins=[])
    watch(app, knowledge)
    await app._startup()
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        ready = await client.get("/ready")
        assert ready.status_code == 200
        assert ready.json()["index_version"] == knowledge.keeper.version
        assert ready.json()["knowledge_version"] == knowledge.version()
        told = await client.get("/metrics")
    assert f"motcua_index_version {float(knowledge.keeper.version)}" in told.text
