"""Rows that go out of a register of objects before a frame is frozen, and come back behind it: counted, committed, told.

Nobody is hindered: a firm that has closed goes, and one that was taken out by mistake comes back. But whoever takes rows out for a draw,
to have them free of it, finds them counted in its commitment, their return in its report and in the next commitment, and the frame beside
the number that the published plan has told (draw-protocol threats 3 and 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from inspector.domain.annual import AnnualPlan, AnnualState
from inspector.domain.decision import Because, Decision
from inspector.domain.footing import RULES
from inspector.domain.identity import IdentityKind, pseudonym
from inspector.domain.margin import Beside, Entered, beside
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.restated import Restated
from inspector.domain.sampling import MUST
from inspector.domain.spelling import party_of
from inspector.flows import edits
from inspector.flows.office import Office, Plan
from inspector.flows.record import record
from inspector.store.tx import Tx

OFF = "frame_off_plan"
"""The matter of a frame that counts far more or fewer objects of the register than the published plan."""
ABOVE = "frame_above_changed"
"""The matter of a frame above whose agency others stand in the settings than as the frame before was frozen."""
RESTATED, LEVELS = "credit.restated", "credit-levels"
BY_HAND = "os:"
"""By whom a level was stated that a person has brought in with a file; a platform's has the name of its connector or token."""
IMPORTED, MISNAMED = "operator.roster.import.objects", "operator.roster.misnamed"
_COUNTED = (IMPORTED, MISNAMED, "register.returned", "register.removed", edits.RULE)
"""The rules of the entries that say how many rows an import has taken out or brought back, that two people have taken one out
(`misnaming`), that a case has brought one back or one was taken out with it, and how many edits an import has made of rows that bear on
a draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How often, within a time, rows of a register were taken out by an import and rows that had been out came back.

    And how often imports `added` rows (those that returned are among them), and rows of both registers were `edited` in what bears on a
    draw, and put back as they were (`edited_back`). Those are of objects; of officers there are those who came in, again or for the
    first time (`officers_added`), and those who were taken out (`officers_removed`). `others` are edits of past inspections that other
    agencies have on record as their own, by which every frame goes, and `others_back` those put back.
    """

    added: int = 0
    removed: int = 0
    returned: int = 0
    edited: int = 0
    edited_back: int = 0
    officers_added: int = 0
    officers_removed: int = 0
    others: int = 0
    others_back: int = 0

    def beyond(self, before: Moved) -> Moved:
        """What these are more than former ones."""
        return Moved(**{name: max(0, count - getattr(before, name)) for name, count in asdict(self).items()})

    @classmethod
    def told(cls, facts: Mapping[str, object]) -> Moved:
        """What an entry or a derivation says; one of a release that did not count some of this has none of it."""
        return cls(**{one.name: int(str(facts.get(one.name, 0))) for one in fields(cls)})


def between(
    tx: Tx, agency: str, since: datetime | None, until: datetime | None = None, *, lent: bool = False, beside: Sequence[str] = ()
) -> Moved:
    """The moves of an agency's registers after `since` (None: ever), until a moment or now, by the ledger.

    Of one that is `lent`, of its officers and past inspections alone. `beside`: whose own past inspections count as those of `others`.
    A row that goes twice counts twice. Entries of a release that did not tell of returns have none.
    """
    rules = (edits.RULE,) if lent else _COUNTED
    held = [facts for _, facts in tx.ledger.facts(rules, f"roster:{agency}", since, until)]
    told = [Moved.told(facts) for facts in held if not lent or edits.lent(facts)]
    theirs = [facts for _, facts in tx.ledger.facts((edits.RULE,), [f"roster:{one}" for one in beside], since, until)]
    own = Moved(**{one.name: sum(getattr(each, one.name) for each in told) for one in fields(Moved)})
    others, back = (sum(facts.get(name, 0) for facts in theirs) for name in ("shared", "shared_back"))
    return replace(own, others=others, others_back=back)


