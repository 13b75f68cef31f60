"""The verbs of administrators: ``motcua serve``, ``motcua backup``, ``motcua restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motcua import backups, serving
from settings import public_url, today


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def serve(part: Annotated[serving.Part, typer.Argument(help="rasa, actions, channels hoặc web.")]) -> None:
    """Chạy riêng một phần, cho systemd và cụm nhiều máy (xem docs/operations.md)."""
    today(), public_url()  # a setting that can't be read is said now, not in every answer
    serving.serve(part)


def backup(file: Annotated[Path, typer.Argument(help="File sẽ ghi, ví dụ motcua.tar.gz.")]) -> None:
    """Sao lưu mọi cơ sở dữ liệu vào một file, trong lúc trợ lý vẫn chạy. Bí mật không nằm trong đó."""
    backups.backup(file, say)
    say(f"Đã sao lưu vào {file}.")


def restore(
    file: Annotated[Path, typer.Argument(help="Bản sao lưu.")],
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    """Đưa mọi cơ sở dữ liệu về như lúc sao lưu. Trợ lý phải dừng trước."""
    if not yes and input("Mọi thay đổi sau bản sao lưu sẽ mất. Gõ 'khôi phục' để làm tiếp: ").strip() != "khôi phục":
        say("Không làm gì.")
        raise typer.Exit(1)
    backups.restore(file, say)
    say("Đã khôi phục. Hãy chạy lại trợ lý.")
