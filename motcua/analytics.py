"""``motcua analytics``: the turn log from the command line."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal

import typer

from analytics.consumer import Consumer
from analytics.database import open_analytics
from analytics.housekeeping import tidy
from analytics.rollups import roll_up
from settings import VIETNAM
from settings.analytics import events_queue, events_url

app = typer.Typer(no_args_is_help=True, help="Số liệu về các lượt hỏi.")


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


@app.command()
def consume() -> None:
    """Ghi lượt hỏi từ RabbitMQ vào bảng số liệu (cho cụm nhiều máy; địa chỉ trong MOTCUA_EVENTS_URL)."""
    url = events_url()
    if not url:
        raise ValueError("MOTCUA_EVENTS_URL chưa có. Ghi địa chỉ RabbitMQ, như amqp://tên:mật-khẩu@máy/.")
    say(f"Đang nhận lượt hỏi từ hàng đợi {events_queue()}. Bấm Ctrl-C để dừng.")
    asyncio.run(_consume(Consumer(open_analytics(), url, events_queue())))
    say("Đã dừng.")


async def _consume(consumer: Consumer) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await consumer.run(stop)


@app.command("roll-up")
def roll_up_command() -> None:
    """Cộng số liệu của những ngày đã qua để trang số liệu mở nhanh (máy chủ tự làm mỗi mười phút)."""
    engine = open_analytics()
    now = dt.datetime.now(dt.timezone.utc)
    tidy(engine, now.replace(tzinfo=None))
    days = 0
    while counted := roll_up(engine, now.astimezone(VIETNAM).date()):
        days += counted
    say(f"Đã cộng xong ({days} ngày nữa).")
