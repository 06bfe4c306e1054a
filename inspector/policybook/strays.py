"""Files in a folder of packs that nothing reads, because of what they are called: a law in one of them would be in force nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from inspector.policybook.flaws import Flaw
from inspector.policybook.founding import DOCUMENTS
from inspector.policybook.part import nearest

CALENDARS = "calendars"
"""The folder beside the packs whose files are calendars, and judged as such."""
_APART = (CALENDARS, DOCUMENTS)

_TOML = re.compile(r"\.toml(\.txt)?$", re.IGNORECASE)
_NAMES = ("pack.toml", "pack-VERSION.toml", "examples.toml", "examples-VERSION.toml", "approval-VERSION.toml")
_READ = re.compile(r"pack\.toml|pack-.+\.toml|examples.*\.toml|approval-.+\.toml")


def strays(folder: Path) -> Iterator[Flaw]:
    """Each file that looks like TOML (also `.TOML`, and the `.toml.txt` of Windows) and is no pack, no examples, no approval."""
    apart = [folder / name for name in _APART]
    for file in sorted((*folder.glob("*"), *folder.glob("*/*"))):
        if file.name.startswith(".") or not _TOML.search(file.name) or file.parent in apart or not file.is_file():
            continue
        if file.parent == folder or not _READ.fullmatch(file.name):
            name = file.name if file.parent == folder else f"{file.parent.name}/{file.name}"
            near = nearest(file.name, _NAMES)
            told = near if file.parent != folder else f"PACK/{near}"
            yield Flaw(code="file_stray", file=name, facts={"nearest": told, "known": ", ".join(_NAMES)})
