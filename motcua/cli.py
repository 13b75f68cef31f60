"""``motcua``: every verb of the command line. What people read is in Vietnamese."""

from __future__ import annotations

from motcua.environment import prepare

prepare()

import asyncio  # noqa: E402
import datetime as dt  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Annotated, Optional  # noqa: E402

import typer  # noqa: E402

from evaluation import drawing  # noqa: E402
from evaluation.figures import dialogue_table, table, tally_by  # noqa: E402
from evaluation.items import Answer, Question, read_dialogues, read_questions  # noqa: E402
from evaluation.run import Assistant  # noqa: E402
from evaluation.run import run as run_evaluation  # noqa: E402
from knowledge.check import check as check_content  # noqa: E402
from knowledge.content import FOLDER  # noqa: E402
from knowledge.database import MIGRATIONS  # noqa: E402
from knowledge.errors import MotCuaError, ProcedureUnknown  # noqa: E402
from knowledge.importers.run import Summary, find_files, import_file  # noqa: E402
from knowledge.layer import Group  # noqa: E402
from knowledge.procedure import load_procedures  # noqa: E402
from motcua import (  # noqa: E402
    analytics,
    borrowed,
    exchange,
    guides,
    operating,
    privacy,
    setup,
    supervisor,
    switches,
    training,
    users,
    zalo,  # noqa: F401
)
from motcua.checklist import checklist_lines  # noqa: E402
from motcua.messaging import channels_app, inbox_app  # noqa: E402
from rendering.plain import render  # noqa: E402
from rendering.tree import read_tree  # noqa: E402
from settings import VIETNAM, bind_address, port_of, public_url, rasa_url, today  # noqa: E402
from settings.secrets import check_given  # noqa: E402
from settings.telegram import telegram_settings  # noqa: E402

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Một Cửa: trợ lý thủ tục hành chính.",
)
evaluate = typer.Typer(no_args_is_help=True, help="Đo trợ lý bằng bộ câu hỏi.")
app.add_typer(evaluate, name="eval")
search_app = typer.Typer(no_args_is_help=True, help="Bộ tìm thủ tục.")
app.add_typer(search_app, name="search")
app.add_typer(inbox_app, name="inbox")
app.add_typer(channels_app, name="channels")
app.add_typer(guides.app, name="guide")
app.add_typer(users.app, name="user")
app.add_typer(analytics.app, name="analytics")
app.add_typer(privacy.app, name="privacy")
app.add_typer(switches.app, name="switch")
app.command()(operating.backup)
app.command()(operating.restore)
app.command()(operating.serve)

FIGURES = Path("docs/pictures")
JsonOut = Annotated[Optional[Path], typer.Option("--json", help="Ghi từng lượt ra file này, mỗi dòng một JSON.")]


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def warn(text: str) -> None:
    """Print a line on standard error at once."""
    typer.echo(text, err=True)


@app.command("setup")
def setup_command() -> None:
    """Chuẩn bị mọi thứ: cơ sở dữ liệu, nội dung, véc-tơ, mô hình."""
    started = time.monotonic()
    setup.set_up(say)
    say(f"Đã sẵn sàng ({time.monotonic() - started:.0f} giây). Chạy 'make run' để mở trợ lý.")


@app.command()
def train(force: Annotated[bool, typer.Option("--force", help="Học lại dù dữ liệu không đổi.")] = False) -> None:
    """Huấn luyện mô hình nếu dữ liệu học đã đổi."""
    say(f"Mô hình: {training.train(say, force)}")


@app.command()
def run() -> None:
    """Chuẩn bị những gì còn thiếu, rồi chạy trợ lý: Rasa, máy chủ hành động, các kênh nhắn tin và trang web."""
    check_given()
    supervisor.check_ports(("web", "rasa", "actions", "channels"))
    today(), public_url()  # a setting that can't be read is said now, not in every answer
    model = setup.set_up(say)

    def ready() -> None:
        say(f"Trang trò chuyện: http://{bind_address()}:{port_of('web')}/")
        say(f"Rasa:             {rasa_url()} (chỉ trong máy này)")

    say("Đang khởi động…")
    asyncio.run(supervisor.Supervisor(supervisor.services(model), say).run(ready))
    say("Đã dừng.")


@app.command()
def telegram() -> None:
    """Chạy trợ lý với bot Telegram ở nhà, không cần địa chỉ công khai (token trong MOTCUA_TELEGRAM_TOKEN)."""
    os.environ["MOTCUA_TELEGRAM_MODE"] = "polling"
    if telegram_settings() is None:
        raise ValueError("MOTCUA_TELEGRAM_TOKEN chưa có. Chạy: make telegram TOKEN=mã BotFather đưa.")
    run()


