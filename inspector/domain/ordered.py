"""An agency that the common superior has ordered to help passes the request on to nobody (the plan, item 7: 不得推诿或者拒绝)."""

from __future__ import annotations

from inspector.domain.assistance import Request
from inspector.domain.errors import Refusal

DECIDED = "assistance.decide"
"""The rule by which the common superior decides a dispute."""


def must_not_pass_on(request: Request) -> None:
    """Raise Refusal (`help_ordered`, which names the decision) where the common superior has decided that this agency is to help.

    It neither forwards the request nor refuses it for want of competence (handbook 1.5.4).
    """
    told = request.dispute
    if told is None or not told.helps:
        return
    last = next((one for one in reversed(request.history) if one.rule == DECIDED), None)
    day, reasons = (last.at.date().isoformat(), last.said) if last is not None else ("", "")
    raise Refusal("help_ordered", request=request.id, superior=told.superior or "", day=day, reasons=reasons)