def _now(tx: Tx, held: Draw, agency: str, until: datetime | None = None) -> Moved:
    """All moves of what a draw's frame goes by for an agency, until a moment or now."""
    lent = _lent(held, agency)
    beside = () if lent else _beside_of(tx, [agency] if held.own else held.agencies)
    return between(tx, agency, None, until, lent=lent, beside=beside)


def _beside_of(tx: Tx, agencies: Sequence[str]) -> list[str]:
    """Whose records of past inspections a frame of some agencies reads beside their own."""
    return [one for one in tx.inspections.agencies() if one not in agencies]


def _seen(tx: Tx, held: Draw, agency: str) -> Moved:
    """All moves of a register that a draw's frame had behind it: what is more now is what it has not seen.

    Not by the hour, which an entry has from before it is written: one that was under way while the frame was frozen would be in neither
    count, or in both. A draw of a release that did not keep this has those until its hour.
    """
    seen = derivation(tx, held, agency).get("moves_seen")
    if seen is not None and "added" in seen:
        return Moved.told(seen)
    until = _now(tx, held, agency, held.made_at)
    return until if seen is None else replace(Moved.told(seen), added=until.added)


def derivation(tx: Tx, held: Draw, agency: str) -> Mapping[str, Any]:
    """How the rules of a draw came about that hold for an agency's registers; nothing for one whose registers it has not frozen.

    Of a partner in a joint draw, which has lent its officers alone, it is what the lead's says of them.
    """
    kept = tx.draws.file(held.number, RULES)
    rules = json.loads(kept) if kept else {}
    of = rules["own"][held.list_of(agency).name] if "own" in rules else rules
    told: Mapping[str, Any] = of.get("derivation", {})
    return told.get("partners", {}).get(agency, {}) if _lent(held, agency) else told


def _lent(held: Draw, agency: str) -> bool:
    """Whether an agency takes part in a draw with its officers alone."""
    return not held.own and agency != held.agency


def entered(office: Office, tx: Tx, plan: Plan, now: datetime) -> Entered:
    """To count with what cases have entered since the year's published plan was made, and what hands have moved since.

    From the day before: an entry's hour is from before it is written. Whoever brings levels on the command line is a user of the machine.
    """
    annual = _published(tx, plan, now)
    if annual is None:
        return Entered(day=None)
    since = annual.made_at - timedelta(days=1)
    moves = between(tx, plan.agency, since)
    told = [facts for _, facts in tx.ledger.facts([RESTATED], LEVELS, since) if str(facts.get("by", "")).startswith(BY_HAND)]
    changed = [Restated.of(one, since, "") for facts in told for one in facts.get("levels", ())]
    return Entered(
        day=annual.made_at.date(),
        moved=moves.added + moves.removed + moves.returned + moves.edited + moves.edited_back,
        came=moves.added + moves.returned,
        by_hand=frozenset[str]().union(*(one.names for one in changed)),
        names=lambda code: names(office, code),
    )


def names(office: Office, code: str) -> set[str]:
    """By which pseudonyms changes of its level may name a firm."""
    return {pseudonym(office.secret, IdentityKind.USCC, one) for one in {code, party_of(code)}}


def derived(
    office: Office, tx: Tx, plan: Plan, policy: Policy, counts: Mapping[str, int], new: Entered, now: datetime
) -> dict[str, object]:
    """What a list's derivation says of it: the moves since the plan's former draw, and the published plan's numbers.

    The former draw is the last one that was carried out: what moved for one that became void counts for the one that follows.
    """
    told = counted(office, tx, tx.draws.last_drawn(plan.name), plan.agency, plan.partners)
    held = _beside(tx, plan, policy, counts, new, now)
    return told | ({"published_plan": held.value()} if held is not None else {})


def counted(office: Office, tx: Tx, last: Draw | None, agency: str, partners: Sequence[str] = ()) -> dict[str, object]:
    """What a derivation says of the moves since a former draw, of an agency and of the partners that lend it their officers.

    And which agencies stood above each, nearest first, for what these have checked keeps an object out (handbook 1.2.30): the settings
    say that, of whose changes nothing else is written down.
    """
    told = _counts(office, tx, last, agency, beside=_beside_of(tx, [agency, *partners]))
    return told | ({"partners": {one: _counts(office, tx, last, one, lent=True) for one in partners}} if partners else {})


