"""Zalo OA events as Zalo would send them: bodies in bytes and their signatures, built part by part."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Optional

Body = dict[str, Any]


@dataclass
class Sender:
    """An account and its app, as Zalo knows them: builds events and signs them."""

    app_id: str = "4100000000000000017"
    oa_id: str = "2900000000000000031"
    secret_key: str = "khoa-bi-mat-cua-oa-gia"
    user: str = "6300000000000000042"
    clock: Any = field(default=time.time)

    def _base(self, name: str) -> Body:
        return {"app_id": self.app_id, "event_name": name, "timestamp": str(int(self.clock() * 1000))}

    def from_user(self, name: str, message: Optional[Body] = None, user: Optional[str] = None) -> Body:
        body = {
            **self._base(name),
            "sender": {"id": user or self.user},
            "recipient": {"id": self.oa_id},
            "user_id_by_app": "8" + (user or self.user)[1:],
        }
        if message is not None:
            body["message"] = {"msg_id": uuid.uuid4().hex[:20], **message}
        return body

    def text(self, text: str, user: Optional[str] = None, **message: Any) -> Body:
        return self.from_user("user_send_text", {"text": text, **message}, user)

    def attachment(self, kind: str, payload: Body, text: Optional[str] = None, user: Optional[str] = None) -> Body:
        shown = "link" if kind == "business_card" else kind
        message: Body = {"attachments": [{"type": shown, "payload": payload}]}
        return self.from_user(f"user_send_{kind}", {**({"text": text} if text else {}), **message}, user)

    def picture(self, text: Optional[str] = None) -> Body:
        return self.attachment("image", {"thumbnail": _cdn("nho.jpg"), "url": _cdn("anh.jpg")}, text)

    def location(self, latitude: object, longitude: object, user: Optional[str] = None) -> Body:
        where = {"coordinates": {"latitude": latitude, "longitude": longitude}}
        return self.attachment("location", where, user=user)

    def follow(self, name: str = "follow", user: Optional[str] = None, source: str = "oa_profile") -> Body:
        return {
            **self._base(name), "oa_id": self.oa_id, "follower": {"id": user or self.user}, "source": source,
        }  # fmt: skip

    def about(self, name: str, user: Optional[str] = None) -> Body:
        """``user_click_chatnow`` and ``user_withdraw``."""
        return {**self._base(name), "oa_id": self.oa_id, "user_id": user or self.user}

    def submitted(self, info: Body, user: Optional[str] = None) -> Body:
        return {**self.from_user("user_submit_info", user=user), "info": info}

    def from_account(self, name: str, message: Body, user: Optional[str] = None, admin: Optional[str] = None) -> Body:
        """Echoes, and notes that something was received or seen."""
        return {
            **self._base(name),
            "sender": {"id": self.oa_id, **({"admin_id": admin} if admin else {})},
            "recipient": {"id": user or self.user},
            "message": {"msg_id": uuid.uuid4().hex[:20], **message},
        }

    def operator(self, text: str, user: Optional[str] = None) -> Body:
        return self.from_account("oa_send_text", {"text": text}, user, admin="7700000000000000055")

    def anonymous(self, text: str) -> Body:
        return self.from_user("anonymous_send_text", {"text": text, "conversation_id": "cuoc-tro-chuyen"}, "9" * 10)

    def unknown(self) -> Body:
        return {**self._base("su_kien_moi_2030"), "oa_id": self.oa_id}

    def one_of_each(self) -> dict[str, Body]:
        """Every event of the documents once, by a name of ours."""
        return {
            "text": self.text("Mình muốn làm khai sinh cho con"),
            "quote": self.text("Đúng vậy", quote_msg_id="tin-truoc-do"),
            "picture": self.picture(),
            "picture with words": self.picture("Giấy này được không"),
            "gif": self.attachment("gif", {"thumbnail": _cdn("g.jpg"), "url": _cdn("g.gif")}),
            "link": self.attachment("link", {"description": "Tin", "url": "https://vi-du.vn"}, "https://vi-du.vn"),
            "audio": self.attachment("audio", {"url": _cdn("noi.amr")}),
            "video": self.attachment("video", {"url": _cdn("v.mp4"), "thumbnail": _cdn("v.jpg"), "description": ""}),
            "sticker": self.attachment("sticker", {"id": "212", "url": _cdn("s.png")}),
            "location": self.location("21.0285", "105.8542"),
            "file": self.attachment("file", {"name": "don.pdf", "size": "99", "type": "pdf", "url": _cdn("d.pdf")}),
            "card": self.attachment("business_card", {"description": json.dumps({"phone": "84900000000"})}),
            "follow": self.follow(),
            "unfollow": self.follow("unfollow"),
            "chat now": self.about("user_click_chatnow"),
            "withdraw": self.about("user_withdraw"),
            "submitted": self.submitted(NEW_INFO),
            "submitted, older shape": self.submitted(OLD_INFO),
            "received": self.from_account("user_received_message", {}),
            "seen": self.from_account("user_seen_message", {"msg_ids": ["a1", "a2"]}),
            "echo": self.from_account("oa_send_text", {"text": "Chào bạn"}),
            "operator": self.operator("Để chị xem hồ sơ giúp em"),
            "reaction": self.from_user("user_reacted_message", {"react_icon": "/-heart"}),
            "anonymous": self.anonymous("Chào"),
            "group": self.from_user("user_send_group_text", {"text": "Chào cả nhóm"}),
            "unknown": self.unknown(),
        }

    def dump(self, body: Body) -> bytes:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    def signature(self, raw: bytes, body: Body) -> str:
        """By the documented formula, written here on its own so that a fault in ours can't hide in both."""
        digest = hashlib.sha256()
        first, time_told = (str(body.get(name, "")).encode(errors="replace") for name in ("app_id", "timestamp"))
        for part in (first, raw, time_told):
            digest.update(part)
        digest.update(self.secret_key.encode())
        return f"mac={digest.hexdigest()}"

    def signed(self, body: Body) -> tuple[bytes, dict[str, str]]:
        """The bytes and the headers of a delivery."""
        raw = self.dump(body)
        return raw, {"X-ZEvent-Signature": self.signature(raw, body), "Content-Type": "application/json"}


NEW_INFO: Body = {
    "name": "Trần Thị Thử",
    "phone": "84911111111",
    "user_dob": "02/03/1991",
    "gender": "female",
    "full_address": {"user_city": "Thành phố Huế", "user_ward": "Phường Thử Nghiệm", "user_address": "Số 9"},
}
OLD_INFO: Body = {
    "name": "Trần Thị Thử",
    "phone": 84911111111,
    "address": "Số 9",
    "city": "Thành phố Huế",
    "district": "Quận Thử",
    "ward": "Phường Thử Nghiệm",
}


def _cdn(name: str) -> str:
    return f"https://anh.vi-du.zdn.vn/{name}"
