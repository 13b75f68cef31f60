"""The command line as somebody at a terminal meets it."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from motcua import borrowed, cli, setup
from tests.conftest import ROOT
from tests.fake_rasa import SECRET, FakeRasa
from tests.whole.conftest import free_ports

ANSWER = {
    "replies": [
        {
            "text": "Hộ chiếu: 200.000 đồng",
            "tree": {
                "blocks": [],
                "buttons": [
                    {"title": "Giấy tờ", "payload": "thu-tuc:1.001456:documents"},
                    {"title": "Bao lâu", "payload": "thu-tuc:1.001456:processing_time"},
                    {"title": "Mở trên Cổng", "url": "https://dichvucong.gov.vn/x"},
                ],
            },
        }
    ],
    "turn": {"outcome": "answered", "answer": "1.001456", "codes": ["1.001456"], "aspect": "fee"},
}
RECORD = {
    "ma_thu_tuc": "9.000001",
    "ten_thu_tuc": "Thủ tục cấp thẻ nuôi chim bồ câu",
    "detail_url": "https://example.vn/thu-tuc/1",
    "kenh_nop": [{"kenh": "Trực tiếp", "thoi_gian": "3 Ngày làm việc", "phi": "", "mo_ta": ""}],
    "ho_so": [],
}


def command(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), input=input, catch_exceptions=False)


@pytest.fixture
def database(content_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the test's own, named by the settings."""
    path = tmp_path / "motcua.db"
    shutil.copy(content_database, path)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def rasa(fake_rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch) -> FakeRasa:
    """A running assistant, named by the settings."""
    monkeypatch.setenv("MOTCUA_RASA_URL", fake_rasa.url)
    monkeypatch.setenv("MOTCUA_CHANNEL_SECRET", SECRET)
    fake_rasa.body = ANSWER
    return fake_rasa


