"""``motcua guide``: list the guides, run their scenarios, draw them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from knowledge.content import read_content
from knowledge.guides.draw import draw as picture
from knowledge.guides.model import Guide, read_guides
from knowledge.guides.scenarios import run_all
from knowledge.yaml_models import Known

app = typer.Typer(no_args_is_help=True, help="Hướng dẫn chọn thủ tục (cây câu hỏi).")


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def _guides(name: Optional[str] = None) -> list[Guide]:
    found = read_guides(Known.of(read_content()))
    for problem in found.problems:
        say(str(problem))
    if name is None:
        return list(found.guides.values())
    if name not in found.guides:
        say(f"Không có hướng dẫn '{name}'. Gõ 'motcua guide list' để xem các tên.")
        raise typer.Exit(1)
    return [found.guides[name]]


@app.command("list")
def list_guides() -> None:
    """Liệt kê các hướng dẫn, số câu hỏi và số kết quả."""
    for guide in _guides():
        say(f"{guide.name}: {guide.title} ({len(guide.questions)} câu hỏi, {len(list(guide.leaves()))} kết quả)")


@app.command("test")
def run_scenarios(
    name: Annotated[Optional[str], typer.Argument(help="Tên hướng dẫn; bỏ trống là tất cả.")] = None,
) -> None:
    """Chạy các tình huống của hướng dẫn."""
    wanted = {guide.name for guide in _guides(name)}
    failed = 0
    for guide, ran in run_all(_guides()):
        if guide.name in wanted:
            say(f"{guide.name}: {ran.count} tình huống, {len(ran.problems)} lỗi.")
            for problem in ran.problems:
                say(f"  {problem}")
            failed += len(ran.problems)
    if failed:
        raise typer.Exit(1)


@app.command("draw")
def draw(
    name: Annotated[str, typer.Argument(help="Tên hướng dẫn.")],
    out: Annotated[Optional[Path], typer.Option("-o", "--out", help="File SVG; bỏ trống là NAME.svg.")] = None,
) -> None:
    """Vẽ hướng dẫn thành hình SVG."""
    (guide,) = _guides(name)
    path = out or Path(f"{name}.svg")
    names = {procedure.code: procedure.name for procedure in read_content().procedures}
    path.write_text(picture(guide, names), encoding="utf-8")
    say(f"Đã vẽ {path}.")