@app.command("import")
def import_command(
    paths: Annotated[list[Path], typer.Argument(help="File Excel, JSON, hay file, thư mục bản ghi của Cổng.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ghi luôn, không hỏi lại.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="File Excel: ghi thành bản nháp, chưa công bố.")] = False,
) -> None:
    """Nạp thủ tục. Nạp lại thì không đổi gì. File Excel: cho xem trước từng dòng rồi mới hỏi để ghi."""
    files = find_files(paths)
    engine = setup.ready_database(say)
    started = time.monotonic()
    refused = 0
    for path in files:
        try:
            if exchange.has_preview(path):
                refused += not exchange.bring_in(engine, path, _today(), say, lambda text: yes or _agreed(text), draft)
            else:
                _print_summary(import_file(engine, path, today=_today(), progress=_progress))
        except MotCuaError as error:
            refused += 1
            warn(f"{error}")
    say(f"Nạp xong sau {time.monotonic() - started:.0f} giây.")
    started = time.monotonic()
    made = setup.ready_vectors(engine, say)
    if made:
        say(f"Đã tính {made} véc-tơ sau {time.monotonic() - started:.0f} giây.")
    if refused == len(files):
        raise typer.Exit(1)


def _agreed(question: str) -> bool:
    try:
        return input(f"{question} (gõ 'có' để ghi) ").strip().lower() in ("có", "co", "c", "yes", "y")
    except EOFError:
        return False


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="File để ghi ra, đuôi .xlsx hoặc .json.")],
    codes: Annotated[Optional[list[str]], typer.Option("--codes", help="Mã thủ tục; ghi được nhiều lần.")] = None,
    group: Annotated[Optional[Group], typer.Option("--group", help="Nhóm, ví dụ ho_tich.")] = None,
    template: Annotated[bool, typer.Option("--template", help="File mẫu có hai thủ tục ví dụ.")] = False,
) -> None:
    """Ghi thủ tục ra Excel hoặc JSON để sửa rồi nạp lại. Không chọn gì thì ghi mọi thủ tục."""
    chosen = [code for given in codes or () for code in given.replace(",", " ").split()]
    say(exchange.export(setup.ready_database(warn), file, chosen, group, template))


def _today() -> dt.date:
    # The real day: what is written down is no matter of 'as of'.
    return dt.datetime.now(VIETNAM).date()


def _progress(name: str, done: int, total: int) -> None:
    if done % 500 == 0 or done == total:
        say(f"  {name}: {done}/{total}")


def _print_summary(summary: Summary) -> None:
    say(
        f"{summary.file}: mới {summary.created}, đổi {summary.changed}, giữ nguyên {summary.unchanged}, "
        f"loại {len(summary.rejected)}"
    )
    for rejection in summary.rejected[:50]:
        code = f" ({rejection.code})" if rejection.code else ""
        say(f"  dòng {rejection.line}{code}: {rejection.reason}")
    if len(summary.rejected) > 50:
        say(f"  … và {len(summary.rejected) - 50} dòng nữa.")


@app.command()
def check() -> None:
    """Kiểm nội dung đi kèm: báo file, dòng và lý do."""
    checked = check_content(FOLDER)
    for problem in checked.problems:
        say(str(problem))
    say(
        f"{len(checked.content.procedures)} thủ tục, {len(checked.content.keys)} cách gọi và cách hỏi, "
        f"{len(checked.guides.guides)} hướng dẫn, {len(checked.events.events)} việc trong đời, "
        f"{len(checked.faqs.faqs)} câu hỏi chung, {len(checked.problems)} lỗi."
    )
    if checked.problems:
        raise typer.Exit(1)


@app.command()
def checklist(
    code: Annotated[str, typer.Argument(help="Mã thủ tục, ví dụ 1.001193.")],
    case: Annotated[
        Optional[int], typer.Option(help="Số của trường hợp, từ 1; không ghi thì in mọi trường hợp.")
    ] = None,
) -> None:
    """In danh sách giấy tờ của một thủ tục, kèm thời hạn, phí và nơi nhận."""
    with setup.ready_database(warn).connect() as connection:
        procedure = load_procedures(connection, [code]).get(code)
    if procedure is None:
        raise ProcedureUnknown(f"Không có thủ tục {code}.")
    say("\n".join(checklist_lines(procedure, today(), case)))


@app.command()
def ask(question: str) -> None:
    """Hỏi một câu, nhận câu trả lời."""
    with borrowed.assistant(warn) as assistant:
        _exchange(assistant, f"terminal-{uuid.uuid4()}", question)


@app.command()
def chat() -> None:
    """Trò chuyện trong cửa sổ lệnh. Gõ 'thoát' để ra."""
    with borrowed.assistant(warn) as assistant:
        sender = f"terminal-{uuid.uuid4()}"
        say("Bạn hỏi đi, gõ 'thoát' để ra.")
        while True:
            try:
                text = input("> ").strip()
            except (EOFError, KeyboardInterrupt):
                break
            if text.lower() in ("thoát", "thoat", "exit", "quit"):
                break
            if text:
                _exchange(assistant, sender, text)


