"""A draw of files made void: two persons, one reason, in the record that lies in its folder. The folder stays, result and all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inspector.cli.bundle import RECORD, Bundle, void_of
from inspector.cli.offline import folder
from inspector.cli.offline.carry import COMMIT, RESULT, SEED
from inspector.domain.commitment import read as read_commitment
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.voiding import together
from inspector.domain.voidrecord import wanting


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """The draw's number, why it is void, who signed that, and whether it keeps a result."""

    number: str
    reason: str
    signed: tuple[str, str]
    drawn: bool


def void(where: Path, by: Sequence[str], reason: str, recorded_by: str, now: datetime) -> Voided:
    """Make the draw of a folder void; nothing in it is taken away. `recorded_by`: the machine's user who typed both names.

    Raises Invalid (`bundle_…`, `draw_field_unusable`), Refusal (`draw_void_already`, `draw_void_exported`, `draw_void_two`,
    `draw_seed_known`, `draw_folder_busy`) and OSError.
    """
    if not (where / COMMIT).is_file():
        raise Invalid("bundle_incomplete", folder=str(where), file=COMMIT)
    with folder.held(where):
        made = read_commitment((where / COMMIT).read_bytes())
        told, drawn = Bundle.record_in(where, made), (where / SEED).exists() and (where / RESULT).exists()
        unsigned = void_of(told)[0]  # nobody's line stays readable, and is no void
        if unsigned and "signed" not in wanting(made, told, drawn=drawn):
            raise Refusal("draw_void_already", draw=made.number)
        if "void_numbers" in told:  # the daemon's register knows nothing of a void written into its export
            raise Refusal("draw_void_exported", draw=made.number)
        begun = (where / SEED).exists()
        why, names = together(made.number, by, reason, made.sources, now, begun=begun, drawn=drawn)
        record = {
            **told,
            **({"void_unsigned": unsigned} if unsigned else {}),
            "draw": made.number,
            "w": made.w,
            "void": why,
            "signed": list(names),
            "voided_at": now.isoformat(timespec="seconds"),
            "recorded_by": recorded_by,
        }
        folder.add(where, RECORD, (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode())
        return Voided(number=made.number, reason=why, signed=names, drawn=drawn)
