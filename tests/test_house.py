"""The house rules that no linter knows. Each failure names the file and what to do."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import trees

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = {
    "requirements-beacons.lock": {"py-arkworks-bls12381", "pyblst"},
    "requirements-large.lock": {"duckdb"},
    "requirements-sm2.lock": {"gmalg"},
    "requirements-sftp.lock": {"asyncssh"},
    "requirements-oidc.lock": {"joserfc"},
    "requirements-mqtt.lock": {"paho-mqtt"},
    "requirements-apprise.lock": {
        *("apprise", "charset-normalizer", "markdown", "oauthlib", "pyyaml", "requests", "requests-oauthlib", "urllib3"),
    },
    "requirements-procrastinate.lock": {
        *("asgiref", "attrs", "croniter", "packaging", "procrastinate", "psycopg-pool", "python-dateutil", "six"),
    },
}
LOCKS = ["requirements.lock", *EXTRAS, "requirements-test.lock", "requirements-bench.lock"]
FOLDERS = [".ci", "config", "connectors", "docs", "inspector", "policies", "tests"]
LONGEST_MODULE = 400
ONE_FILE = {"inspector/verifier/verify_draw.py": 430}
"""What a stranger takes along must be one file."""
VAGUE = {"utils", "util", "common", "core", "helpers", "helper", "manager", "service", "services"}
IMPURE = {
    *("asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil"),
    *("socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"),
}

WIRES: dict[str, tuple[str, ...]] = {
    "httpx": ("connectors/http.py",),
    "httpcore": ("connectors/connection.py", "connectors/deadline.py"),
    "ssl": ("connectors/", "inspector/cli/reaching.py", "inspector/testing/"),
    "socket": (
        "connectors/deadline.py",
        *("connectors/mail.py", "connectors/mqtt.py"),
        "inspector/cli/serve.py",
        *("inspector/bootstrap.py", "inspector/cli/reaching.py", "inspector/web/server.py"),
        *("inspector/daemon/daemon.py", "inspector/daemon/keeper.py"),
        *("inspector/demo/", "inspector/testing/"),
    ),
    "asyncio": (
        "connectors/sftp.py",
        "inspector/demo/",
        "inspector/store/carrier.py",
        "inspector/web/connection.py",
        "inspector/web/ops.py",
        "inspector/web/server.py",
    ),
    "asyncssh": ("connectors/sftp.py",),
    "paho": ("connectors/mqtt.py",),
    "apprise": ("connectors/channels/apprise.py",),
    "http": ("inspector/demo/",),
    "uvicorn": ("inspector/web/connection.py", "inspector/web/server.py"),
    "smtplib": ("connectors/mail.py",),
    "psycopg": ("inspector/store/carrier.py", "inspector/store/listening.py", "connectors/database.py"),
    **dict.fromkeys(
        (
            *("_socket", "_ssl", "ftplib", "imaplib", "poplib", "socketserver", "telnetlib", "webbrowser", "xmlrpc"),
            *("urllib.request", "urllib.robotparser", "multiprocessing.connection"),
        ),
        (),
    ),
}
"""What opens a wire, and who may: path beginnings. A call to the outside goes through connectors/http.py, or it has no limits."""
ROOMS: dict[str, tuple[str, ...]] = {
    "alembic": ("inspector/store/",),
    "anyio": ("inspector/web/",),
    "apscheduler": ("inspector/daemon/", "inspector/trigger.py"),
    "cryptography": (
        "inspector/testing/tls.py",
        "inspector/beacons.py",
        "inspector/visitkeys.py",
        *("inspector/store/envelope.py", "inspector/store/keyring.py"),
        "connectors/seeds/nist.py",
        "connectors/signers/",
    ),
    "duckdb": ("inspector/flows/large.py",),
    "fastapi": ("inspector/web/",),
    "gmalg": ("connectors/signers/sm2.py",),
    "joserfc": ("connectors/identity/oidc.py",),
    "jinja2": ("inspector/web/",),
    "procrastinate": ("inspector/store/carrier.py",),
    "prometheus_client": ("inspector/telemetry/", "inspector/demo/screen.py"),
    "pydantic": (
        "inspector/agencies.py",
        "inspector/settings.py",
        "inspector/tuning.py",
        "inspector/store/codec.py",
        "inspector/web/",
    ),
    "pydantic_core": ("inspector/agencies.py", "inspector/settings.py", "inspector/tuning.py", "inspector/web/fields.py"),
    "pydantic_settings": ("inspector/settings.py",),
    "python_calamine": ("inspector/sheets/sheet.py",),
    "python_multipart": ("inspector/web/multipart.py",),
    "xlsxwriter": ("inspector/policyrender/paper.py",),
    "segno": ("inspector/web/visitcodes.py",),
    "rich": ("inspector/cli/", "inspector/demo/"),
    "sqlalchemy": ("inspector/store/", "connectors/database.py"),
    "standardwebhooks": ("connectors/signers/", "inspector/demo/"),
    "starlette": ("inspector/web/",),
    "structlog": ("inspector/daemon/", "inspector/flows/", "inspector/store/", "inspector/telemetry/", "inspector/web/"),
    "tenacity": ("connectors/patience.py", "inspector/store/"),
    "typer": ("inspector/cli/",),
}
"""Every other package of somebody else's, and the rooms that may use it. What is in neither table may be used nowhere."""

