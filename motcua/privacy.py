"""``motcua privacy``: delete what is old, and what a person asks to have deleted or handed out."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Dữ liệu cá nhân: dọn theo hạn, xóa, xuất.")

Person = Annotated[str, typer.Argument(help="Mã người dùng như kênh đặt, ví dụ tg:700000001.")]


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


@app.command()
def purge() -> None:
    """Xóa những gì đã quá hạn giữ ngay bây giờ. Máy chủ tự làm việc này mỗi ngày."""
    from bot.channels.inbox.database import open_inbox
    from bot.upkeep import purge_now
    from settings.privacy import privacy_settings

    _tell(purge_now(open_inbox(), privacy_settings()))


@app.command()
def erase(user: Person, yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False) -> None:
    """Xóa mọi thứ đang giữ về một người, ở mọi bảng."""
    from bot.people import keepers
    from privacy import keepers as all_of_them

    if not yes:
        typer.confirm("Xóa rồi không lấy lại được. Xóa hết dữ liệu của người này?", abort=True)
    _tell(all_of_them.erase(keepers(), user))


@app.command()
def export(user: Person) -> None:
    """In ra (JSON) mọi thứ đang giữ về một người, ở mọi bảng."""
    from bot.people import keepers
    from privacy import keepers as all_of_them

    say(json.dumps(all_of_them.export(keepers(), user), ensure_ascii=False, indent=2, default=str))


def _tell(gone: dict[str, int]) -> None:
    for name, count in gone.items():
        say(f"{name}: đã xóa {count} dòng.")
