"""Credit levels that change: each one written down, counted around draws, and a head's matter where one was changed for a frame alone.

Whoever may state levels could move a firm into a stratum with a small share before a freeze, and back behind it (draw-protocol threat 7).
Entries name a firm by pseudonym: who asks about one can compute it, and nobody reads ratings out of the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.case import SubjectKind
from inspector.domain.credit import of_firm, rated
from inspector.domain.evidence import span
from inspector.domain.identity import IdentityKind, pseudonym
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawKind
from inspector.domain.policy import Policy
from inspector.domain.restated import Brought, Class, Restated, Restatements, changed, turned
from inspector.domain.rowfile import split
from inspector.domain.spelling import party_of
from inspector.flows import lists, moved
from inspector.flows.office import Office, Plan
from inspector.flows.record import record
from inspector.store.credit import Became
from inspector.store.tx import Tx

UNDONE = "level_undone"
"""The matter of firms that came back to their levels while a draw is open whose frame had others."""
ABOUT = moved.LEVELS
"""What entries of changed levels are about, from wherever these come: those behind a seal are found by it."""
PART = 500
"""So many changes stand in one entry, some fifty kilobytes; a delivery of thousands has as many entries as it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The entries of changed levels that a frame had behind it: those up to a seal, and some that waited for theirs.

    Not by the hour, which an entry has from before it is written.
    """

    seal: int = 0
    ids: tuple[str, ...] = ()

    def value(self) -> dict[str, object]:
        """For the derivation."""
        return {"seal": self.seal, "unsealed": list(self.ids)}

    @classmethod
    def of(cls, told: Mapping[str, object] | None) -> Seen:
        """What `value` gives, back; a draw of a release that knew no such entries has seen none."""
        held = told or {}
        seal, ids = held.get("seal", 0), held.get("unsealed", ())
        return cls(seal=int(str(seal)), ids=tuple(map(str, ids)) if isinstance(ids, list) else ())


def note(office: Office, tx: Tx, became: Iterable[Became], brought: Brought, now: datetime) -> int:
    """Write down each level that was changed, in the transaction that has changed it, and tell heads of open draws; how many.

    One that is stated anew with the same letter is changed where the former statement had become stale: the firm stood as unrated.
    """
    stale = {now - span(pack.stale_after) for pack in office.book.packs}  # what is older counts for nothing in one of them
    some = (one for one in became if one.changed or any(one.renewed(since) for since in stale))
    changes = [_restated(office, one, brought.by, now) for one in some]
    parts = [changes[start : start + PART] for start in range(0, len(changes), PART)]
    for place, part in enumerate(parts, 1):
        record(tx, ABOUT, brought.noted(part, len(changes), place, len(parts)), now, {})
    if any(one.old is not None for one in changes):
        _tell(office, tx, changes, now)
    return len(changes)


def derived(office: Office, tx: Tx, plan: Plan, policy: Policy, lines: Iterable[bytes], now: datetime) -> dict[str, object]:
    """What a list's derivation says of the levels behind it: how many of its firms' were changed since the plan's former draw.

    And how many firms came back behind that draw's frame to a level that it did not have of them. `lines` are those of the frame's
    objects. The caller has the turn of levels, so that the frame has what is counted.
    """
    former = tx.draws.last_drawn(plan.name)
    seen, some = _behind(tx, _seen(tx, former, plan.agency))
    moves = changed(some, _class(policy))
    here = _named(office, lines, {name for one in moves for name in one.names}) if moves else set()
    told = {
        "since": former.number if former is not None else None,
        "levels_changed": sum(not here.isdisjoint(one.names) for one in moves),
        "levels_back": len(_turned(office, tx, former, plan.agency, some)) if former is not None else 0,
    }
    other, restated = _taken_in(office, tx, plan, policy, some, now)
    return {"levels": told, "levels_seen": seen.value(), "levels_at_intake": {"other": other, "restated": len(restated)}}


def tell(office: Office, tx: Tx, number: str, plan: Plan, agencies: Iterable[str], now: datetime) -> None:
    """The head of each agency whose frame goes by a level that was stated for an intake looks at it; the draw goes on.

    `agencies` are those with a frame of objects; one of results has no cases. Called before these are marked as drawn; the caller has the
    turn of levels.
    """
    former = tx.draws.last_drawn(plan.name)
    for agency in agencies if plan.of != "results" else ():
        policy = office.policy(agency, now.date())
        some = _behind(tx, _seen(tx, former, agency))[1]
        _, restated = _taken_in(office, tx, replace(plan, agency=agency), policy, some, now)
        if restated:
            hands = {one.by for one in some if one.who in set().union(*restated.values())}
            facts = {"draw": number, "count": len(restated), "by": sorted(hands)}
            tx.attention.open(UNDONE, agency, f"{number}:{agency}:intake", facts, now)


def _taken_in(
    office: Office, tx: Tx, plan: Plan, policy: Policy, some: Collection[Restated], now: datetime
) -> tuple[int, dict[str, set[str]]]:
    """How many waiting cases stand in another class than the level of their firm gives today, for a case keeps the one of its intake.

    And the firms among these whose level had been changed before that intake, since the plan's former frame (`some` are the changes since),
    with whom those changes name:
    one that was stated for the intake alone steers as one for the frame would, and which value it has today tells nothing.
    """
    known = {row.stratum for row in policy.samplings}  # a former pack's class is found anew, and told from nothing
    waiting = [
        row
        for row in tx.cases.undrawn(plan.agency)
        if row["stratum"] in known and row["item"] in policy.items and row["subject_kind"] == SubjectKind.FIRM.value
    ]
    held, of, since = (
        tx.credit.told_of_all(row["subject_code"] for row in waiting),
        _class(policy),
        now - span(policy.stale_after),
    )
    moves: dict[str, list[Restated]] = {}
    for one in changed(some, of):
        for name in one.names:
            moves.setdefault(name, []).append(one)
    other, restated = 0, dict[str, set[str]]()
    for row in waiting:
        code = row["subject_code"]
        stands, _ = of_firm(code, held.get(code, ()), since)
        level, as_of = (stands.level, stands.as_of) if stands is not None else (None, None)
        if policy.strategy(policy.item(row["item"]), of(level, as_of, now)).stratum == row["stratum"]:
            continue
        other += 1
        if told := [one for name in moved.names(office, code) for one in moves.get(name, ())]:
            opened = tx.cases.get(row["id"]).opened_at
            if some_before := {one.who for one in told if one.at <= opened}:
                restated.setdefault(party_of(code), set()).update(some_before)
    return other, restated


def after(office: Office, tx: Tx, held: Draw, agency: str) -> Restatements | None:
    """For a draw's report; None for one whose derivation has no such count. Until the next frame of its plan counts them."""
    told = moved.derivation(tx, held, agency).get("levels")
    if told is None:
        return None
    following = tx.draws.next_made(held)
    until = _seen(tx, following, agency) if following is not None and agency in following.agencies else None
    back = _turned(office, tx, held, agency, _behind(tx, _seen(tx, held, agency), until)[1])
    intake = moved.derivation(tx, held, agency).get("levels_at_intake", {})
    return Restatements(changed=int(told["levels_changed"]), back=len(back), other=int(intake.get("other", 0)))


