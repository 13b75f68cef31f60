"""Names by which figures can tell people apart without knowing who they are."""

from __future__ import annotations

import hashlib
import hmac

from settings.secrets import pseudonym_secret

LENGTH = 32
"""Characters of a pseudonym: 128 bits as hexadecimal digits."""


def pseudonym(kind: str, identity: str) -> str:
    """A name that stays the same for the same person and can't be turned back without the secret.

    Args:
        kind: what is named, such as 'person'; the same identity gets another name for each kind.
        identity: as the channels know it ('tg:700000001').

    Returns:
        ``LENGTH`` hexadecimal digits: the beginning of an HMAC-SHA256.

    Raises:
        ValueError: the secret is set to something too short.
    """
    told = f"{kind}\0{identity}".encode(errors="surrogatepass")
    return hmac.new(pseudonym_secret().encode(), told, hashlib.sha256).hexdigest()[:LENGTH]
