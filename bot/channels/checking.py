"""What ``motcua channels check`` finds: one line each, with the remedy where something is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Optional

import httpx

from settings import rasa_url

CLOCK_OFF = 60.0
"""Seconds by which our clock may differ from a platform's."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. Texts are Vietnamese and hold no secret.

    Attributes:
        good: True, False, or None for something an administrator may want to know.
        what: what was found.
        remedy: what to do about it.
    """

    good: Optional[bool]
    what: str
    remedy: str = ""


async def door(http: httpx.AsyncClient, channel: str, public: str, expected: int) -> list[Finding]:
    """Whether the channel's door answers here and, where the public address is known, from outside.

    Args:
        http: to call with.
        channel: its name in the address.
        public: the public address, '' where it isn't set.
        expected: the status with which the webhook answers an empty ``{}`` of a stranger's.
    """
    found = [await _here(http, channel)]
    if not public:
        remedy = "Đặt MOTCUA_PUBLIC_URL để kiểm cả đường từ ngoài."
        return [*found, Finding(None, "Chưa biết địa chỉ công khai.", remedy)]
    # Only the webhook itself is open to the world.
    address = f"{public}/webhooks/{channel}/webhook"
    try:
        status = (await http.post(address, content=b"{}", timeout=5)).status_code
    except httpx.HTTPError:
        status = 0
    if status == expected:
        return [*found, Finding(True, f"Vào được từ ngoài: {address}.")]
    return [*found, Finding(False, f"Không vào được {address}.", "Xem tên miền, chứng chỉ và cấu hình nginx.")]


async def _here(http: httpx.AsyncClient, channel: str) -> Finding:
    try:
        status = (await http.get(f"{rasa_url()}/webhooks/{channel}/", timeout=5)).status_code
    except httpx.HTTPError:
        status = 0
    if status == 200:
        return Finding(True, "Trợ lý đang chạy và mở kênh này.")
    remedy = "Chạy 'make run' với cùng các biến môi trường."
    return Finding(False, "Trợ lý chưa chạy." if status == 0 else "Trợ lý đang chạy mà chưa mở kênh này.", remedy)


def clock(date: str, now: dt.datetime) -> Finding:
    """Our clock beside a platform's.

    Args:
        date: the ``Date`` header of its answer.
        now: our time, with a zone.
    """
    try:
        off = abs((now - parsedate_to_datetime(date)).total_seconds())
    except (TypeError, ValueError):
        return Finding(None, "Không so được đồng hồ (máy chủ kia không báo giờ).")
    if off <= CLOCK_OFF:
        return Finding(True, "Đồng hồ máy đúng giờ.")
    return Finding(False, f"Đồng hồ máy lệch {off:.0f} giây.", "Bật đồng bộ giờ (timedatectl set-ntp true).")