def _restated(office: Office, one: Became, by: str, at: datetime) -> Restated:
    old, old_as_of = one.held if one.held is not None else (None, None)
    who, party = (pseudonym(office.secret, IdentityKind.USCC, code) for code in (one.said.code, party_of(one.said.code)))
    made = Restated(who=who, old=old, old_as_of=old_as_of, new=one.said.level, new_as_of=one.said.as_of, at=at, by=by)
    return replace(made, party=party) if party != who else made


def _tell(office: Office, tx: Tx, changes: Sequence[Restated], now: datetime) -> None:
    """The head of each agency with an open draw in whose frame some of these firms stood with another level, to theirs now back."""
    agencies = sorted({agency for plan in office.plans.values() for agency in plan.turns})
    going = [*tx.draws.unfinished(), *(one for agency in agencies for one in tx.draws.going(agency))]
    for held in (tx.draws.get(number) for number in sorted({one.extends or one.number for one in going})):
        for agency in held.agencies if held.own else (held.agency,):
            if held.kind is not DrawKind.PLAN or not _turned(office, tx, held, agency, changes):
                continue
            behind = _behind(tx, _seen(tx, held, agency))[1]
            who = _turned(office, tx, held, agency, behind)
            hands = {one.by for one in (*_before(tx, held, agency), *behind) if one.who in who}
            facts = {"draw": held.number, "count": len(who), "by": sorted(hands)}
            tx.attention.open(UNDONE, agency, f"{held.number}:{agency}", facts, now)


