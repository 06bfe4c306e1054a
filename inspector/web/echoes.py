"""What an error tells back of what was sent: a code that is nearly one of ours, and nothing that may be somebody's name or number.

Columns that have changed places, and a form filled in one field off, put a subject's name or number where a code is asked for. Who has
sent it reads in which field; what stood there would go on in the logs of everybody on the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from inspector.domain.signs import among

UNLIKE = "…"
"""Stands for what is like nothing that is known here."""
TYPED: Mapping[str, str] = {
    "act_unknown": "act",
    "agency_not_yours": "agency",
    "agency_unknown": "agency",
    "catalogue_repeal_unknown": "source",
    "catalogue_source_unknown": "source",
    "consequence_unknown": "consequence",
    "deputy_by_self": "officer",
    "deputy_self": "officer",
    "duty_of_another": "officer",
    "evidence_unknown": "evidence",
    "extension_stratum_unknown": "stratum",
    "fact_unknown": "fact",
    "forward_unknown": "to",
    "item_unknown": "item",
    "items_none": "item",
    "level_unknown": "level",
    "notice_unknown": "version",
    "officer_unknown": "name",
    "plan_stratum_unknown": "stratum",
    "plan_unknown": "plan",
    "publication_unknown": "publication",
    "sheet_code_unknown": "value",
    "sheet_item_unknown": "item",
    "stratum_unknown": "stratum",
    "transfer_part_unknown": "part",
}
"""By the code of an error, which of its facts was typed in the place of a code, and is none of the known ones."""


def unechoed(code: str, facts: Mapping[str, object]) -> Mapping[str, object]:
    """The facts of an error as they are told over the wire."""
    name = TYPED.get(code, "")
    typed = facts.get(name)
    if not isinstance(typed, str) or not typed:
        return facts
    known = re.split("[,;] ", str(facts.get("known") or facts.get("yours") or ""))  # documents have commas in their titles
    wanted = facts.get("wanted")
    return facts if among(typed, [*known, *([wanted] if isinstance(wanted, str) else [])])["nearest"] else {**facts, name: UNLIKE}
