"""Updates as Telegram sends them, built from what the Bot API's documents say."""

from __future__ import annotations

from typing import Any

PERSON = 700_000_001
DATE = 1_795_000_000


def person(number: int = PERSON, **more: Any) -> dict[str, Any]:
    """A user."""
    return {"id": number, "is_bot": False, "first_name": "Bé", "language_code": "vi", **more}


def private(number: int = PERSON) -> dict[str, Any]:
    """A chat of one person."""
    return {"id": number, "type": "private", "first_name": "Bé"}


def message(number: int, chat: int = PERSON, **content: Any) -> dict[str, Any]:
    """A message in a private chat, ``content`` being text, photo, location, …"""
    base = {"message_id": number, "from": person(chat), "date": DATE, "chat": private(chat)}
    return {"update_id": number, "message": {**base, **content}}


def text(number: int, said: str, chat: int = PERSON) -> dict[str, Any]:
    """A text; one that begins with '/' gets the entity that Telegram adds."""
    entities = {}
    if said.startswith("/"):
        entities = {"entities": [{"type": "bot_command", "offset": 0, "length": len(said.split()[0])}]}
    return message(number, chat, text=said, **entities)


def edited(number: int, said: str) -> dict[str, Any]:
    """An edit of an earlier message."""
    inner = text(number, said)["message"]
    return {"update_id": number, "edited_message": {**inner, "edit_date": DATE + 60}}


def tap(
    number: int, data: str, chat: int = PERSON, accessible: bool = True, with_message: bool = True
) -> dict[str, Any]:
    """A tapped button, under a message of the bot's, an old one (a stub with date 0), or none."""
    under: dict[str, Any] = {"message_id": 13, "date": DATE if accessible else 0, "chat": private(chat)}
    if accessible:
        under.update({"text": "Ý bạn là?", "from": {"id": 12_345, "is_bot": True, "first_name": "Thử"}})
    query = {"id": f"7{number}", "from": person(chat), "chat_instance": "-1", "data": data}
    return {"update_id": number, "callback_query": {**query, **({"message": under} if with_message else {})}}


def photo(number: int, caption: str = "", chat: int = PERSON) -> dict[str, Any]:
    """A photo, with words or without."""
    sizes = [{"file_id": "A", "file_unique_id": "a", "width": 90, "height": 60}]
    return message(number, chat, photo=sizes, **({"caption": caption} if caption else {}))


def voice(number: int) -> dict[str, Any]:
    """A voice message."""
    return message(number, voice={"file_id": "V", "file_unique_id": "v", "duration": 3})


def sticker(number: int) -> dict[str, Any]:
    """A sticker."""
    kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return message(number, sticker={"file_id": "S", "file_unique_id": "s", **kind})


def location(number: int) -> dict[str, Any]:
    """A place on the map."""
    return message(number, location={"latitude": 10.5, "longitude": 106.5})


def contact(number: int) -> dict[str, Any]:
    """A phone number."""
    return message(number, contact={"phone_number": "84900000000", "first_name": "Bé"})


def membership(number: int, status: str, chat: int = PERSON) -> dict[str, Any]:
    """The person blocked the bot ('kicked') or let it in again ('member')."""
    bot = {"id": 12_345, "is_bot": True, "first_name": "Thử"}
    extra = {"until_date": 0} if status == "kicked" else {}
    change = {
        "chat": private(chat),
        "from": person(chat),
        "date": DATE,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": status, **extra},
    }
    return {"update_id": number, "my_chat_member": change}


def in_group(number: int, said: str, group: int = -100_200, author: int = PERSON, **content: Any) -> dict[str, Any]:
    """A message in a group."""
    chat = {"id": group, "type": "supergroup", "title": "Tổ dân phố"}
    inner = {"message_id": number, "from": person(author), "date": DATE, "chat": chat, "text": said, **content}
    return {"update_id": number, "message": inner}


def joined(number: int) -> dict[str, Any]:
    """A service message: somebody joined."""
    return message(number, new_chat_members=[person(5)])


def unknown(number: int) -> dict[str, Any]:
    """A kind that doesn't exist yet."""
    return {"update_id": number, "kind_to_come": {"x": 1}}


def all_kinds() -> list[dict[str, Any]]:
    """One of each."""
    makers = (voice, sticker, location, contact, joined, unknown)
    return [
        text(1, "đăng ký kết hôn cần gì"),
        text(2, "/start 1-000894"),
        edited(3, "sửa lại"),
        tap(4, "k:AAAAAAAAAAAAAAAA"),
        tap(5, "k:AAAAAAAAAAAAAAAA", accessible=False),
        tap(6, "k:AAAAAAAAAAAAAAAA", with_message=False),
        photo(7, "làm lại cái này"),
        photo(8),
        membership(9, "kicked"),
        membership(10, "member"),
        in_group(11, "@thu_motcua_bot khai sinh cần gì"),
        *(make(20 + at) for at, make in enumerate(makers)),
    ]
