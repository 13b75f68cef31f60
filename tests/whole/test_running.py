"""The product as a machine's owner sees it: what it tells, what it weighs, how fast it is, what it survives."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from statistics import median

import httpx
import psutil
import pytest

from motcua.environment import child_environment
from tests.conftest import ROOT
from tests.whole.conftest import Person, Stack, free_ports, wait_until

WARM_MS = 300
"""A generous bound for a machine that does other work; the real figure is measured by the bench."""
LARGEST_MB = 2_500
QUESTIONS = (
    "đăng ký kết hôn cần giấy tờ gì",
    "lam lai can cuoc bi mat",
    "còn lệ phí?",
    "mấy ngày xong",
    "sang tên xe máy nộp ở đâu",
)


def test_it_prints_where_it_is(stack: Stack) -> None:
    told = "\n".join(stack.told)
    assert f"Trang trò chuyện: {stack.url}/" in told
    assert stack.rasa_url in told
    assert "Ctrl-C" in told


def test_it_listens_on_this_machine_only(stack: Stack) -> None:
    listening = {
        connection.laddr.ip
        for module in ("bot", "actions", "bot.channels", "web")
        for connection in stack.child(module).net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_rasas_own_doors_are_shut(stack: Stack) -> None:
    with httpx.Client(base_url=stack.rasa_url) as stranger:
        assert stranger.post("/webhooks/rest/webhook", json={"sender": "x", "message": "hi"}).status_code == 404
        assert stranger.get("/conversations/x/tracker").status_code == 404
        assert stranger.post("/webhooks/web/message", json={"sender": "x", "text": "chào"}).status_code == 403


@pytest.mark.measured
def test_a_warm_turn_is_quick(stack: Stack, person: Person) -> None:
    for question in QUESTIONS:
        person(question)
    times = []
    for turn in range(20):
        started = time.perf_counter()
        person(QUESTIONS[turn % len(QUESTIONS)])
        times.append((time.perf_counter() - started) * 1000)
    assert median(times) < WARM_MS


@pytest.mark.measured
def test_the_whole_stack_fits_in_a_small_machine(stack: Stack, person: Person) -> None:
    person("đăng ký kết hôn cần giấy tờ gì")
    supervisor = psutil.Process(stack.process.pid)
    family = [supervisor, *supervisor.children(recursive=True)]
    assert len(family) >= 4
    assert sum(process.memory_info().rss for process in family) / 2**20 < LARGEST_MB


def test_no_user_text_and_no_trace_reaches_the_logs(stack: Stack, person: Person) -> None:
    # Words that occur nowhere else, so that finding them means that they were logged.
    marks = [uuid.uuid4().hex for _ in range(4)]
    person(f"làm giấy khai sinh cho bé {marks[0]}")
    person(f'/ask_fee{{"x": "{marks[1]}"}}')
    person(f"<b>{marks[2]}</b> \x00\x01")
    person.press(f"hoi:làm hộ chiếu {marks[3]}")
    logs = stack.logs()
    assert not [mark for mark in marks if mark in logs]
    assert "Traceback" not in logs


def test_no_personal_number_is_kept_anywhere(stack: Stack, person: Person) -> None:
    said = person("sđt em 0912345678, đăng ký khai sinh cần giấy tờ gì")
    assert "đừng gửi số giấy tờ" in said.html
    assert said.turn["answer"] == "1.001193"
    person("cccd em 079185001234 còn stk 0071000123456")
    status = person("hồ sơ H29.12-250610-0034 của em tới đâu rồi")
    assert (status.turn["aspect"], status.turn["outcome"]) == ("status", "answered")
    files = [path for path in (stack.house / "var").rglob("*") if path.is_file()]
    assert {"conversations.db", "rasa.log"} <= {path.name for path in files}
    kept = b"".join(path.read_bytes() for path in files)
    assert "sđt em [".encode() in kept or b"s\\u0111t em [" in kept
    assert not [n for n in ("0912345678", "079185001234", "0071000123456", "250610-0034") if n.encode() in kept]


def test_a_killed_rasa_is_apologised_for_restarted_and_knows_the_conversation(stack: Stack, person: Person) -> None:
    person("đăng ký khai sinh cho con cần giấy tờ gì")
    rasa = stack.child("bot")
    rasa.send_signal(signal.SIGKILL)
    psutil.wait_procs([rasa], timeout=10)
    said = person("còn lệ phí?")
    assert said.status == 200
    assert said.turn["outcome"] == "failed"
    assert "Bạn thử lại sau ít phút" in said.html
    wait_until(stack.ready, 60, "Rasa answers again")
    assert any(line.startswith("rasa đã dừng") for line in stack.told)
    turn = person("còn lệ phí?").turn
    assert (turn["answer"], turn["aspect"]) == ("1.001193", "fee")


def test_a_killed_action_server_is_apologised_for_and_restarted(stack: Stack, person: Person) -> None:
    person("đăng ký khai sinh cho con cần giấy tờ gì")
    actions = stack.child("actions")
    actions.send_signal(signal.SIGKILL)
    psutil.wait_procs([actions], timeout=10)
    said = person("còn lệ phí?")
    assert said.status == 200
    assert "Xin lỗi bạn" in said.html
    wait_until(lambda: person("phí bao nhiêu").turn.get("answer") == "1.001193", 60, "the actions answer again")


def command(stack: Stack, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run ``motcua`` beside the stack."""
    return subprocess.run(
        [sys.executable, "-m", "motcua.cli", *arguments],
        cwd=stack.house, env={**os.environ, **settings}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_taken_port_is_told_in_one_line(stack: Stack) -> None:
    port = stack.url.rsplit(":", 1)[1]
    second = command(stack, "run", MOTCUA_WEB_PORT=port)
    assert second.returncode == 1
    (line,) = (second.stdout + second.stderr).strip().splitlines()
    assert f"Cổng {port}" in line
    assert "MOTCUA_WEB_PORT" in line


def test_a_question_in_the_terminal_is_answered_by_the_running_assistant(stack: Stack) -> None:
    asked = command(stack, "ask", "làm hộ chiếu hết bao nhiêu tiền", MOTCUA_RASA_URL=stack.rasa_url)
    assert asked.returncode == 0
    assert "kiểm ngày" in asked.stdout
    assert asked.stderr == ""


def test_a_question_in_the_terminal_starts_an_assistant_of_its_own_and_ends_it(stack: Stack) -> None:
    rasa, actions = map(str, free_ports(2))
    asked = command(stack, "ask", "làm hộ chiếu hết bao nhiêu tiền", MOTCUA_RASA_PORT=rasa, MOTCUA_ACTIONS_PORT=actions)
    assert asked.returncode == 0, asked.stderr
    assert "kiểm ngày" in asked.stdout
    assert "Khởi động trợ lý" in asked.stderr
    for port in (rasa, actions):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(port))) != 0


def test_rasas_own_validation_finds_nothing_wrong() -> None:
    validated = subprocess.run(
        [sys.executable, "-m", "rasa", "data", "validate", "--max-history", "3"],
        cwd=ROOT, env=child_environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert validated.returncode == 0, (validated.stdout + validated.stderr)[-2000:]
