"""A refresh token works once: whatever happens, it is used once, and nobody is left with a dead pair unawares."""

from __future__ import annotations

import asyncio
import dataclasses

import httpx
import pytest

from bot.channels.inbox.database import Inbox
from bot.channels.zalo_oa import oauth, token_store
from bot.channels.zalo_oa.token_store import State
from bot.channels.zalo_oa.tokens import LINK_ANEW, NO_TOKEN, SECOND_TRY, NoToken, TokenManager
from settings.zalo import OaSettings
from tests.bot.channels.zalo_oa.conftest import Clock
from tests.fakes.zalo_oa import FakeZaloOa


def manager(inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock) -> TokenManager:
    return TokenManager(inbox, oa, http, clock)


def state(inbox: Inbox, oa: OaSettings) -> token_store.Stored:
    with inbox.begin() as connection:
        stored = token_store.read(connection, oa.oa_id)
    assert stored is not None
    return stored


async def test_the_pkce_vector_of_the_rfc() -> None:
    assert oauth.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == (
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    verifiers = {oauth.new_verifier() for _ in range(50)}
    assert len(verifiers) == 50
    assert all(len(verifier) == 43 and verifier.isalnum() and verifier.isascii() for verifier in verifiers)


async def test_the_environment_only_seeds(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    assert await manager(inbox, oa, http, clock).access() == zalo.first_access
    stale = dataclasses.replace(oa, first_access_token="cu", first_refresh_token="cu")
    assert await manager(inbox, stale, http, clock).access() == zalo.first_access
    assert zalo.refreshes == []


async def test_nothing_configured_says_what_to_do(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock
) -> None:
    bare = dataclasses.replace(oa, first_access_token="", first_refresh_token="")
    with pytest.raises(NoToken) as caught:
        await manager(inbox, bare, http, clock).access()
    assert caught.value.remedy == NO_TOKEN
    assert caught.value.after is None


async def test_renewed_before_its_end_and_stored_first(
    any_inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    tokens = manager(any_inbox, oa, http, clock)
    await tokens.access()
    clock.now += 3600  # a seed's age is unknown: it isn't trusted longer
    fresh = await tokens.access()
    assert fresh != zalo.first_access
    assert state(any_inbox, oa).access == fresh
    clock.now += 19 * 3600
    assert await tokens.access() == fresh
    clock.now += 2 * 3600
    assert await tokens.access() not in (fresh, zalo.first_access)
    assert zalo.refreshes == ["ok", "ok"]


async def test_a_refresh_token_alone_is_enough(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    token = await manager(inbox, dataclasses.replace(oa, first_access_token=""), http, clock).access()
    assert token not in ("", zalo.first_access)


async def test_many_tasks_and_processes_renew_once(
    any_inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    several = [manager(any_inbox, oa, http, clock) for _ in range(4)]  # a manager a process
    old = await several[0].access()
    zalo.expire_access()
    got = await asyncio.gather(*(tokens.after_rejection(old) for tokens in several for _ in range(10)))
    assert len(set(got)) == 1
    assert got[0] != old
    assert zalo.refreshes == ["ok"]


async def test_a_rejected_token_that_was_replaced_costs_no_renewal(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    one, other = manager(inbox, oa, http, clock), manager(inbox, oa, http, clock)
    old = await one.access()
    fresh = await one.after_rejection(old)
    assert await other.after_rejection(old) == fresh
    assert zalo.refreshes == ["ok"]


async def test_a_lost_answer_is_tried_once_more_and_then_needs_a_person(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    tokens = manager(inbox, oa, http, clock)
    old = await tokens.access()
    zalo.lose_refresh_answers = 1
    with pytest.raises(NoToken) as caught:
        await tokens.after_rejection(old)
    assert caught.value.after == SECOND_TRY
    for _ in range(5):  # no loop of tries
        with pytest.raises(NoToken):
            await tokens.after_rejection(old)
    assert zalo.refreshes == ["ok"]
    assert state(inbox, oa).state is State.UNCERTAIN
    clock.now += SECOND_TRY + 1
    with pytest.raises(NoToken) as caught:
        await tokens.after_rejection(old)
    assert caught.value.remedy == LINK_ANEW
    for _ in range(5):
        with pytest.raises(NoToken):
            await tokens.after_rejection(old)
    assert zalo.refreshes == ["ok", "spent"]
    assert state(inbox, oa).state is State.SPENT


async def test_consent_given_anew_heals(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    tokens = manager(inbox, oa, http, clock)
    old = await tokens.access()
    zalo.refuse_refresh = True
    with pytest.raises(NoToken):
        await tokens.after_rejection(old)
    zalo.refuse_refresh = False
    verifier = oauth.new_verifier()
    address = oauth.consent_address(oa, "https://vi-du.vn/xong", verifier, "trang-thai")
    landed = await http.get(address)
    code = oauth.read_callback(landed.headers["Location"], "trang-thai", oa.oa_id)
    with pytest.raises(oauth.Refused):
        await oauth.exchange_code(http, oa, code, oauth.new_verifier())
    landed = await http.get(address)
    code = oauth.read_callback(landed.headers["Location"], "trang-thai", oa.oa_id)
    pair = await oauth.exchange_code(http, oa, code, verifier)
    await asyncio.to_thread(token_store.replace, inbox, oa.oa_id, pair, clock())
    assert await tokens.after_rejection(old) == pair.access


async def test_a_server_that_cannot_be_reached_spends_nothing(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    unreachable = manager(inbox, dataclasses.replace(oa, oauth_url="http://127.0.0.1:9"), http, clock)
    old = await unreachable.access()
    with pytest.raises(NoToken) as caught:
        await unreachable.after_rejection(old)
    assert caught.value.after is not None
    clock.now += caught.value.after + 1
    assert await manager(inbox, oa, http, clock).after_rejection(old) != old
    assert zalo.refreshes == ["ok"]


async def test_a_process_that_died_while_renewing_is_followed_up_once(
    any_inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    tokens = manager(any_inbox, oa, http, clock)
    old = await tokens.access()
    # It took the lease, Zalo rotated the token, and it was killed before it could write.
    assert token_store.lease(any_inbox, oa.oa_id, zalo.first_refresh, "da-chet", clock(), clock() + 15)
    await oauth.exchange_refresh(http, oa, zalo.first_refresh)
    clock.now += 16
    with pytest.raises(NoToken) as caught:
        await tokens.after_rejection(old)
    assert caught.value.remedy == LINK_ANEW
    assert state(any_inbox, oa).state is State.SPENT


async def test_a_turn_given_up_does_not_lose_the_new_pair(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    tokens = manager(inbox, oa, http, clock)
    old = await tokens.access()
    task = asyncio.create_task(tokens.after_rejection(old))
    while not zalo.refreshes:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await manager(inbox, oa, http, clock).after_rejection(old) != old
    assert zalo.refreshes == ["ok"]


async def test_a_usable_token_outlives_trouble_with_renewing(
    inbox: Inbox, oa: OaSettings, http: httpx.AsyncClient, clock: Clock, zalo: FakeZaloOa
) -> None:
    tokens = manager(inbox, oa, http, clock)
    old = await tokens.after_rejection(await tokens.access())
    zalo.lose_refresh_answers = 1
    clock.now += 21 * 3600
    assert await tokens.access() == old
    clock.now += 5 * 3600
    with pytest.raises(NoToken):
        await tokens.access()


def test_secrets_do_not_show(oa: OaSettings) -> None:
    shown = repr(oa) + repr(oauth.Pair("a-token", "r-token", 1.0))
    for secret in (oa.app_secret, oa.oa_secret_key, oa.first_access_token, oa.first_refresh_token, "a-token"):
        assert secret not in shown
