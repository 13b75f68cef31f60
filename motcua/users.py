"""``motcua user``: the staff's accounts from the terminal, where the first administrator is made."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from accounts import managing
from accounts.database import Accounts, open_accounts
from accounts.events import TERMINAL
from accounts.roles import Role
from accounts.users import User, find_user, list_users
from settings import bind_address, port_of, public_url

app = typer.Typer(no_args_is_help=True, help="Người dùng của trang quản trị (/quan-tri).")

Name = Annotated[str, typer.Argument(help="Tên đăng nhập, ví dụ hoa.nguyen.")]
RoleOption = Annotated[
    Role,
    typer.Option(
        help="Vai trò: viewer (người xem), editor (biên tập), reviewer (người duyệt), administrator (quản trị)."
    ),
]


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


@app.command("add")
def add(
    name: Name,
    role: RoleOption,
    full_name: Annotated[str, typer.Option("--full-name", help="Họ tên hiển thị; bỏ trống là tên đăng nhập.")] = "",
    link: Annotated[bool, typer.Option("--link", help="Không hỏi mật khẩu, in đường dẫn để người đó tự chọn.")] = False,
) -> None:
    """Thêm người dùng: hỏi mật khẩu, hoặc in đường dẫn dùng một lần."""
    password: Optional[str] = None
    if not link:
        password = typer.prompt("Mật khẩu (ít nhất 12 ký tự)", hide_input=True, confirmation_prompt="Gõ lại lần nữa")
    user, token = managing.add_user(open_accounts(), name, full_name, role, actor=TERMINAL, password=password)
    say(f"Đã thêm {user.name} ({user.role.label}).")
    if token:
        _say_link(token)


@app.command("list")
def list_command() -> None:
    """Liệt kê người dùng, vai trò và trạng thái."""
    users = list_users(open_accounts())
    for user in users:
        say(f"{user.name:<24} {user.role.label:<15} {_state(user)}")
    if not users:
        say("Chưa có ai. Thêm người đầu tiên: motcua user add TÊN --role administrator")


@app.command("role")
def role_command(name: Name, role: Annotated[Role, typer.Argument(help="Vai trò mới.")]) -> None:
    """Đổi vai trò. Người này phải đăng nhập lại."""
    accounts, user = _open(name)
    changed = managing.set_role(accounts, user.id, role, actor=TERMINAL)
    say(f"{changed.name} giờ là {changed.role.label}.")


@app.command("disable")
def disable(name: Name) -> None:
    """Khóa tài khoản và đăng xuất người này ở mọi nơi."""
    accounts, user = _open(name)
    managing.set_disabled(accounts, user.id, True, actor=TERMINAL)
    say(f"Đã khóa {user.name}.")


@app.command("enable")
def enable(name: Name) -> None:
    """Mở khóa tài khoản."""
    accounts, user = _open(name)
    managing.set_disabled(accounts, user.id, False, actor=TERMINAL)
    say(f"Đã mở khóa {user.name}.")


@app.command("reset")
def reset(name: Name) -> None:
    """Bỏ mật khẩu cũ, in đường dẫn để chọn mật khẩu mới."""
    accounts, user = _open(name)
    _, token = managing.reset(accounts, user.id, actor=TERMINAL)
    say(f"Mật khẩu cũ của {user.name} không dùng được nữa.")
    _say_link(token)


@app.command("totp-off")
def totp_off(name: Name) -> None:
    """Tắt mã xác thực, khi người này mất điện thoại và mã dự phòng."""
    accounts, user = _open(name)
    managing.codes_off(accounts, user.id, actor=TERMINAL)
    say(f"Đã tắt mã xác thực của {user.name}.")


def _open(name: str) -> tuple[Accounts, User]:
    accounts = open_accounts()
    return accounts, find_user(accounts, name)


def _say_link(token: str) -> None:
    site = public_url() or f"http://{bind_address()}:{port_of('web')}"
    say("Gửi đường dẫn này cho người đó, dùng được một lần trong 24 giờ:")
    say(f"{site}/quan-tri/bat-dau/{token}")


def _state(user: User) -> str:
    state = "đã khóa" if user.disabled else "đang dùng" if user.has_password else "chờ chọn mật khẩu"
    return state + (", có mã xác thực" if user.has_codes else "")
