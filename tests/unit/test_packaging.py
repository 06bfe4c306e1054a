"""What is shipped: the wheel is really built; image, unit and compose file are read, for want of an engine to run them."""

from __future__ import annotations

import ast
import configparser
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest
import yaml

from inspector import settings
from tests.fault.load import HEAPS

ROOT = Path(__file__).resolve().parents[2]
SHIPPED_SETTINGS = {
    "grafana/dashboards.yaml",
    "grafana/datasources.yaml",
    "grafana/inspector.json",
    "kubernetes/inspector.yaml",
    "kubernetes/migrate.yaml",
    "prometheus/inspector.rules.yaml",
    "prometheus/kubernetes.yaml",
    "prometheus/prometheus.yaml",
    "compose.yaml",
    "demo.toml",
    "example.toml",
    "inspector.service",
}
LONGEST_STOP = 50
"""Seconds that a stop may take (`inspector/daemon/daemon.py`)."""


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, argument), comments dropped and continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def last_stage() -> dict[str, str]:
    steps = instructions()
    start = max(number for number, (word, _) in enumerate(steps) if word == "FROM")
    return dict(steps[start:])


def test_the_image_is_built_in_two_stages_and_only_the_first_installs() -> None:
    stages = [argument for word, argument in instructions() if word == "FROM"]
    assert len(stages) == 2
    assert stages[0].endswith(" AS build")
    assert all(re.match(r"python:3\.11-", stage) for stage in stages)
    assert [argument for word, argument in instructions() if word == "RUN" and "setup" in argument] == ["./run setup"]
    assert "pip" not in last_stage()["RUN"]


COME_ALONG = {"pydantic", "starlette", "anyio", "pydantic_core"}
"""What fastapi and pydantic-settings are made of and give out as their own."""


def packages(requirements: Iterable[str]) -> set[str]:
    """The import names of requirements, as far as they are the distribution's own."""
    return {re.split(r"[^a-z0-9-]", told)[0].replace("-", "_") for told in requirements}


def imported(top: str) -> set[str]:
    """The packages of others that modules below a folder import by statement, those that come along with a declared one left out."""
    nodes = [node for file in (ROOT / top).rglob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    names = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in names} - {"inspector", "connectors", *sys.stdlib_module_names} - COME_ALONG


@pytest.mark.slow
def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = packages(project["dependencies"])
    extras = packages(told for group in project["optional-dependencies"].values() for told in group)
    assert imported("inspector") - declared == set()
    assert imported("connectors") - declared - extras == set()  # a connector is loaded only where the settings name it


def test_what_the_image_installs_is_hashed() -> None:
    assert re.search(r"--require-hashes --only-binary=:all: --requirement \"\$ROOT/\$LOCK\"", (ROOT / "run").read_text())


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_the_bill_of_materials_names_every_pinned_package_with_its_hashes(lock: str) -> None:
    made = json.loads(subprocess.run([ROOT / ".ci/sbom", ROOT / lock], capture_output=True, text=True, check=True).stdout)
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;]+)", text, re.MULTILINE))
    assert {one["name"]: one["version"] for one in made["components"]} == pinned
    hashes = [told["content"] for one in made["components"] for told in one["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", text))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.5")


def kept_back(name: str, rules: str) -> bool:
    """Whether rules keep a file of the checkout back: the last that fits wins, and one that fits a folder fits all in it."""
    path, back = PurePosixPath(name), False
    for line in (ROOT / rules).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        rule = line.removeprefix("!").strip("/")
        if any(fnmatch(str(one), rule) or fnmatch(one.name, rule.removeprefix("**/")) for one in (path, *path.parents[:-1])):
            back = not line.startswith("!")
    return back


@pytest.mark.slow
def test_everything_the_image_copies_exists_and_reaches_the_engine() -> None:
    for argument in (argument for word, argument in instructions() if word == "COPY" and "--from" not in argument):
        for source in argument.split()[:-1]:
            place = ROOT / source
            assert place.exists(), source
            files = [one for one in place.rglob("*") if one.is_file() and "__pycache__" not in one.parts] or [place]
            known = [str(one.relative_to(ROOT)) for one in files if source != "config" or one.name in SHIPPED_SETTINGS]
            assert [one for one in known if kept_back(one, ".dockerignore")] == []


@pytest.mark.parametrize("name", ["postgres-password", "inspector.toml", "tokens/hall", "office.toml", "inspector.sqlite3"])
def test_what_an_operator_puts_into_the_checkout_reaches_neither_the_image_nor_the_history_nor_the_wheel(name: str) -> None:
    """Secrets and settings lie where the recipes say, or beside the shipped examples."""
    for place in ("config", "var/office"):
        assert kept_back(f"{place}/{name}", ".dockerignore")
        assert kept_back(f"{place}/{name}", ".gitignore")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert {one.removeprefix("config/") for one in shared if one.startswith("config")} == SHIPPED_SETTINGS, (
        "one by one, never the folder"
    )


