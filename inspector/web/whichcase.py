"""Which case a fact is of, where a visit has several: else who finds one of three addresses empty could not say of which promise.

The facts of several cases of one item have one name. Behind it stands the number that the brief had, the case's own number, and where its
premises are and its item as far as the cases differ in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inspector.domain.case import Case
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import blank
from inspector.domain.finding import Finding
from inspector.domain.policy import Policy
from inspector.domain.visit import Visit
from inspector.flows import supervision
from inspector.flows.briefing import numbered
from inspector.labels import Lang, label
from inspector.store.tx import Tx
from inspector.web.desk import Desk

_MOST = 60
"""Signs of an address behind a fact: it is told beside each receipt, and stands whole once above."""


def which(desk: Desk, tx: Tx, held: Visit, agency: str, lang: Lang, others: Iterable[str] = ()) -> dict[str, str]:
    """By its id what tells a case of an agency from the visit's others (`others`: that may be answered beside); empty of one alone.

    For whoever may know whom the visit is to.
    """
    numbers = numbered(held, agency, others) if not held.looks_at else {}
    cases = {case_id: tx.cases.get(case_id) for case_id in numbers}
    items = {case.item for case in cases.values()}
    places = {case_id: _places(desk.office.book.get(case.pack), case) for case_id, case in cases.items()}
    elsewhere = len({*places.values()}) > 1
    told = {}
    for case_id, case in cases.items():
        parts = [case.reference, *(places[case_id] if elsewhere else ())]
        parts += [desk.office.book.get(case.pack).item(case.item).name] if len(items) > 1 else []
        apart = [f"\u2068{one}\u2069" for one in parts if one.strip()]  # each in its own direction of writing
        told[case_id] = " · ".join([label("ui.case_number", lang, number=numbers[case_id]), *apart])
    return told


def beside(fact: str, which: str | None) -> str:
    """A fact by its name, and which case it is of where that is told."""
    return f"{fact} · {which}" if which else fact


def looked(desk: Desk, tx: Tx, look: Visit, lang: Lang) -> dict[str, str]:
    """What the facts are called that were answered at the visit that a look is at, by case and key."""
    if not look.looks_at:
        return {}
    held = tx.visits.get(look.looks_at)
    cases, told = which(desk, tx, held, look.agency, lang), {}
    for one in (*held.doubts, *held.spared):
        if one.agency == look.agency:
            case = tx.cases.get(one.case_id)
            told[f"{one.case_id}:{one.claim}"] = beside(fact_name(desk, case.pack, case.item, one.fact), cases.get(one.case_id))
    return told


def entered(desk: Desk, tx: Tx, held: Visit, cases: Mapping[str, str]) -> list[tuple[str, str, Finding]]:
    """What the team has entered, as (fact, promise, finding): to be read by those who went, not only by whoever typed it.

    Of a claim that the case makes no more its key is known, and no promise.
    """
    asked = {(one.case_id, one.claim): (one.fact, one.claimed) for one in held.doubts}
    told = []
    for one in held.findings:
        case = tx.cases.get(one.case_id)
        now = {(case.id, file.claim.key): (file.claim.fact, file.claim.value) for file in case.claims}
        fact, claimed = (now | asked).get((one.case_id, one.claim), (one.claim, ""))
        told.append((beside(fact_name(desk, case.pack, case.item, fact), cases.get(case.id)), claimed, one))
    return told


def places_of(desk: Desk, tx: Tx, held: Visit) -> list[str]:
    """Where the premises are, as far as the visit's cases tell: what was promised, and what a source said about it. No more is shown."""
    told = []
    exempt = supervision.exempt(tx, held, held.agency)
    for case_id in dict.fromkeys((*held.case_ids, *(one.case_id for one in exempt))):
        case = tx.cases.get(case_id)
        item = desk.office.book.get(case.pack).item(case.item)
        keys = {one.claim.key: one.claim.value for one in case.claims if item.fact(one.claim.fact).place}
        told += [*keys.values(), *(one.found for one in tx.cases.evidence(case_id) if one.claim in keys)]
    return list(dict.fromkeys(one for one in told if not blank(one)))


def fact_name(desk: Desk, pack: str, item: str, fact: str) -> str:
    """A fact as its pack calls it, or its code where the pack does not know it any more."""
    try:
        return desk.office.book.get(pack).item(item).fact(fact).name
    except InspectorError:
        return fact


def _places(policy: Policy, case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_short(one.claim.value) for one in case.claims if _place(policy, case.item, one.claim.fact)))


def _place(policy: Policy, item: str, fact: str) -> bool:
    try:
        return policy.item(item).fact(fact).place
    except InspectorError:
        return False


def _short(words: str) -> str:
    return words if len(words) <= _MOST else f"{words[: _MOST - 1]}…"