def _main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command as a terminal does; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["motcua", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_checklist_is_printed_for_the_day_and_the_case(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_TODAY", "2027-01-01")
    told = command("checklist", "1.001193", "--case", "2").output
    assert "2. Bé không có giấy chứng sinh:" in told
    assert "☐ Văn bản của người làm chứng xác nhận việc sinh (1 bản chính" in told
    assert "mang thai hộ" not in told
    assert "200.000 đồng/hộ chiếu\n" in command("checklist", "1.001456").output
    for arguments, error in (
        (["1.001193", "--case", "9"], "không có trường hợp số 9"),
        (["9.999999"], "Không có thủ tục"),
    ):
        assert _main(monkeypatch, "checklist", *arguments) == 1
        assert error in capsys.readouterr().err


def test_every_verb_has_its_help_in_vietnamese() -> None:
    told = command("--help").output
    for verb in (
        "setup",
        "train",
        "run",
        "import",
        "check",
        "checklist",
        "ask",
        "chat",
        "eval",
        "search",
        "guide",
        "revision",
    ):
        assert verb in told
    for arguments in (["eval"], ["search"], ["guide"], ["import"]):
        assert command(*arguments, "--help").exit_code == 0
    assert "Nạp " in told


def test_an_import_tells_what_is_new_unchanged_and_refused_with_line_and_reason(database: Path, tmp_path: Path) -> None:
    changed = {**RECORD, "ma_thu_tuc": "9.000002"}
    nameless = {**RECORD, "ma_thu_tuc": "9.000003", "ten_thu_tuc": ""}
    file = tmp_path / "records.jsonl"
    lines = [json.dumps(record, ensure_ascii=False) for record in (RECORD, changed, nameless)]
    file.write_text("\n".join([*lines, "{"]), encoding="utf-8")
    told = command("import", str(file)).output
    assert "records.jsonl: mới 2, đổi 0, giữ nguyên 0, loại 2" in told
    assert "dòng 3 (9.000003): thiếu ten_thu_tuc" in told
    assert "dòng 4: " in told
    assert "4/4" in told
    lines[1] = json.dumps({**changed, "ten_thu_tuc": "Thủ tục cấp lại thẻ nuôi chim"}, ensure_ascii=False)
    file.write_text("\n".join(lines[:2]), encoding="utf-8")
    assert "records.jsonl: mới 0, đổi 1, giữ nguyên 1, loại 0" in command("import", str(file)).output


def test_a_file_of_no_known_shape_does_not_stop_the_others(database: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text("[1, 2", encoding="utf-8")
    (tmp_path / "in" / "b.jsonl").write_text(json.dumps(RECORD, ensure_ascii=False), encoding="utf-8")
    ended = command("import", str(tmp_path / "in"))
    assert ended.exit_code == 0
    assert "a.json" in ended.output
    assert "b.jsonl: mới 1" in ended.output
    (tmp_path / "in" / "b.jsonl").unlink()
    assert command("import", str(tmp_path / "in")).exit_code == 1


def test_a_missing_file_is_one_line(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _main(monkeypatch, "import", str(tmp_path / "nowhere.jsonl")) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"Không thấy {tmp_path}/nowhere.jsonl. Hãy xem lại đường dẫn.\n"


@pytest.mark.parametrize(
    "address",
    ["postgresql://me:hidden-word@127.0.0.1:{port}/motcua", "sqlite:////proc/nowhere/motcua.db", "no address"],
)
def test_an_unreachable_database_is_one_line_without_its_password(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", address.format(port=free_ports(1)[0]))
    (tmp_path / "x.jsonl").write_text("{}", encoding="utf-8")
    assert _main(monkeypatch, "import", str(tmp_path / "x.jsonl")) == 1
    printed = capsys.readouterr()
    assert len(printed.err.splitlines()) == 1
    assert "cơ sở dữ liệu" in printed.err
    assert "hidden-word" not in printed.err + printed.out


def test_a_setting_that_cannot_be_read_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_WEB_PORT", "eighty")
    assert _main(monkeypatch, "run") == 1
    assert capsys.readouterr().err == "MOTCUA_WEB_PORT=eighty không phải số cổng (1 đến 65535).\n"


def test_our_own_content_is_sound() -> None:
    ended = command("check")
    assert ended.exit_code == 0, ended.output
    assert ", 0 lỗi." in ended.output


def test_a_mistake_in_the_content_is_told_with_file_line_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = next((ROOT / "knowledge" / "content" / "procedures").glob("1.001193-*.yml"))
    (tmp_path / "procedures").mkdir()
    lines = source.read_text(encoding="utf-8").splitlines()
    (tmp_path / "procedures" / source.name).write_text("\n".join([*lines, "no_such_field: 1"]), encoding="utf-8")
    twice = "code: 1.000001\ncode: 1.000002\n"
    (tmp_path / "procedures" / "1.000001-x.yml").write_text(twice, encoding="utf-8")
    monkeypatch.setattr(cli, "FOLDER", tmp_path)
    ended = command("check")
    assert ended.exit_code == 1
    assert f"{source.name}:{len(lines) + 1}: no_such_field" in ended.output
    assert "1.000001-x.yml:2: YAML không đọc được: khóa 'code' viết hai lần" in ended.output
    assert ended.output.splitlines()[-1].endswith("2 lỗi.")


def test_a_question_is_answered_with_its_buttons_and_links(rasa: FakeRasa) -> None:
    ended = command("ask", "làm hộ chiếu bao nhiêu tiền")
    assert ended.output.split("\n")[:3] == [
        "Hộ chiếu: 200.000 đồng",
        "[Giấy tờ | Bao lâu]",
        "Mở trên Cổng: https://dichvucong.gov.vn/x",
    ]
    assert rasa.sent[0]["text"] == "làm hộ chiếu bao nhiêu tiền"


def test_a_chat_goes_on_with_one_sender_until_it_is_left(rasa: FakeRasa) -> None:
    ended = command("chat", input="làm hộ chiếu\n\ncòn phí?\nthoát\nnot sent\n")
    assert ended.exit_code == 0
    assert [sent["text"] for sent in rasa.sent] == ["làm hộ chiếu", "còn phí?"]
    assert len({sent["sender"] for sent in rasa.sent}) == 1
    assert command("chat", input="").exit_code == 0


def test_an_assistant_that_cannot_start_is_one_line(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_RASA_URL", f"http://127.0.0.1:{free_ports(1)[0]}")
    monkeypatch.setenv("MOTCUA_CHANNEL_SECRET", SECRET)
    monkeypatch.setenv("MOTCUA_MODELS", str(tmp_path / "none"))
    assert _main(monkeypatch, "ask", "x") == 1
    assert capsys.readouterr().err == "Chưa có mô hình. Hãy chạy 'make setup' (hoặc 'motcua train') rồi thử lại.\n"


def test_questions_are_measured_and_written_line_by_line(rasa: FakeRasa, tmp_path: Path) -> None:
    file, out = tmp_path / "questions.jsonl", tmp_path / "out.jsonl"
    expected = {"aspect": "fee", "codes": ["1.001456"]}
    questions = [
        {"id": "a", "text": "một", "style": "plain", "group": "x", **expected},
        {"id": "b", "text": "hai", "style": "short", "group": "x", "aspect": "fee", "codes": ["other"]},
    ]
    file.write_text("\n".join(json.dumps(question) for question in questions), encoding="utf-8")
    told = command("eval", "questions", str(file), "--json", str(out)).output
    rows = {
        line.split()[0]: line.split()[1:] for line in told.splitlines() if line.startswith(("all", "plain", "short"))
    }
    assert rows["all"][:5] == ["2", "0.500", "0.500", "0.500", "0.500"]
    assert rows["plain"][:5] == ["1", "1.000", "1.000", "1.000", "0.000"]
    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in written] == ["a", "b"]
    assert written[0]["replies"] == ["Hộ chiếu: 200.000 đồng"]
    assert "turn" not in written[0]


def test_dialogues_are_measured_turn_by_turn(rasa: FakeRasa, tmp_path: Path) -> None:
    file, out = tmp_path / "dialogues.jsonl", tmp_path / "out.jsonl"
    turns = [{"user": text, "expect": {"aspect": "fee", "codes": ["1.001456"]}} for text in ("một", "hai")]
    file.write_text(json.dumps({"id": "d", "turns": turns}), encoding="utf-8")
    told = command("eval", "dialogues", str(file), "--json", str(out)).output
    assert "turns right         2 /    2  1.000" in told
    assert [json.loads(line)["turn"] for line in out.read_text(encoding="utf-8").splitlines()] == [1, 2]
    assert len({sent["sender"] for sent in rasa.sent}) == 1


def test_a_bad_question_file_is_one_line(
    rasa: FakeRasa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "q.jsonl").write_text("{", encoding="utf-8")
    assert _main(monkeypatch, "eval", "questions", str(tmp_path / "q.jsonl")) == 1
    assert capsys.readouterr().err == "q.jsonl, dòng 1: không phải JSON.\n"
    assert rasa.sent == []


def test_a_search_is_explained(database: Path) -> None:
    told = command("search", "explain", "lam ho chieu").output
    assert "gõ:        lam ho chieu" in told
    assert "hiểu:      làm hộ chiếu" in told
    assert "1.001456" in told


def test_set_up_is_told_and_repeats_quickly(database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = tmp_path / "m.tar.gz"
    monkeypatch.setattr(setup, "train", lambda _tell: model)
    ended = command("setup")
    assert ended.exit_code == 0
    assert "Đã sẵn sàng" in ended.output
    assert "Đã nạp nội dung" not in ended.output  # it was there
    assert "make run" in ended.output


def test_a_running_assistant_is_borrowed_and_left_running(rasa: FakeRasa) -> None:
    with borrowed.assistant(lambda _: None) as assistant:
        assert assistant.say("s", "x")["turn"] == ANSWER["turn"]
    with contextlib.closing(rasa.assistant()) as again:
        assert again.ready()