_PORTS = (
    "inspector.ports",
    "inspector.accounts",
    "inspector.incoming",
    "inspector.domain",
    "inspector.beacons",
    "inspector.leave",
    "inspector.letterpage",
    "inspector.purpose",
    "inspector.sheets",
    "inspector.signin",
)
"""What connectors see of the house: its ports, its words, its leave to ask again; how beacons are believed and files of rows read."""

# Written with classes and groups, so that this file does not match itself.
TOOLING = (
    r"package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|tsconfig.*\.json|(webpack|rollup|vite|babel|postcss|esbuild)\.config\..+"
)
"""Files by which pages are built from something else."""
REGISTRIES = re.compile(
    r"p[y]pi\.(?:org|python)|python[h]osted|n[p]mjs\.|registry\.[a-z0-9-]+\.[a-z]{2,}|[a-z0-9-]+\.(?:jfrog|pkg)\.[a-z]+/"
    r"|(?:docker|gh[c]r|quay|gcr)\.io|(?:deb|security)\.debia[n]\.org|proxy\.golan[g]|https?://[^\s\"']*/simpl[e]\b"
)
BINARY = {".png", ".xz"}
"""Pictures of our own pages, and the databases of former releases."""
MACHINE_PATHS = re.compile(r"(?<![\w.~/-])/(?:home|Users)/\w|(?<![\w.~/-])/(?:root|tmp|mnt)/\w|\b[A-Z]:\\[U]sers")


@cache
def house_files() -> tuple[Path, ...]:
    """Everything git holds or would hold; without git, what lies in our own folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        found = [*ROOT.glob("*"), *(file for top in FOLDERS for file in (ROOT / top).rglob("*"))]
    return tuple(sorted(file for file in found if file.is_file() and "__pycache__" not in file.parts))


@cache
def text_of(file: Path) -> str:
    """The text of a file; empty for one that is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def modules(*packages: str) -> list[Path]:
    return [f for f in house_files() if f.suffix == ".py" and f.relative_to(ROOT).parts[0] in packages]


@cache
def imports(file: Path) -> tuple[str, ...]:
    """Every module a file imports, wherever in the file, as dotted names."""
    with trees.unswept():
        return tuple(imported(file.relative_to(ROOT).with_suffix("").parts, text_of(file)))


