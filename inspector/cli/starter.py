"""A new connector as a package of its own: from its port and name to its files. What they say is data (`inspector/starter`)."""

from __future__ import annotations

import keyword
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Literal

from inspector.domain.errors import Invalid, Refusal
from inspector.plugins import names, package_of

Port = Literal["source", "agency", "channel", "callback", "credit", "seed", "witness", "pulse"]

_STARTER = Path(__file__).resolve().parents[1] / "starter"
_ENDING = ".in"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
_PLACES = {
    "connector.py": "src/{package}/connector.py",
    "__init__.py": "src/{package}/__init__.py",
    "py.typed": "src/{package}/py.typed",
    "test_contract.py": "tests/test_contract.py",
}
"""Where a file of the starter comes to lie; the others lie at the top."""


def drawn_up(port: Port, name: str) -> dict[str, str]:
    """The files of a new connector by their paths in its folder.

    `name` is what settings will call its `kind`. Raises Invalid (`connector_name_unusable`), Refusal (`connector_name_taken`).
    """
    package = _package(port, name)
    about = _about(port)
    words = {
        **about,
        "name": name,
        "package": package,
        "Class": "".join(part.capitalize() for part in name.split("-")),
        "title": name.replace("-", " ").capitalize(),
    }
    words["settings"] = _filled(about["settings"].lstrip("\n"), words)
    files = sorted(file for folder in ("every", port) for file in (_STARTER / folder).glob(f"*{_ENDING}"))
    return {
        _PLACES.get(own, own).format(package=package): _filled(file.read_text(encoding="utf-8"), words)
        for file in files
        for own in (file.name.removesuffix(_ENDING),)
    }


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Put the files into a folder that is made for them: whole, or not at all. Raises Refusal (`file_exists`), OSError."""
    try:
        folder.mkdir()
    except FileExistsError:
        raise Refusal("file_exists", file=str(folder)) from None
    try:
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as held:
                held.write(text)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)  # it was made above, and holds nothing of anybody's
        raise


def _package(port: Port, name: str) -> str:
    """The name as Python writes it, which nothing else may bear already."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise Invalid("connector_name_unusable", name=name, most=_LONGEST)
    package, group = name.replace("-", "_"), _about(port)["group"]
    if name in names(group):
        raise Refusal("connector_name_taken", name=name, holder=package_of(group, name) or "inspector")
    if package in sys.stdlib_module_names or find_spec(package) is not None:  # an import would find the other one
        raise Refusal("connector_name_taken", name=name, holder=package)
    return package


def _about(port: Port) -> Mapping[str, str]:
    told: Mapping[str, Mapping[str, str]] = tomllib.loads((_STARTER / "ports.toml").read_text(encoding="utf-8"))
    return told[port]


def _filled(text: str, words: Mapping[str, str]) -> str:
    return Template(text).substitute(words)
