"""Links to the portal that can be counted without telling who opened them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from answers.reply import Reply
from privacy.pseudonyms import pseudonym
from settings import VIETNAM, public_url

TOKEN_LENGTH = 12
"""Characters of a link's token: enough that two people of a day hardly share one."""


def counted(reply: Reply, sender: str, channel: str) -> Reply:
    """The reply with its links to the portal marked: by the channel, and by a token that is another one every day.

    The token keeps one person's second tap of a day from counting again. It can't be turned back, is made for this
    alone (the turn log knows people by other numbers), and is forgotten when the day is over.

    Args:
        reply: as it was built.
        sender: whose conversation it is.
        channel: the channel's name.
    """
    site = public_url()
    if not site:
        return reply
    today = dt.datetime.now(VIETNAM).date()
    mark = f"?q={channel}-{pseudonym('link', f'{sender}/{today}')[:TOKEN_LENGTH]}"
    ours = f"{site}/di/"
    buttons = [
        replace(button, url=f"{button.url}{mark}") if button.url and button.url.startswith(ours) else button
        for button in reply.buttons
    ]
    return Reply(reply.blocks, buttons)
