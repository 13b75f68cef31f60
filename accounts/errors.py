"""What can be wrong with an account or a sign-in, in words that say what to do next."""

from __future__ import annotations

from storage.errors import MotCuaError


class AccountError(MotCuaError):
    """The root of this package's errors."""


class NameRefused(AccountError):
    """A user can't be called so."""


class NameTaken(AccountError):
    """Somebody has this name already."""


class UserUnknown(AccountError):
    """There is no such user."""


class PasswordRefused(AccountError):
    """A new password breaks a rule; the text says which."""


class LastAdministrator(AccountError):
    """Nobody would be left who can look after the users."""


class OwnAccount(AccountError):
    """Administrators don't take their own role away."""


class LinkSpent(AccountError):
    """A set-up link was used, has run out, or never was."""


class WrongCredentials(AccountError):
    """Name, password or code aren't right; which of them isn't told."""


class TooManyAttempts(AccountError):
    """Too many failures: wait."""


class CodeRefused(AccountError):
    """A one-time code isn't right, or was used before."""
