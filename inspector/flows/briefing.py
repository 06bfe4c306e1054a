"""An agency's part in a visit: what it checks there, what of it is settled, how many checks count; and its brief (`domain.brief`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.brief import Asked, Brief, Checks, Settled, plain_promise
from inspector.domain.case import ClaimStatus
from inspector.domain.errors import InspectorError
from inspector.domain.policy import Fact, Policy
from inspector.domain.visit import Visit
from inspector.flows import caps, wording
from inspector.flows.articles import articles
from inspector.flows.office import Office
from inspector.labels import Lang, label
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A fact that is settled already and is not asked again (the plan, item 5): by its case, item and name."""

    case_id: str
    claim: str
    item: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePart:
    """An agency's part in a visit: its name, the names of its items, what is proven of them, and how many checks it counts."""

    agency: str
    name: str
    items: tuple[str, ...]
    proven: tuple[Proven, ...]
    use: Checks


def part(office: Office, tx: Tx, held: Visit, agency: str, now: datetime) -> NoticePart:
    """What an agency checks there, what of it is settled already, and how many checks of the subject count for it."""
    items, proven = dict[str, None](), list[Proven]()
    for case_id in held.cases_of(agency):
        case = tx.cases.get(case_id)
        item = office.book.get(case.pack).item(case.item)
        items[item.name] = None
        for file in case.claims:
            if file.status is ClaimStatus.PROVEN:
                fact = _fact(office, case.pack, case.item, file.claim.fact)
                name = fact.name if fact is not None else file.claim.fact
                proven.append(Proven(case_id=case_id, claim=file.claim.key, item=item.name, name=name))
    if not items and not held.looks_at:
        items = dict.fromkeys(_listed(office, tx, held, agency))
    asked = {(one.case_id, one.claim) for one in held.doubts}
    return NoticePart(
        agency=agency,
        name=office.agency(agency).name,
        items=tuple(items),
        proven=tuple(one for one in proven if (one.case_id, one.claim) not in asked),
        use=caps.used(office, tx, held, agency, now),
    )


def _listed(office: Office, tx: Tx, held: Visit, agency: str) -> list[str]:
    """What may be checked on a visit for no case of an agency: its list's items for such a subject, those of daily supervision if any are.

    They are the list's and not the subject's own, of whom nobody may read anything before the release.
    """
    items = [one for one in office.book.get(tx.draws.pack_of(held.draw, agency)).items.values() if held.kind in one.subjects]
    return [one.name for one in ([one for one in items if one.exempt] or items)]


def brief(office: Office, tx: Tx, held: Visit, agency: str, now: datetime) -> Brief:
    """What an agency's team is told before it accepts, as things stand now."""
    own, asked, case_of = part(office, tx, held, agency, now), list[Asked](), numbered(held, agency)
    for doubt in (one for one in held.doubts if one.agency == agency):
        case = tx.cases.get(doubt.case_id)
        item = office.book.get(case.pack).item(case.item)
        fact = _fact(office, case.pack, case.item, doubt.fact)
        told = (fact.name, plain_promise(fact, doubt.claimed)) if fact is not None else (doubt.fact, "")
        asked.append(Asked(item=item.name, fact=told[0], promised=told[1], case=case_of.get(doubt.case_id, 0)))
    return Brief(
        agency=agency,
        items=own.items,
        asked=tuple(asked),
        settled=tuple(Settled(item=one.item, fact=one.name, case=case_of.get(one.case_id, 0)) for one in own.proven),
        checks=own.use,
    )


def numbered(held: Visit, agency: str, others: Iterable[str] = ()) -> dict[str, int]:
    """Which number each case of an agency has at a visit, `others` behind them; none has one where there are not several.

    It tells whose facts are whose before anybody may read a case's own number, for that says whom the visit is to.
    """
    cases = dict.fromkeys((*held.cases_of(agency), *others))
    return {case_id: number for number, case_id in enumerate(cases, 1)} if len(cases) > 1 else {}


def briefed(office: Office, tx: Tx, held: Visit, now: datetime) -> Visit:
    """A visit with what its teams are told of it, as things stand now: when it is given, at its release, and at each change behind that.

    Of a second look nothing: nobody goes, and it asks whether a result holds.
    """
    briefs = () if held.looks_at else tuple(brief(office, tx, held, agency, now) for agency in held.agencies)
    return replace(held, briefs=briefs)


def carried(held: Visit, agency: str, policy: Policy, lang: Lang) -> dict[str, object]:
    """The brief as a push brings it to what reads it for the inspector alone, with the visit's legal basis and the right of recusal.

    Empty for a second look, and for a visit that a former release has given.
    """
    told = held.brief_of(agency)
    if told is None:
        return {}
    checks = told.checks
    return {
        "brief": {
            "items": list(told.items),
            "asked": [{"item": one.item, "fact": one.fact, "promised": one.promised, **_which(one)} for one in told.asked],
            "proven": [{"item": one.item, "fact": one.fact, **_which(one)} for one in told.settled],
            "basis": [wording.cited(one, lang) for one in articles(policy, held.basis)],
            "checks": {
                "nth": checks.nth,
                "own": checks.own,
                "cap": checks.cap,
                "left": checks.left,
                "together": checks.together,
                "stop": checks.stop,
            },
            "recusal": label("ui.recusal_duty", lang),
        }
    }


def _which(one: Asked | Settled) -> dict[str, int]:
    return {"case": one.case} if one.case else {}


def _fact(office: Office, pack: str, item: str, fact: str) -> Fact | None:
    """A fact of a pack; None where the pack does not know it any more."""
    try:
        return office.book.get(pack).item(item).fact(fact)
    except InspectorError:
        return None
