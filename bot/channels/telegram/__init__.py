"""Telegram, on python-telegram-bot's core."""

import os

# Times as timedelta: the library's own default is on its way out and warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
