"""Try the Telegram channel by hand, without Telegram: ``make fake-telegram`` serves the platform and chats here.

The assistant fetches what is typed (polling) and what it sends is shown.
``/1`` taps the first button of the last message.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from tests.fakes import telegram_updates as made
from tests.fakes.serving import serving
from tests.fakes.telegram import TOKEN, Platform

PORT = int(os.environ.get("MOTCUA_FAKE_TELEGRAM_PORT", "9301"))


def main() -> None:
    """Chat until the end of the input."""
    platform = Platform()
    with serving(platform.app(), PORT) as url:
        print("Ở cửa sổ khác, chạy:\n")
        print(f"  MOTCUA_TELEGRAM_TOKEN={TOKEN} MOTCUA_TELEGRAM_API={url}/bot .venv/bin/motcua telegram\n")
        print("rồi gõ câu hỏi ở đây. /1 là bấm nút thứ nhất. Ctrl-D để ra.", flush=True)
        threading.Thread(target=_show, args=(platform,), daemon=True).start()
        for number, line in enumerate(sys.stdin, int(time.time())):
            said = line.strip()
            if said:
                platform.updates.append(_update(platform, number, said))


def _update(platform: Platform, number: int, said: str) -> dict[str, object]:
    buttons = [
        key["callback_data"]
        for row in (platform.chats[made.PERSON] or [{"keyboard": []}])[-1]["keyboard"]
        for key in row
        if "callback_data" in key
    ]
    chosen = int(said[1:]) if said[:1] == "/" and said[1:].isdigit() else 0
    return made.tap(number, buttons[chosen - 1]) if 1 <= chosen <= len(buttons) else made.text(number, said)


def _show(platform: Platform) -> None:
    shown = 0
    while True:
        for message in platform.chats[made.PERSON][shown:]:
            print(f"\n{message['text']}")
            keys = [key for row in message["keyboard"] for key in row]
            tapped = [key["text"] for key in keys if "callback_data" in key]
            for at, title in enumerate(tapped, 1):
                print(f"  /{at} [{title}]")
            for key in keys:
                if "url" in key:
                    print(f"  {key['text']}: {key['url']}")
            sys.stdout.flush()
            shown += 1
        time.sleep(0.1)


if __name__ == "__main__":
    main()
