"""The shell scripts, with made-up programs in place of real ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

RUNS = '#!/bin/sh\necho "{version}"\n'
SHIM = "#!/bin/sh\necho 'python3.10: command not found' >&2\nexit 127\n"
BOX = ("sh", "id")


class Machine:
    """A machine in a folder: a path, a home, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.environment = {"PATH": str(self.bin), "HOME": str(folder / "home")}
        for name in BOX:
            (self.bin / name).symlink_to(
                next(Path(place) / name for place in ("/bin", "/usr/bin") if (Path(place) / name).exists())
            )

    def program(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def python(self, name: str, version: str = "3.10") -> Path:
        return self.program(name, RUNS.format(version=version))

    def run(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(ROOT / "scripts" / script)],
            cwd=self.folder, env={**self.environment, **more}, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_python_that_was_named_comes_first(machine: Machine) -> None:
    named = machine.python("named/python")
    machine.python("bin/python3.10")
    assert machine.run("find-python.sh", PYTHON=str(named)).stdout.strip() == str(named)


def test_then_the_one_on_the_path(machine: Machine) -> None:
    on_path = machine.python("bin/python3.10")
    machine.python("home/.pyenv/versions/3.10.13/bin/python")
    assert machine.run("find-python.sh").stdout.strip() == str(on_path)


@pytest.mark.parametrize("shim", [SHIM, RUNS.format(version="3.12"), "#!/nowhere/python\n"])
def test_one_that_does_not_run_or_is_another_is_passed_over(machine: Machine, shim: str) -> None:
    machine.program("bin/python3.10", shim)
    named = machine.program("named/python", shim)
    pyenv = machine.python("home/.pyenv/versions/3.10.13/bin/python")
    machine.python("home/.pyenv/versions/3.11.2/bin/python", "3.11")
    assert machine.run("find-python.sh", PYTHON=str(named)).stdout.strip() == str(pyenv)


def test_pyenv_may_live_elsewhere(machine: Machine) -> None:
    python = machine.python("elsewhere/versions/3.10.2/bin/python")
    assert machine.run("find-python.sh", PYENV_ROOT=str(machine.folder / "elsewhere")).stdout.strip() == str(python)


def test_then_uvs_own(machine: Machine) -> None:
    python = machine.python("uv-store/python")
    uv = machine.program("uv", f'#!/bin/sh\n[ "$1 $2" = "python find" ] && echo "{python}"\n')
    assert machine.run("find-python.sh", UV=str(uv)).stdout.strip() == str(python)


def test_none_is_a_failure_without_words(machine: Machine) -> None:
    uv = machine.program("uv", "#!/bin/sh\necho 'no interpreter found' >&2\nexit 2\n")
    found = machine.run("find-python.sh", UV=str(uv))
    assert (found.returncode, found.stdout, found.stderr) == (1, "", "")


def test_a_path_with_spaces_is_no_trouble(machine: Machine) -> None:
    named = machine.python("a folder/python")
    assert machine.run("find-python.sh", PYTHON=str(named)).stdout.strip() == str(named)


def test_without_python_one_line_says_what_to_do(machine: Machine) -> None:
    (machine.folder / "scripts").symlink_to(ROOT / "scripts")
    machine.program("bin/uv", '#!/bin/sh\n[ "$1" = --version ]\n')
    ended = machine.run("environment.sh")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "Python 3.10" in line
    assert "PYTHON=" in line
    assert not (machine.folder / ".venv").exists()


def test_without_uv_and_pip_one_line_says_what_to_do(machine: Machine) -> None:
    (machine.folder / "scripts").symlink_to(ROOT / "scripts")
    ended = machine.run("environment.sh")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "pip" in line


def test_the_uv_on_the_path_is_used_and_one_that_does_not_run_is_not(machine: Machine) -> None:
    uv = machine.program("bin/uv", "#!/bin/sh\n")
    assert machine.run("uv.sh").stdout.strip() == str(uv)
    machine.program("bin/uv", SHIM)
    assert machine.run("uv.sh").stdout == ""
    fetched = machine.program(".tools/bin/uv", "#!/bin/sh\n")
    assert Path(machine.run("uv.sh", PWD=str(machine.folder)).stdout.strip()).samefile(fetched)


def test_a_browser_that_is_there_is_not_installed_again(machine: Machine) -> None:
    machine.program("bin/chromium", "#!/bin/sh\n")
    machine.program("bin/chromedriver", "#!/bin/sh\n")
    machine.program("bin/apt-get", "#!/bin/sh\ntouch asked\n")
    assert machine.run("browser.sh").returncode == 0
    assert not (machine.folder / "asked").exists()


def test_a_browser_that_cannot_be_installed_is_one_line(machine: Machine) -> None:
    machine.program("bin/apt-get", "#!/bin/sh\nexit 100\n")
    ended = machine.run("browser.sh")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("Cần Chromium")


def test_without_npm_the_audit_of_pages_says_what_it_needs(machine: Machine) -> None:
    told = machine.run("axe.sh")
    assert told.returncode == 1
    assert "Cần npm" in told.stderr
    assert not told.stdout


def test_the_auditor_is_fetched_once(machine: Machine) -> None:
    kept = machine.program("var/axe/node_modules/axe-core/axe.min.js", "")
    told = machine.run("axe.sh")
    assert told.returncode == 0
    assert told.stdout.strip() == str(kept)


def test_services_that_answer_are_left_alone(machine: Machine) -> None:
    python = machine.program("python", "#!/bin/sh\nexit 0\n")
    machine.program("bin/apt-get", "#!/bin/sh\ntouch asked\n")
    told = machine.run("services.sh", PY=str(python), CI="1")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert not (machine.folder / "asked").exists()


@pytest.mark.parametrize(("settings", "ended"), [({}, 0), ({"CI": "1"}, 1)])
def test_services_that_cannot_be_had_are_named_and_only_integration_fails(
    machine: Machine, settings: dict[str, str], ended: int
) -> None:
    python = machine.program("python", "#!/bin/sh\nexit 1\n")
    machine.program("bin/apt-get", "#!/bin/sh\nexit 100\n")
    told = machine.run("services.sh", PY=str(python), **settings)
    assert told.returncode == ended
    assert "postgres redis rabbitmq" in told.stderr.splitlines()[-1]


def package(name: str, *flaws: tuple[str, str], skipped: bool = False) -> dict[str, Any]:
    """A package as pip-audit tells of it."""
    found = [{"id": number, "aliases": [alias], "fix_versions": []} for number, alias in flaws]
    return {"name": name, **({"skip_reason": "not found"} if skipped else {"version": "1.0", "vulns": found})}


@pytest.mark.parametrize(
    ("packages", "ended", "words"),
    [
        ([package("clean")], 0, "1 gói đã tra, 0 lỗ hổng đã biết, 0 chưa đánh giá"),
        ([package("known", ("PYSEC-1", "CVE-2024-5206"))], 0, "1 lỗ hổng đã biết, 0 chưa đánh giá"),
        ([package("fresh", ("PYSEC-2", "CVE-1999-0001"))], 1, "fresh 1.0: PYSEC-2 CVE-1999-0001"),
        ([package("clean"), package("away", skipped=True)], 2, "chưa thể nói là sạch"),
    ],
)
def test_what_is_known_to_be_weak_has_to_be_judged(
    packages: list[dict[str, Any]], ended: int, words: str, tmp_path: Path
) -> None:
    found, script = tmp_path / "found.json", ROOT / "scripts" / "judged.py"
    found.write_text(json.dumps({"dependencies": packages}))
    told = subprocess.run(
        [sys.executable, str(script), str(found), str(ROOT / "docs" / "security.md")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == ended
    assert words in told.stdout + told.stderr


def test_an_audit_that_could_not_run_is_no_clean_one(machine: Machine) -> None:
    uv = machine.program("uv", "#!/bin/sh\nexit 3\n")
    for name in ("mkdir", "rm"):
        (machine.bin / name).symlink_to(f"/bin/{name}")
    told = machine.run("audit.sh", UV=str(uv))
    assert told.returncode == 2
    assert "pip-audit không chạy được" in told.stderr
