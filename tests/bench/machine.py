"""The machine and the versions, for every published figure."""

from __future__ import annotations

import gc
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.bench import servers
from tests.needs import postgres_binaries


def machine() -> dict[str, str]:
    """Processor, memory, kernel, interpreter and servers."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "kernel": platform.release(),
        "python": sys.version.split()[0],
        "sqlite": f"{sqlite3.sqlite_version}, WAL, synchronous=FULL",
        "postgresql": f"{_said(str(Path(postgres_binaries() or '') / 'postgres'))}; {_settings()}",
        "redis": _said("redis-server"),
    }


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The installed version of each package."""
    found = {}
    for package in sorted(set(packages)):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return found


def settled_down() -> None:
    """As `serve` does once all is put together: what is there is not looked through for rubbish any more, which takes 0.1 s each time."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def told(facts: Mapping[str, str]) -> str:
    """Facts as a Markdown list."""
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items())


def _settings() -> str:
    return ", ".join(f"{name}={value}" for name, value in servers.POSTGRES.items())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _said(program: str) -> str:
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "missing"