def _counts(
    office: Office, tx: Tx, last: Draw | None, agency: str, *, lent: bool = False, beside: Sequence[str] = ()
) -> dict[str, object]:
    ever = between(tx, agency, None, lent=lent, beside=beside)
    former = last if last is not None and agency in last.agencies else None
    before = _seen(tx, former, agency) if former is not None else Moved()
    moves = {"since": last.number if last is not None else None, **asdict(ever.beyond(before))}
    above, was = list(office.line(agency)[1:]), stood_above(tx, former, agency) if former is not None else None
    changed = {"above_before": list(was)} if was is not None and list(was) != above else {}
    return {"moved": moves, "moves_seen": asdict(ever), "above": above, **changed}


def stood_above(tx: Tx, held: Draw, agency: str) -> tuple[str, ...] | None:
    """Which agencies stood above one of a draw as its frame was frozen, nearest first; None for a draw of a release that kept none."""
    told = derivation(tx, held, agency).get("above")
    return tuple(map(str, told)) if told is not None else None


def tell(tx: Tx, held: Draw, derivations: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """A person of each agency whose frame is far from the published plan looks at it; the draw goes on. `derivations` by agency."""
    for agency, told in derivations.items():
        beside_it = told.get("published_plan", {})
        if beside_it.get("off"):
            about = held.number if agency == held.agency else f"{held.number}:{agency}"
            facts = {"draw": held.number, "plan": held.plan, **beside_it, **told["moved"]}
            tx.attention.open(OFF, agency, about, facts, now)


def tell_above(tx: Tx, held: Draw, derivations: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """A person of each agency above which others stand than in the frame before looks at it; the draw goes on. `derivations` by agency."""
    for agency, told in derivations.items():
        for one, of in ((agency, told), *told.get("partners", {}).items()):
            if "above_before" in of:
                facts = {"draw": held.number, "agency": one, "before": of["above_before"], "above": of["above"]}
                tx.attention.open(ABOVE, one, f"{held.number}:{one}", facts, now)


def after(tx: Tx, held: Draw, agency: str) -> Moved:
    """What moved behind a draw's frame, until the next frame of its plan counts it."""
    following = tx.draws.next_made(held)
    until = _seen(tx, following, agency) if following is not None and agency in following.agencies else _now(tx, held, agency)
    return until.beyond(_seen(tx, held, agency))


def removed(tx: Tx, agency: str, cases: Sequence[str], now: datetime) -> None:
    """A row that these cases had entered is out of force, for the last of them has left the house, or by an officer's word."""
    because = Because(rule="register.removed", basis=(), pack="", facts={"cases": list(cases), "removed": 1})
    record(tx, f"roster:{agency}", Decision(state=None, because=because), now, {})


def returned(tx: Tx, agency: str, case: str, now: datetime) -> None:
    """A case has brought a row back into force that had been taken out."""
    because = Because(rule="register.returned", basis=(), pack="", facts={"case": case, "returned": 1})
    record(tx, f"roster:{agency}", Decision(state=None, because=because), now, {})


def _published(tx: Tx, plan: Plan, now: datetime) -> AnnualPlan | None:
    """The plan's year as it is published; None where it is not."""
    annual = tx.annual.last(plan.name, now.year)
    return annual if annual is not None and annual.state is AnnualState.PUBLISHED else None


def _beside(tx: Tx, plan: Plan, policy: Policy, counts: Mapping[str, int], new: Entered, now: datetime) -> Beside | None:
    """None where no plan of this year is published, or the agency draws nothing by it."""
    annual = _published(tx, plan, now)
    if annual is None:
        return None
    content = annual.content
    own = next((one.strata for one in content.partners if one.agency == plan.agency), ())
    strata = content.strata if plan.agency == content.agency else own
    register = {row.stratum for row in policy.samplings if row.register} | {MUST}
    planned = {one.stratum: one.objects for one in strata}
    return beside(counts, planned, register, policy.report.margin, content.edition, new)