def imported(here: tuple[str, ...], text: str) -> Iterator[str]:
    """What the text of a module imports; `from a import b` may mean the module a.b, so both are named."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(here[: -node.level]) if node.level else ""
            whence = ".".join(filter(None, [above, node.module]))
            yield from (whence, *(f"{whence}.{name.name}" for name in node.names))
        elif isinstance(node, ast.Call) and last(node.func).endswith(("import_module", "__import__")):
            told = node.args[0] if node.args else None
            if isinstance(told, ast.Constant) and isinstance(told.value, str):
                yield told.value


def last(told: ast.expr) -> str:
    """The last part of a dotted name; empty for what is none."""
    return told.id if isinstance(told, ast.Name) else getattr(told, "attr", "")


def trespasses(name: str, modules: Iterable[str]) -> list[str]:
    """Which of the modules that one (by its path in the house) imports it may not: see ROOMS and WIRES."""
    here = Path(name).with_suffix("").parts
    found = []
    for module in modules:
        top = module.partition(".")[0]
        wire = next((wire for wire in WIRES if module == wire or module.startswith(f"{wire}.")), None)
        if here[0] == "connectors" and top in ("inspector", "tests"):
            fine = any(module == seen or module.startswith(f"{seen}.") for seen in _PORTS)
        elif top in ("inspector", "connectors", "__future__"):
            fine = True
        elif wire is not None:
            fine = name.startswith(WIRES[wire])
        else:
            fine = top in sys.stdlib_module_names or name.startswith(ROOMS.get(top, ()))
        if not fine:
            found.append(f"{name} imports {module}")
    return found


def hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {found.group()}"
        for file in house_files()
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if (found := pattern.search(line))
    ]


def test_what_is_not_text_is_of_a_kind_that_is_looked_at_otherwise() -> None:
    """A profile that was left behind names the folders of the machine it was taken on, and no search of texts finds it."""
    blank = [file for file in house_files() if not text_of(file) and file.stat().st_size]
    assert [str(file.relative_to(ROOT)) for file in blank if file.suffix not in BINARY] == []


def test_no_file_names_a_package_registry() -> None:
    assert hits(REGISTRIES) == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    here = [str(path) for path in (ROOT, ROOT.parent / "shared", Path.home()) if len(path.parts) > 2]
    assert hits(MACHINE_PATHS) == []
    assert hits(re.compile("|".join(map(re.escape, here)) or "(?!)")) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_holds_no_address(lock: str) -> None:
    text = text_of(ROOT / lock)
    pinned = re.findall(r"^\S+==\S+.*\\$", text, re.MULTILINE)
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert lines == pinned
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pinned) > 0
    assert "://" not in text
    assert "--index" not in text


def test_the_locks_agree_on_every_version() -> None:
    def pins(lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^ ;\\]+)", text_of(ROOT / lock), re.MULTILINE))

    smallest, *extras, larger, largest = map(pins, LOCKS)
    for held, names in zip(extras, EXTRAS.values(), strict=True):
        assert smallest.items() <= held.items() <= larger.items() <= largest.items()
        assert held.keys() - smallest.keys() == names


def test_every_declared_dependency_is_locked() -> None:
    groups = PROJECT["dependency-groups"]
    extras = PROJECT["project"]["optional-dependencies"]
    tested = [*groups["test"], *groups["dev"], *(one for extra in extras.values() for one in extra)]
    for lock, wanted in zip(LOCKS, [[], *extras.values(), tested, groups["bench"]], strict=True):
        for requirement in PROJECT["project"]["dependencies"] + wanted:
            name = re.split(r"[\[<>=!~ ]", requirement)[0]
            assert re.search(rf"^{re.escape(name)}(\[.*\])?==", text_of(ROOT / lock), re.MULTILINE), f"{name} not in {lock}"


@pytest.mark.parametrize("folder", ["policies", "config"])
def test_folders_of_data_are_no_packages(folder: str) -> None:
    assert [str(file) for file in (ROOT / folder).rglob("*.py")] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    files = [file.relative_to(ROOT) for file in modules("inspector", "connectors", "tests")]
    assert [str(file) for file in files if VAGUE & set(file.with_suffix("").parts)] == []


def test_no_module_is_longer_than_one_sitting() -> None:
    files = [
        f for f in modules("inspector", "connectors", "tests") if f.parent.name != "versions"
    ]  # a migration is as long as the change
    lengths = {str(f.relative_to(ROOT)): text_of(f).count("\n") for f in files}
    assert {name: lines for name, lines in lengths.items() if lines > ONE_FILE.get(name, LONGEST_MODULE)} == {}, (
        "look for a second noun"
    )


def test_the_pages_have_no_build_step() -> None:
    """What a browser gets lies in the package as it was written: nothing is to be installed, compiled or bundled for it."""
    static, built = ROOT / "inspector/web/static", {".ts", ".tsx", ".jsx", ".scss", ".sass", ".less", ".map"}
    assert [str(one) for one in house_files() if one.suffix in built or re.fullmatch(TOOLING, one.name)] == []
    pages = [*(ROOT / "inspector/web/templates").rglob("*.html"), *static.glob("*.js")]
    asked = {name for page in pages for name in re.findall(r"/static/([\w-]+\.(?:js|css))", text_of(page))}
    assert asked
    assert {name for name in asked if not (static / name).is_file()} == set()
    modular = re.compile(r"^\s*(import|export)\b|\brequire\(", re.MULTILINE)
    assert [one.name for one in static.glob("*.js") if modular.search(text_of(one))] == []


@pytest.mark.parametrize("script", ["run", "test", ".ci/run"])
def test_the_commands_are_executable(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_the_floors_hold() -> None:
    program = "from importlinter.cli import lint_imports_command as run; run()"
    answer = subprocess.run([sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_each_room_uses_only_the_packages_and_the_wires_it_may() -> None:
    files = modules("inspector", "connectors")
    assert [found for file in files for found in trespasses(file.relative_to(ROOT).as_posix(), imports(file))] == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("inspector/flows/sneak.py", "import urllib.request"),
        ("inspector/flows/sneak.py", "from urllib import request"),
        ("inspector/flows/sneak.py", "import httpcore"),
        ("inspector/flows/sneak.py", "def out():\n    import requests"),
        ("inspector/flows/sneak.py", "import socket as s"),
        ("inspector/flows/sneak.py", "from importlib import import_module\nimport_module('imaplib')"),
        ("inspector/web/sneak.py", "from http.client import HTTPConnection"),
        ("inspector/web/sneak.py", "import sqlalchemy"),
        ("connectors/sources/sneak.py", "import httpx"),
        ("connectors/sources/sneak.py", "import socket"),
        ("connectors/sources/sneak.py", "import sqlalchemy.orm"),
        ("connectors/sources/sneak.py", "import inspector.calendars"),
        ("connectors/sources/sneak.py", "from inspector import policyrender"),
        ("connectors/sources/sneak.py", "from inspector.testing.peer import peer"),
        ("connectors/sources/sneak.py", "import inspector"),
        ("connectors/sources/sneak.py", "from tests import house"),
    ],
)
def test_a_way_around_the_rooms_and_the_wires_is_found(name: str, line: str) -> None:
    here, fine = (
        Path(name).with_suffix("").parts,
        "import json\nfrom inspector.domain import errors\nfrom inspector.ports import Card\n",
    )
    assert trespasses(name, imported(here, f"import json\n{line}\n"))
    assert trespasses(name, imported(here, fine)) == []


def test_what_a_room_may_use_is_declared_and_is_used() -> None:
    """A package that is named here and used by nobody, or used and not declared, is a line that has been forgotten."""
    files = modules("inspector", "connectors")
    used = {name.partition(".")[0] for file in files for name in imports(file)}
    named = {*ROOMS, *(wire for wire in WIRES if wire not in sys.stdlib_module_names and "." not in wire)}
    wanted = [
        *PROJECT["project"]["dependencies"],
        *(one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra),
    ]
    declared = {re.split(r"[\[<>=!~ ]", one)[0].replace("-", "_") for one in wanted} | {"paho"}  # paho-mqtt's name within
    brought_along = {"anyio", "pydantic", "pydantic_core", "starlette"}  # FastAPI's own, whose types it hands out
    assert named <= used
    assert named <= declared | brought_along


@pytest.mark.trees
def test_the_domain_is_pure() -> None:
    for file in (file for file in modules("inspector") if "domain" in file.relative_to(ROOT).parts):
        for name in imports(file):
            top = name.split(".")[0]
            where = f"{file.relative_to(ROOT)} imports {name}"
            assert name.startswith("inspector.domain") or top in sys.stdlib_module_names, where
            assert top not in IMPURE, where
        calls = [node for node in trees.nodes(file) if isinstance(node, ast.Call)]
        read = {ast.unparse(call.func) for call in calls} & {"open", "print", "input", "datetime.now", "date.today"}
        assert read == set(), f"{file.relative_to(ROOT)} calls {read}"


def test_work_is_ended_in_one_place_so_that_a_matter_of_stopped_work_is_never_left_behind() -> None:
    ends = re.compile(r"\.work\.end(_keys)?\(")
    found = [file.name for file in modules("inspector") if file.parts[-2] != "store" and ends.search(text_of(file))]
    assert found == ["stopped.py"]
