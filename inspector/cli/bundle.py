"""A draw's bundle of files, judged with nothing but the protocol: no database, no network, no clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.domain import draw as protocol
from inspector.domain.commitment import Commitment
from inspector.domain.commitment import read as read_commitment
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame
from inspector.domain.frame import read as read_frame

FRAME = ("objects.tsv", "inspectors.tsv", "bans.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Files by name (`NAME.objects.tsv` where there is more than one list), and what the record says about its witness."""

    files: Mapping[str, bytes]
    receipt: str = ""

    @classmethod
    def of_folder(cls, folder: Path) -> Bundle:
        """The bundle in a folder. Raises Invalid (`bundle_incomplete`)."""
        files = {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
        for name in ("commit.json", "seed.json", "result.json"):
            if name not in files:
                raise Invalid("bundle_incomplete", folder=str(folder), file=name)
        record = folder / "witness" / "record.json"
        told = _json("witness/record.json", record.read_bytes()) if record.is_file() else {}
        return cls(files=files, receipt=str(told.get("receipt") or ""))


def judge(bundle: Bundle, witness: str | None) -> tuple[str, protocol.Verdict]:
    """(number of the draw, what the recomputation found). Raises Invalid for files that cannot be read."""
    commitment = read_commitment(bundle.files["commit.json"])
    seed = _json("seed.json", bundle.files["seed.json"])
    result = _json("result.json", bundle.files["result.json"])
    try:
        frames = {held.name: _frame(bundle, commitment, held.name) for held in commitment.lists}
    except Invalid as error:
        if error.code == "bundle_incomplete":
            raise
        return commitment.number, protocol.Verdict(holds=False, time_proven=False, problems=(str(error),))
    parts = seed.get("parts")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise Invalid("bundle_unreadable", file="seed.json", problem="parts: a list of objects is required")
    verdict = protocol.verify(commitment, frames, parts, result, witness)
    if seed.get("commit") != commitment.c:
        problems = ("the seed was given for another commitment", *verdict.problems)
        return commitment.number, protocol.Verdict(holds=False, time_proven=verdict.time_proven, problems=problems)
    return commitment.number, verdict


def _frame(bundle: Bundle, commitment: Commitment, name: str) -> Frame:
    """One list's registers; a list alone may leave its name out of the files' names."""
    files = []
    for file in FRAME:
        found = bundle.files.get(f"{name}.{file}")
        if found is None and len(commitment.lists) == 1:
            found = bundle.files.get(file)
        if found is None and file == FRAME[0]:
            raise Invalid("bundle_incomplete", folder="", file=f"{name}.{file}")
        files.append(found or b"")
    return read_frame(*files)


def _json(name: str, content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError as error:
        raise Invalid("bundle_unreadable", file=name, problem=str(error)) from error
    if not isinstance(told, dict):
        raise Invalid("bundle_unreadable", file=name, problem="a JSON object is required")
    return told
