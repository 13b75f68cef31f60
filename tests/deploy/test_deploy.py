"""What lies in deploy/ agrees with the code: commands, settings, ports, doors; systemd reads it where it is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from starlette.routing import Route

from motcua.cli import app
from motcua.serving import Part
from settings import model_folder, port_of, secrets
from tests.conftest import ROOT
from web.app import create_app

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
OBJECTS: list[dict[str, Any]] = [
    found
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for found in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
UNITS = {path.name: path.read_text(encoding="utf-8") for path in sorted((DEPLOY / "systemd").glob("*.service"))}
NGINX = (DEPLOY / "nginx" / "motcua.conf").read_text(encoding="utf-8")
PLACES = {path.stem: path.read_text(encoding="utf-8") for path in (DEPLOY / "nginx" / "places").glob("*.conf")}
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def of_kind(*kinds: str) -> dict[str, dict[str, Any]]:
    return {found["metadata"]["name"]: found for found in OBJECTS if found["kind"] in kinds}


def pod_of(found: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = found["spec"]["template"]["spec"]
    return pod


def told_commands() -> Iterator[tuple[str, list[str]]]:
    """(where, words after 'motcua') of everything that starts us."""
    for name, service in COMPOSE["services"].items():
        if service.get("command", [""])[0] == "motcua":
            yield f"compose: {name}", service["command"][1:]
    for name, found in of_kind("Deployment", "Job").items():
        for container in pod_of(found)["containers"]:
            if "command" in container:
                yield f"kubernetes: {name}", container["command"][1:]
    for name, text in UNITS.items():
        for line in re.findall(r"^ExecStart=.*?/bin/motcua (.+)$", text, re.MULTILINE):
            yield f"systemd: {name}", line.split()
    docker = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    yield from (("Dockerfile", [verb]) for verb in re.findall(r"motcua (train|setup)\b", docker))


def test_every_command_exists() -> None:
    told = list(told_commands())
    assert len(told) >= 12
    for where, words in told:
        command: Any = typer.main.get_command(app)
        for word in words:
            inner = getattr(command, "commands", None)
            if inner is None:
                break
            assert word in inner, where
            command = inner[word]
        if words[0] == "serve":
            assert words[1] in {part.value for part in Part}, where
    for size in ("compose", "kubernetes", "systemd"):
        served = {words[1] for where, words in told if where.startswith(size) and words[0] == "serve"}
        assert served == {part.value for part in Part}


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| (`[A-Z_`, ]+`) \|", page, re.MULTILINE))
    names = {name for row in documented for name in re.findall(r"[A-Z_]+", row)}
    used = {
        (path.name, name)
        for path in FILES
        for name in re.findall(r"\b(?:MOTCUA_[A-Z_]+|FORWARDED_[A-Z_]+)\b", path.read_text(encoding="utf-8"))
    }
    assert len(used) > 10
    assert not {(file, name) for file, name in used if name not in names}


def test_ports_agree_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in Part:
        monkeypatch.delenv(f"MOTCUA_{part.value.upper()}_PORT", raising=False)
        port = port_of(part.value)
        deployment, service = of_kind("Deployment")[part.value], of_kind("Service")[part.value]
        container = pod_of(deployment)["containers"][0]
        assert [found["containerPort"] for found in container["ports"]] == [port]
        probes = [container[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "readiness", "liveness")]
        assert probes == [port] * 3
        assert service["spec"]["ports"][0]["port"] == port
        assert of_kind("NetworkPolicy")[part.value]["spec"]["ingress"][0]["ports"] == [{"port": port}]
    for place in PLACES.values():
        assert f":{port_of('web')};" in place
        assert f":{port_of('channels')};" in place
    for text in ((DEPLOY / "compose.yml").read_text(), (DEPLOY / "kubernetes" / "settings.yaml").read_text()):
        assert f"MOTCUA_ACTIONS_URL: http://actions:{port_of('actions')}/webhook" in text
        assert f"MOTCUA_RASA_URL: http://rasa:{port_of('rasa')}" in text
        assert f"MOTCUA_CHANNELS_URL: http://channels:{port_of('channels')}" in text


def test_only_the_proxy_has_a_door_to_the_outside() -> None:
    assert {name for name, service in COMPOSE["services"].items() if "ports" in service} == {"proxy"}
    open_to_all = {
        name for name, found in of_kind("Service").items() if found["spec"].get("type", "ClusterIP") != "ClusterIP"
    }
    assert open_to_all == {"proxy"}
    assert set(of_kind("NetworkPolicy")) == {part.value for part in Part}


def test_a_training_begun_in_the_console_can_write_its_model_where_rasa_reads_it() -> None:
    for unit in ("motcua-web.service", "motcua-setup.service"):
        (paths,) = re.findall(r"^ReadWritePaths=(.+)$", UNITS[unit], re.MULTILINE)
        assert paths.split() == ["/srv/motcua/var", "/srv/motcua/models"], unit
    # It goes on while the page is restarted, and the page where memory runs out.
    assert re.search(r"^KillMode=process$", UNITS["motcua-web.service"], re.MULTILINE)
    assert re.search(r"^OOMPolicy=continue$", UNITS["motcua-web.service"], re.MULTILINE)


def test_with_compose_it_is_a_volume_of_those_who_write_and_read_models() -> None:
    added = yaml.safe_load((DEPLOY / "compose.learning.yml").read_text(encoding="utf-8"))
    home = re.search(r"^WORKDIR (.+)$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert home is not None
    mounts = {
        name: [mount.split(":", 1) for mount in service["volumes"]] for name, service in added["services"].items()
    }
    assert set(mounts) <= set(COMPOSE["services"])
    folder = f"{home[1]}/{model_folder()}"
    assert mounts == {"setup": [["models", folder]], "rasa": [["models", f"{folder}:ro"]], "web": [["models", folder]]}
    assert set(added["volumes"]) == {"models"}
    assert "deploy/compose.learning.yml" in OPERATIONS


def test_with_kubernetes_it_is_a_claim_that_many_nodes_hold_at_once() -> None:
    component = yaml.safe_load((DEPLOY / "learning" / "kustomization.yaml").read_text(encoding="utf-8"))
    (claim,) = (yaml.safe_load((DEPLOY / "learning" / name).read_text("utf-8")) for name in component["resources"])
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    read_only = {}
    for patch in component["patches"]:
        kind, name = patch["target"]["kind"], patch["target"]["name"]
        found = of_kind(kind)[name]
        for step in yaml.safe_load(patch["patch"]):
            *way, last = step["path"].strip("/").split("/")
            at: Any = found
            for key in way:
                at = at[int(key) if isinstance(at, list) else key]
            # What is added to is a list, and what is replaced is there.
            assert isinstance(at, list) if last == "-" else last in at, step["path"]
            if "mountPath" in str(step["value"]):
                read_only[name] = bool(step["value"].get("readOnly"))
                assert step["value"]["mountPath"] == f"/srv/motcua/{model_folder()}"
            if "persistentVolumeClaim" in str(step["value"]):
                assert step["value"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert read_only == {"setup": False, "web": False, "rasa": True}
    assert "components: [learning]" in OPERATIONS


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl")
@pytest.mark.parametrize("learning", [False, True])
def test_kubectl_builds_it(tmp_path: Path, learning: bool) -> None:
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    if learning:
        with (tmp_path / "deploy" / "kustomization.yaml").open("a", encoding="utf-8") as file:
            file.write("components: [learning]\n")
    told = subprocess.run(
        ["kubectl", "kustomize", str(tmp_path / "deploy")], capture_output=True, text=True, timeout=60, check=True
    )
    built = [found for found in yaml.safe_load_all(told.stdout) if found["kind"] in ("Deployment", "Job")]
    holding = {found["metadata"]["name"] for found in built if "motcua-models" in str(pod_of(found))}
    assert holding == ({"setup", "rasa", "web"} if learning else set())


def test_what_is_for_the_inside_is_refused_by_the_proxy_and_webhooks_lead_to_the_channels() -> None:
    locations = re.findall(r"^    location (\S+ )?(\S+) \{\n(.*?)^    \}", NGINX, re.MULTILINE | re.DOTALL)
    refused = [re.compile(path) for kind, path, body in locations if kind.strip() == "~" and "return 404" in body]
    paths = [route.path for route in create_app().routes if isinstance(route, Route)]
    inside = {path for path in paths if any(pattern.search(path) for pattern in refused)}
    assert {"/healthz", "/readyz"} <= inside <= {"/healthz", "/readyz", "/metrics"}
    (webhooks,) = [path for _, path, body in locations if "$motcua_channels" in body]
    for door in ("telegram", "zalo", "zalobot"):
        assert re.search(webhooks, f"/webhooks/{door}/webhook")
    for door in ("web", "turns", "rest", "telegramx"):
        assert not re.search(webhooks, f"/webhooks/{door}/message")
    (rest,) = [body for _, path, body in locations if path == "/webhooks/"]
    assert "return 404" in rest
    for variable in ("motcua_web", "motcua_channels"):
        assert all(f"map $host ${variable} {{" in place for place in PLACES.values())


def test_blocks_of_nginx_are_closed() -> None:
    for name, text in {"motcua": NGINX, **PLACES}.items():
        bare = re.sub(r'#.*$|"[^"\n]*"|\'[^\'\n]*\'', "", text, flags=re.MULTILINE)
        assert bare.count("{") == bare.count("}") > 0, name
        for line in bare.splitlines():
            assert not line.strip() or line.strip()[-1] in "{};", f"{name}: {line}"


def test_the_proxy_says_itself_who_the_visitor_is_and_logs_no_address() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    (log,) = re.findall(r"log_format motcua (.+);", NGINX)
    assert not re.search(r"remote_addr|request_uri|\$args|\$request\b|http_", log)
    assert len(re.findall(r"^    access_log (?:off|\S+ motcua);", NGINX, re.MULTILINE)) == NGINX.count("server {")


def test_no_password_and_no_secret_stands_in_a_file() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for password in re.findall(r"^ +[A-Z_]*PASS(?:WORD)?: ?(.+)$", text, re.MULTILINE):
            assert re.fullmatch(r"\$\{[A-Z_]+:\?\}", password), path
        assert not re.search(r"^(?:[A-Z]+_)?PASSWORD=.+$", text, re.MULTILINE), path
        for password in re.findall(r"://[a-z]*:([^@\s]+)@", text):
            assert password == "PASSWORD" or password.startswith("${"), path


def test_every_secret_that_processes_share_is_told_to_administrators() -> None:
    source = Path(secrets.__file__).read_text(encoding="utf-8")
    names = re.findall(r'_secret\("MOTCUA_[A-Z_]+", "([a-z_]+)"\)', source)
    assert len(names) >= 5
    assert not [name for name in names if f"`{name}`" not in OPERATIONS]


def test_a_rolling_restart_leaves_one_of_each_and_time_to_finish_a_turn() -> None:
    deployments = of_kind("Deployment")
    for part in Part:
        rolling = deployments[part.value]["spec"]["strategy"]["rollingUpdate"]
        assert (rolling["maxUnavailable"], rolling["maxSurge"]) == (0, 1)
        pod = pod_of(deployments[part.value])
        # 25 seconds for a turn, 5 until the service has forgotten the pod.
        assert pod["terminationGracePeriodSeconds"] >= 35
        assert pod["securityContext"]["runAsNonRoot"]
        assert of_kind("PodDisruptionBudget")[part.value]["spec"]["minAvailable"] == 1
        scaler = of_kind("HorizontalPodAutoscaler")[part.value]["spec"]
        assert scaler["scaleTargetRef"]["name"] == part.value
        assert scaler["minReplicas"] >= 2


def test_all_of_kubernetes_is_applied() -> None:
    listed = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text(encoding="utf-8"))
    assert set(listed["resources"]) == {f"kubernetes/{path.name}" for path in (DEPLOY / "kubernetes").iterdir()}
    files = [entry.split("=")[1] for entry in listed["configMapGenerator"][0]["files"]]
    assert all((DEPLOY / name).is_file() for name in files)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace("/srv/motcua/.venv/bin/motcua", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    units = [
        "motcua.target",
        "motcua-rasa@5005.service",
        "motcua-channels.service",
        "motcua-events.service",
        "motcua-backup.timer",
    ]
    told = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit) for unit in units)],
        capture_output=True, text=True, timeout=60, env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert not [line for line in told.stderr.splitlines() if "motcua" in line]