def _turned(office: Office, tx: Tx, held: Draw, agency: str, some: Collection[Restated]) -> set[str]:
    """Who of a draw's frame has come back by some changes behind it, by pseudonym."""
    if not some:
        return set()
    who = turned(_before(tx, held, agency), some, _class(office.book.get(held.pack_of(agency))))
    names = {one.who: one.names for one in some if one.who in who}
    here = _named(office, _lines(tx, held, held.list_of(agency)), set().union(*names.values())) if who else set()
    return {one for one in who if not here.isdisjoint(names[one])}


def _before(tx: Tx, held: Draw, agency: str) -> list[Restated]:
    """What was changed between the frame of the plan's former draw and that of a draw."""
    told = moved.derivation(tx, held, agency).get("levels")
    if told is None:
        return []
    former = tx.draws.get(told["since"]) if told["since"] is not None else None
    return _behind(tx, _seen(tx, former, agency), _seen(tx, held, agency))[1]


def _behind(tx: Tx, before: Seen, until: Seen | None = None) -> tuple[Seen, list[Restated]]:
    """What is seen now, and the changes of it that a former frame had not seen; of those `until` another one's, if it is named."""
    told = tx.ledger.behind(ABOUT, before.seal)
    if until is not None:
        told = [row for row in told if row[0] in until.ids or (row[1] is not None and row[1] <= until.seal)]
    now = Seen(  # with what the former frame had seen of it: the next one goes by this one alone
        seal=max((seal for _, seal, _, _ in told if seal is not None), default=before.seal),
        ids=tuple(entry for entry, seal, _, _ in told if seal is None),
    )
    rows = [row for row in told if row[0] not in before.ids]
    return now, [Restated.of(one, at, str(facts["by"])) for _, _, at, facts in rows for one in facts.get("levels", ())]


def _seen(tx: Tx, held: Draw | None, agency: str) -> Seen:
    known = held is not None and agency in held.agencies
    return Seen.of(moved.derivation(tx, held, agency).get("levels_seen")) if held is not None and known else Seen()


def _lines(tx: Tx, held: Draw, listed: Listed) -> Iterator[bytes]:
    return split(tx.draws.parts(held.number, lists.kept(held, listed, lists.OBJECTS)))


def _named(office: Office, lines: Iterable[bytes], among: Collection[str]) -> set[str]:
    """Who among these firms stands in a frame, all by pseudonym; a large frame is read and never held."""
    codes = (line[: line.index(b"\t")].decode() for line in lines)
    return {who for code in codes for who in moved.names(office, code) if who in among}


def _class(policy: Policy) -> Class:
    def of(level: str | None, as_of: datetime | None, at: datetime) -> str:
        return rated(policy, level, as_of, "", at).level if level is not None and as_of is not None else policy.unrated

    return of
