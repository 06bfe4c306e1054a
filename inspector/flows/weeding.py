"""Files that somebody has shown or photographed, contacts and informants go so many days after all that they were for (PIPL art. 19).

Nothing of it goes while something about its case is open: what lies under an objection, a repair or a proceeding is still to be read. What
a decision against the case's subject rests on stays as long as the case. The days count from the last of its end and its own coming.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from inspector.domain.decision import Because, Decision
from inspector.domain.purge import WHOLE
from inspector.flows import purging
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

PROOF, VISIT, CONTACT, INFORMANT = "self_proof.forget", "visit.forget", "notice.forget", "tip_off.forget"
_SOME = 200
"""So many visits' readings go in one transaction."""
RULES = (PROOF, VISIT, CONTACT, INFORMANT)
"""The rules of the entries that say so. Each tells since when it was kept, and for how many days."""


def weed(office: Office, days: int) -> None:
    """Let go what is so old and what nothing keeps, thing by thing. Safe to break off and to repeat."""
    before = office.now() - timedelta(days=days)
    with office.store.read() as tx:
        shown, seen = tx.materials.of_cases(before), tx.materials.of_visits(before)
        reached, told = tx.servings.contacts_old(before), tx.tips.informants_old(before)
        of_cases = [one for one in sorted({*shown, *reached}) if not _held(tx, one) and (one in reached or _old(tx, one, before))]
        seen = [one for one in seen if _ends(tx, one, before, lock=False) is not None]
    gone: Mapping[Callable[..., None], list[str]] = {_of_case: of_cases, _of_visit: seen, _of_tip: told}
    for let_go, some in gone.items():
        for one in some:
            with office.store.begin() as tx:
                let_go(tx, one, before, office.now())


def _held(tx: Tx, case_id: str) -> bool:
    """Whether something about a case is open, so that what was shown for it is still to be read."""
    return bool(tx.purging.held(case_id) - WHOLE)


def _of_case(tx: Tx, case_id: str, before: datetime, now: datetime) -> None:
    """What the subject has shown, and how it can be reached."""
    ended = tx.cases.get(case_id, lock=True).ended_at
    if ended is None or ended >= before or _held(tx, case_id):
        return
    if old := _old(tx, case_id, before):
        _go(tx, old)
        told = {**_named(old), **_kept(max(ended, *old.values()), before, now)}
        _say(tx, case_id, Because(rule="self_proof.forget", basis=(), pack="", facts=told), now)
    said = [row["at"] for row in tx.ledger.about(case_id) if row["rule"] == "case.contact"]
    since = max(ended, *said) if said else ended
    if since < before and tx.servings.forget_contact(case_id):
        _say(tx, case_id, Because(rule="notice.forget", basis=(), pack="", facts=_kept(since, before, now)), now)


def _old(tx: Tx, case_id: str, before: datetime) -> dict[tuple[str, str], datetime]:
    """What a subject has shown that is so old, and on which no decision against it rests: when each came."""
    cited, old = purging.cited(tx, case_id), dict[tuple[str, str], datetime]()
    for about, files in tx.materials.there(case_id).items():
        if not any(piece.startswith(f"self_proof:{about}:") for piece in cited):
            old |= {(about, digest): at for digest, at in files if at < before}
    return old


def _of_visit(tx: Tx, visit: str, before: datetime, now: datetime) -> None:
    """Photos of a visit: it may have served several cases, and each may rest on them."""
    ends = _ends(tx, visit, before)
    old = {(visit, digest): at for digest, at in tx.materials.there(None, visit).get(visit, ()) if at < before}
    if ends is not None and old:
        _go(tx, old)
        told = {**_named(old), **_kept(max([*old.values(), *ends]), before, now)}
        _say(tx, visit, Because(rule="visit.forget", basis=(), pack="", facts=told), now)


def _ends(tx: Tx, visit: str, before: datetime, *, lock: bool = True) -> list[datetime] | None:
    """When the cases ended that a visit served; None where one goes on or ended later, or something keeps what was seen there."""
    cases = tx.purging.served(visit)
    ended = [tx.cases.get(one, lock=lock).ended_at for one in cases]
    ends = [one for one in ended if one is not None and one < before]
    if len(ends) < len(cases) or tx.purging.visit_holds(visit) or tx.purging.waits(tx.purging.beside(visit)):
        return None
    open_ = any(_held(tx, one) for one in cases)
    cited = any(piece.startswith(f"visit:{visit}:") for one in cases for piece in purging.cited(tx, one))
    return None if open_ or cited else ends


def unheld(office: Office, days: int) -> Iterator[list[str]]:
    """The visits whose readings of visit codes by firms' phones are so old, and kept by nothing, some at a time.

    They are sought while nothing is held: what a decision cites stays for years, and is looked at again each night.
    """
    before = office.now() - timedelta(days=days)
    with office.store.read() as tx:
        some = [one for one in tx.entryscans.of_visits(before) if _ends(tx, one, before, lock=False) is not None]
    for start in range(0, len(some), _SOME):
        yield some[start : start + _SOME]


def readings(visits: Sequence[str], tx: Tx, before: datetime) -> int:
    """They go as photos do; how many readings. The cases are held in their order before any visit is looked at."""
    for case_id in sorted({case_id for visit in visits for case_id in tx.purging.served(visit)}):
        tx.cases.get(case_id, lock=True)
    return sum(tx.entryscans.forget(visit, before) for visit in visits if _ends(tx, visit, before) is not None)


def _of_tip(tx: Tx, tip_id: str, before: datetime, now: datetime) -> None:
    """Who told."""
    if (tip := tx.tips.get(tip_id, lock=True)).at < before and tx.tips.forget_informant(tip_id):
        _say(tx, tip_id, Because(rule="tip_off.forget", basis=(), pack="", facts=_kept(tip.at, before, now)), now)


def _go(tx: Tx, files: Mapping[tuple[str, str], datetime]) -> None:
    for about, digest in files:
        tx.materials.forget(about, digest)


def _named(files: Iterable[tuple[str, str]]) -> dict[str, object]:
    """What each file is about, and its digest: who shows the same twice has shown two files, and each has days of its own."""
    return {"files": [list(one) for one in sorted(files)]}


def _kept(since: datetime, before: datetime, now: datetime) -> dict[str, object]:
    """Since when it was kept, and for how many days at least."""
    return {"since": since.isoformat(), "days": (now - before).days}


def _say(tx: Tx, about: str, because: Because, now: datetime) -> None:
    record(tx, about, Decision(state=None, because=because), now, {})