def test_the_compose_file_mounts_nothing_from_where_an_image_is_built() -> None:
    compose = yaml.safe_load((ROOT / "config/compose.yaml").read_text(encoding="utf-8"))
    mounted = [one.partition(":")[0] for service in compose["services"].values() for one in service["volumes"]]
    told = [one for one in (*mounted, *(secret["file"] for secret in compose["secrets"].values())) if one.startswith(".")]
    shipped, named = ([one for one in told if one.startswith(sign)] for sign in ("./", "../"))
    assert {one.removeprefix("./") for one in shipped} <= SHIPPED_SETTINGS
    assert named == [
        f"../var/office/{name}" for name in ("inspector.toml", "prometheus-token", "postgres-password", "grafana-password")
    ]
    for one in named:
        inside = str(PurePosixPath(one).relative_to(".."))
        assert kept_back(inside, ".dockerignore")
        assert kept_back(inside, ".gitignore")


def test_the_image_runs_as_nobody_in_particular_and_drains_when_stopped() -> None:
    stage = last_stage()
    assert int(stage["USER"].split(":")[0]) >= 10000
    assert stage["STOPSIGNAL"] == "SIGTERM"
    assert json.loads(stage["ENTRYPOINT"])[-2:] == ["-m", "inspector"], "an exec form, so that the signal arrives"
    assert json.loads(stage["CMD"])[0] == "serve"


def test_the_image_and_run_tell_the_c_library_the_same_of_its_heaps() -> None:
    """A daemon's memory is measured as `./run` starts it (`tests.fault.load`), and the image starts without `./run`."""
    run = (ROOT / "run").read_text(encoding="utf-8")
    told = dict(re.findall(r"^ +(MALLOC_ARENA_MAX|GLIBC_TUNABLES)=\$\{\1:-(.+)\}$", run, flags=re.MULTILINE))
    assert set(told) == {"MALLOC_ARENA_MAX", "GLIBC_TUNABLES"}
    assert f"export PYTHONPATH {' '.join(told)}\n" in run
    words = " ".join(argument for word, argument in instructions() if word == "ENV").split()
    assert {f"{name}={value}" for name, value in told.items()} <= set(words)
    assert told == HEAPS


def test_the_image_asks_the_daemon_whether_it_is_alive() -> None:
    health = last_stage()["HEALTHCHECK"]
    command = json.loads(health[health.index("[") :])
    compile(command[-1], "HEALTHCHECK", "exec")
    assert f"127.0.0.1:{last_stage()['EXPOSE']}/health/live" in command[-1]


def test_the_image_serves_the_readmes_settings_where_its_health_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the image win over the file, which knows nothing of the image."""
    variables = [argument for word, argument in instructions() if word == "ENV" and "INSPECTOR_" in argument]
    for name, value in (pair.split("=", 1) for pair in " ".join(variables).split()):
        monkeypatch.setenv(name, value)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "inspector.toml").write_text(readme.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    held = settings.load(tmp_path / "inspector.toml")
    assert (held.web.host, str(held.web.port)) == ("0.0.0.0", last_stage()["EXPOSE"])  # noqa: S104 - inside a container
    assert held.policies == Path("/opt/inspector/policies")
    assert held.database.url.startswith(f"sqlite:///{last_stage()['VOLUME']}/")


def test_the_unit_confines_the_daemon_and_gives_it_time_to_drain() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "config/inspector.service", encoding="utf-8")
    service = unit["Service"]
    assert service["User"] != "root"
    assert service["NoNewPrivileges"] == service["ProtectHome"] == service["PrivateTmp"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert (service["KillSignal"], service["Restart"]) == ("SIGTERM", "always")
    assert int(service["TimeoutStopSec"]) >= LONGEST_STOP
    assert (service["Type"], service["WatchdogSignal"]) == ("notify", "SIGKILL"), "the daemon says so itself (test_kept_alive)"
    assert int(service["WatchdogSec"]) >= 30
    assert service["TimeoutStartSec"] == "infinity", "the first start installs, and a database may be away for long"


def test_the_compose_file_waits_for_the_database_and_keeps_its_password_in_a_file() -> None:
    compose = yaml.safe_load((ROOT / "config/compose.yaml").read_text(encoding="utf-8"))
    inspector, database = compose["services"]["inspector"], compose["services"]["postgres"]
    assert inspector["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert "healthcheck" in database
    assert int(inspector["stop_grace_period"].removesuffix("s")) >= LONGEST_STOP
    for service in compose["services"].values():
        assert all("FILE" in name for name in service.get("environment", {}) if "PASSWORD" in name)
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        assert all(one.endswith(":ro") for one in service["volumes"] if one.startswith("."))
        assert ":" in service.get("image", "built:here"), "a version is named"
    said = inspector["environment"]["INSPECTOR_WEB__BASE_URL"]
    assert said.startswith("${BASE_URL:?"), "without the address that people reach compose starts nothing"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("inspector-*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_both_packages_with_their_data_the_policies_and_the_entry_points(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for package in ("inspector", "connectors"):
        for file in (ROOT / package).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert str(file.relative_to(ROOT)) in names
    assert any(name.endswith(".data/data/share/inspector/config/inspector.service") for name in names)
    assert any("/share/inspector/policies/" in name for name in names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
    assert not any(name.startswith("tests/") for name in names)
