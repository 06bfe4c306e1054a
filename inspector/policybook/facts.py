"""The facts of an item: where each is held, how it is compared, and for how long it holds."""

from __future__ import annotations

from inspector.domain.availability import Availability
from inspector.domain.policy import Compare, Fact
from inspector.domain.reuse import Reuse
from inspector.domain.showing import Showing
from inspector.domain.urgency import Urgency
from inspector.policybook.part import CODE, Part


def facts(part: Part) -> tuple[Fact, ...]:
    """`[[item.fact]]`, each code once."""
    seen: set[str] = set()
    facts = []
    for one in part.rows("fact", "code"):
        one.once("code", seen)
        facts.append(_fact(one))
    return tuple(facts)


def _fact(part: Part) -> Fact:
    rest = (
        *("source", "agency", "ground", "place", "valid_for_basis", "record_basis", "result", "self_proof", "values"),
        *("urgency", "availability"),
    )
    listed = ("values_basis",) if "values" in part.content else ()
    part.keys(("code", "name", "premises_fact", "compare", "valid_for", "basis", *listed), rest)
    if listed:
        part.some("values")
    return Fact(
        code=part.code("code", CODE),
        name=part.text("name"),
        source=part.maybe("source"),
        agency=part.maybe("agency"),
        ground=part.maybe("ground"),
        premises_fact=part.flag("premises_fact"),
        compare=part.choice("compare", Compare),
        valid_for=part.term("valid_for"),
        valid_for_basis=part.maybe_basis("valid_for_basis") or "",
        record_basis=part.maybe_basis("record_basis") or "",
        basis=part.basis("basis"),
        place="place" in part.content and part.flag("place"),
        urgency=part.choice("urgency", Urgency) if "urgency" in part.content else Urgency.NORMAL,
        availability=part.choice("availability", Availability) if "availability" in part.content else None,
        result=_result(part.table("result")) if "result" in part.content else None,
        self_proof=_self_proof(part.table("self_proof")) if "self_proof" in part.content else None,
        values=part.texts("values") if listed else (),
        values_basis=part.basis("values_basis") if listed else "",
    )


def _result(part: Part) -> Reuse:
    """`result = { source, valid_for, basis }`."""
    part.keys(("source", "valid_for", "basis"))
    return Reuse(source=part.text("source"), valid_for=part.term("valid_for"), basis=part.basis("basis"))


def _self_proof(part: Part) -> Showing:
    """`self_proof = { shows, basis }`."""
    part.keys(("shows", "basis"))
    return Showing(shows=part.text("shows"), basis=part.basis("basis"))