def _exchange(assistant: Assistant, sender: str, text: str) -> None:
    replies = assistant.say(sender, text).get("replies")
    for reply in replies if isinstance(replies, list) else []:
        say(render(read_tree(reply.get("tree"), reply["text"])))
        say()


@evaluate.command("questions")
def eval_questions(file: Path, json_out: JsonOut = None) -> None:
    """Hỏi từng câu một, mỗi câu một người mới."""
    questions = read_questions(file)
    pairs = _evaluate([[question] for question in questions], json_out)
    for attribute in ("style", "aspect", "group"):
        say(table(tally_by(pairs, attribute), attribute))
        say()


@evaluate.command("intents")
def evaluate_intents(folds: Annotated[int, typer.Option(help="Số phần kiểm chéo.")] = 5) -> None:
    """Đo bộ phân loại ý định trên câu mẫu bằng kiểm chéo."""
    from bot.nlu.cross_validation import cross_validate  # loads Rasa, which takes ten seconds

    scores = cross_validate(Path("data/nlu"), [FOLDER], folds, say)
    for name, value in sorted(scores.by_intent.items(), key=lambda item: item[1]):
        say(f"{name:22} {value:.3f}")
    say(f"{scores.examples} câu, {len(scores.by_intent)} ý định, macro-F1 {scores.macro:.3f}")


@evaluate.command("figures")
def evaluate_figures(file: Path, folder: Annotated[Path, typer.Option(help="Nơi ghi hình.")] = FIGURES) -> None:
    """Hỏi từng câu rồi vẽ hình: đúng theo kiểu viết, sai so với số câu trả lời, thời gian."""
    pairs = _evaluate([[question] for question in read_questions(file)], None)
    tallies = tally_by(pairs, "style")
    say(table(tallies, "style"))
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "risk-coverage": drawing.draw_risk_coverage(pairs),
        "by-style": drawing.draw_by_style(tallies),
        "times": drawing.draw_times(tallies["all"].times),
    }
    for name, picture in drawn.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
        say(f"Đã vẽ {folder / name}.svg")


@evaluate.command("dialogues")
def eval_dialogues(file: Path, json_out: JsonOut = None) -> None:
    """Hỏi từng cuộc trò chuyện, lượt này nối lượt kia."""
    pairs = _evaluate(read_dialogues(file), json_out)
    say(dialogue_table(pairs))


def _evaluate(conversations: list[list[Question]], json_out: Optional[Path]) -> list[tuple[Question, Answer]]:
    with borrowed.assistant(warn) as assistant:
        started = time.monotonic()
        pairs = run_evaluation(assistant, conversations, _eval_progress)
        spent = time.monotonic() - started
    if json_out:
        json_out.write_text("".join(f"{answer.as_line()}\n" for _, answer in pairs), encoding="utf-8")
    say(f"{len(pairs)} lượt trong {spent:.0f} giây.")
    say()
    return pairs


def _eval_progress(done: int, total: int) -> None:
    if done % 100 == 0 or done == total:
        warn(f"  {done}/{total}")


@search_app.command("explain")
def search_explain(question: str) -> None:
    """Cho xem câu hỏi được hiểu thế nào và vì sao tìm ra các thủ tục đó."""
    from motcua.searching import explain

    say(explain(setup.ready_database(warn), question))


@search_app.command("train")
def search_train(count: Annotated[int, typer.Option(help="Số câu đem học.")] = 6000) -> None:
    """Học lại trọng số xếp hạng từ các cách hỏi (mỗi cách được giấu đi khi học)."""
    from motcua.searching import learn

    engine = setup.ready_database(warn)
    setup.ready_vectors(engine, warn)
    say(learn(engine, count, _eval_progress))


@search_app.command("ship-vectors")
def search_ship_vectors() -> None:
    """Ghi véc-tơ của nội dung đi kèm ra file để máy mới khỏi tính lại."""
    from motcua.searching import ship_vectors

    engine = setup.ready_database(warn)
    say(ship_vectors(engine, warn))


@app.command("revision")
def revision(message: str) -> None:
    """Viết một bước nâng cấp cơ sở dữ liệu từ các bảng đã sửa (cho lập trình viên)."""
    from motcua.revisions import write_revision

    say(f"Đã viết {write_revision(message, MIGRATIONS)}.")


def main() -> None:
    """Run the command line; known errors are one line, without a stack trace."""
    try:
        app()
    except MotCuaError as error:
        warn(str(error))
        raise SystemExit(1) from None
    except ValueError as error:
        # Settings that can't be read say so themselves; anything else is a bug and shows its trace.
        if str(error).startswith("MOTCUA_"):
            warn(str(error))
            raise SystemExit(1) from None
        raise


if __name__ == "__main__":
    main()
