"""Passwords are kept as Argon2id and checked in the same time for everybody."""

from __future__ import annotations

import unicodedata

from accounts.passwords import Passwords
from tests.accounts.conftest import PASSWORD


def test_in_service_a_hash_costs_what_rfc_9106_recommends() -> None:
    kept = Passwords().hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


def test_the_same_password_has_another_hash_each_time(passwords: Passwords) -> None:
    assert passwords.hash(PASSWORD) != passwords.hash(PASSWORD)


def test_only_the_right_password_fits(passwords: Passwords) -> None:
    kept = passwords.hash(PASSWORD)
    assert passwords.fits(kept, PASSWORD)
    assert not passwords.fits(kept, PASSWORD + " ")
    assert not passwords.fits(kept, PASSWORD.upper())
    assert not passwords.fits(kept, "")


def test_another_keyboard_writes_the_same_password(passwords: Passwords) -> None:
    kept = passwords.hash(unicodedata.normalize("NFC", PASSWORD))
    assert passwords.fits(kept, unicodedata.normalize("NFD", PASSWORD))


def test_nobodys_password_never_fits(passwords: Passwords) -> None:
    assert not passwords.fits(None, PASSWORD)
    assert not passwords.fits("no hash", PASSWORD)


def test_a_hash_of_other_costs_is_known_as_outdated(passwords: Passwords) -> None:
    assert not passwords.outdated(passwords.hash(PASSWORD))
    assert Passwords(time_cost=2, memory_cost=8, parallelism=1).outdated(passwords.hash(PASSWORD))
