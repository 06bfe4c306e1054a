"""The witness's receipt for a draw of files, and since when it holds W: entered into the house's record, which goes along to everybody."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from inspector.cli.bundle import RECORD, Bundle
from inspector.cli.offline import folder
from inspector.cli.offline.drawn import committed, exported
from inspector.cli.offline.opening import published
from inspector.domain.commitment import Commitment
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.identity import holds_person
from inspector.domain.person import said
from inspector.domain.seed import moment


def witness(where: Path, receipt: str, at: datetime, user: str) -> Commitment:
    """Enter what the witness gave: its own number for what it holds, and since when. `user`: the machine's user who typed it.

    It is the house's word and proves nothing; a date behind the seed speaks against the draw. Once entered it stands.

    Raises Invalid (`draw_witness_before`, `draw_receipt_person`, `draw_field_unusable`, `draw_folder_public`, `bundle_…`), Refusal
    (`draw_witness_already`, `draw_folder_…`) and OSError.
    """
    with folder.held(where):
        commitment = committed(where)
        record = Bundle.record_in(where, commitment)
        if published(where):
            raise Invalid("draw_folder_public", folder=str(where))
        if exported(record):
            raise Refusal("draw_folder_exported", draw=commitment.number)
        if record.get("receipt") or record.get("witnessed_at"):
            facts = {name: str(record.get(key) or "—") for name, key in (("at", "witnessed_at"), ("receipt", "receipt"))}
            raise Refusal("draw_witness_already", draw=commitment.number, **facts)
        told, made = said("receipt", receipt), moment(commitment.made)
        if holds_person(told):
            raise Invalid("draw_receipt_person")
        if made is not None and at < made:
            raise Invalid("draw_witness_before", at=at.isoformat(), made=commitment.made)
        entry = {"receipt": told, "witnessed_at": at.isoformat(), "witness_recorded_by": user}
        body = {**record, "draw": commitment.number, "w": commitment.w, **entry}
        folder.add(where, RECORD, (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode())
        return commitment
