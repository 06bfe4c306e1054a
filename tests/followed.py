"""What follows of a month's cases in words that name somebody: penalties, what of them and of letters is public, matters, a purge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, StatementKind
from inspector.domain.docket import DISCLOSURE, LETTER_SCOPE
from inspector.domain.errors import InspectorError
from inspector.domain.gazette import Fallen
from inspector.domain.proposal import Proposal
from inspector.domain.wayto import ServiceWay
from inspector.flows import purging, reached
from inspector.store.drawtables import draw_file
from inspector.store.store import Store
from inspector.store.tables import metadata
from inspector.web.roles import Role
from tests.house import settle
from tests.proceedings import Proceeding

if TYPE_CHECKING:
    from tests.month import Month
    from tests.plantedpeople import Person

OFFICER, SECOND = "李四", "王五"
_WHY = Fallen.MISTAKE.value


def penalised(month: Month, case_id: str, person: Person) -> Consequence:
    """A penalty is imposed in words that say on whom, and an officer says in such words that it is public."""
    hunt, office = month.hunt, month.hunt.office
    case, words = Proceeding(office=office, hand=month.hand, case=case_id), f"{person.word('处罚')} {person.name}"
    held = next((one for one in case.all() if one.proposal is Proposal.PENALTY), None) or case.propose(Proposal.PENALTY)
    about = f"/v1/consequences/{held.id}"
    month.notices |= {f"{held.id}:{paper}": person for paper in ("notice", "decision")}
    with hunt.edge.as_(Role.OFFICER, name=OFFICER) as officer, hunt.edge.as_(Role.OFFICER, name=SECOND) as second:
        notice = {"facts": [words], "reasons": words, "rights": ["申辩，可以要求听证"], "content": f"罚款 {words}"}
        hunt.call(officer, "POST", f"{about}/notice", notice | {"harm": person.name})
        _well(hunt.call(officer, "POST", f"{about}/notice", notice | {"basis": ["某条例第8条"]}))
        settle(office)
        case.serve(case.the(Proposal.PENALTY))
        case.say(held, StatementKind.WAIVER, person.word("申辩"))
        told: dict[str, Any] = {"reasons": words, "law": "某条例第8条", "performance": words, "public_interest": words}
        hunt.call(officer, "POST", f"{about}/decision", told | {"turn": person.name})
        _well(hunt.call(officer, "POST", f"{about}/decision", told | {"turn": case.turn(held)}))
        agreed = {"kind": "SECOND", "words": words}
        hunt.call(second, "POST", f"{about}/agreement", agreed | {"turn": 0, "kind": person.name})
        _well(hunt.call(second, "POST", f"{about}/agreement", agreed | {"turn": case.turn(held)}))
        case.agree(held, Agreement.LEGAL, "赵六")
        case.bring(case.the(Proposal.PENALTY))
        settle(office)
        said = {"public": True, "kinds": ["FINE"], "fine": "30000", "reasons": f"{person.word('公开')} {person.name}"}
        for wrong in ({"kinds": [person.name]}, {"fine": person.phone}, {"public": person.name}):
            hunt.call(officer, "POST", f"{about}/disclosure", said | wrong)
        _well(hunt.call(officer, "POST", f"{about}/disclosure", said))
    settle(office)
    return case.the(Proposal.PENALTY)


def ruled(month: Month) -> int:
    """What the letters' own words allow is said, in words that name whose they are; so many were ruled on."""
    hunt, count = month.hunt, 0
    with month.store.read() as tx:
        waiting = [one.about for one in tx.attention.of_kind(LETTER_SCOPE) if one.open]
    with hunt.edge.as_(Role.OFFICER, name=OFFICER) as officer:
        for case_id in waiting:
            person, path = month.cases[case_id], f"/v1/cases/{case_id}/letter-publicity"
            page = hunt.call(officer, "GET", f"/v1/attention?kind={LETTER_SCOPE}")
            assert page.status_code == 200
            said = {"site": count % 2 == 0, "reasons": f"{person.word('公开')} {person.name}"}
            hunt.call(officer, "POST", path, said | {"site": person.name})
            hunt.call(officer, "POST", path, said | {"reasons": [person.word("公开")]})
            _well(hunt.call(officer, "POST", path, said))
            count += 1
    settle(hunt.office)
    return count


def closed(month: Month) -> int:
    """Matters about somebody are closed with a note that says about whom; so many."""
    hunt, count = month.hunt, 0
    with hunt.edge.as_(Role.OFFICER, name="孙八") as officer:
        rows, after = list[dict[str, Any]](), ""
        while True:
            page = hunt.call(officer, "GET", f"/v1/attention?limit=100{after}").json()
            rows += page["attention"]
            if not page["next"]:
                break
            after = f"&after={page['next']}"
        for row in rows:
            whose = _whose(month, str(row["about"]))
            if whose is None or row["kind"] in (DISCLOSURE, LETTER_SCOPE):
                continue
            path, note = f"/v1/attention/{row['id']}/close", f"{whose.word('办结')} {whose.name}"
            hunt.call(officer, "POST", path, {"note": [note]})
            hunt.call(officer, "POST", f"{path}d/{whose.number}", {"note": note})
            count += hunt.call(officer, "POST", path, {"note": note}).status_code == 200
    return count


def read(month: Month) -> Iterator[tuple[str, Person | None, str]]:
    """What those read who may not read the house's own words: duties to publish, and why, by the approving system; by whom it is about."""
    hunt = month.hunt
    for role in (Role.CLERK, Role.OPS):
        with hunt.edge.as_(role, name=f"读者{role.value}") as reader:
            after = ""
            while True:
                page = hunt.call(reader, "GET", f"/v1/publications?limit=100{after}")
                _well(page)
                yield "publications", None, page.text
                if not page.json()["next"]:
                    break
                after = f"&after={page.json()['next']}"
    with hunt.edge.as_(Role.SYSTEM, name="hall") as hall:
        for case_id, person in month.cases.items():
            for path in ("", "/explain"):
                told = hunt.call(hall, "GET", f"/v1/cases/{case_id}{path}")
                _well(told)
                yield "approving", person, told.text


def purged(month: Month) -> list[Person]:
    """What waits is seen to; years later every case goes that may, by a person's hand. Those of whom nothing is left."""
    office, gone, left = month.hunt.office, set[int](), set[int]()
    _wound_up(month)
    month.hand.on(days=366 * 30)
    month.sweep()
    for case_id, person in month.cases.items():
        try:
            with office.store.begin() as tx:
                purging.case(office, tx, case_id, "王五", month.hand())
            gone.add(person.number)
        except InspectorError as error:
            month.held.append(f"{error.code} {error.facts}")
            left.add(person.number)
    return [one for one in dict.fromkeys(month.cases.values()) if one.number in gone - left]


def _wound_up(month: Month) -> None:
    """Notices are served, proposals let go, and what is public for long enough goes from the register."""
    office, hand = month.hunt.office, month.hand
    for case_id in month.cases:
        case = Proceeding(office=office, hand=hand, case=case_id)
        for held in (one for one in case.all() if one.state is ConsequenceState.PROPOSED):
            with suppress(InspectorError):  # one that the law asks for waits for others
                case.drop(held)
        with office.store.read() as tx:
            notices = [one.id for one in tx.servings.of_case(case_id) if one.state.open]
        for notice in notices:
            with office.store.begin() as tx:
                reached.served(office, tx, notice, hand().date(), ServiceWay.PAPER, "回证", OFFICER, hand())
    hand.on(days=400)
    settle(office)
    month.post()


def texts(store: Store) -> dict[str, str]:
    """All that the database says to whoever may open it, by table; but whom the keys of a draw's frame stand for, which is the draw's."""
    with store.read() as tx:
        return {
            table.name: "\n".join(
                one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one)
                for row in tx.connection.execute(sa.select(table))
                for one in row
                if one is not None
            )
            for table in metadata.sorted_tables
            if table is not draw_file
        }


def _whose(month: Month, about: str) -> Person | None:
    """Whom a matter is about: by its notice, its case, or that of its visit."""
    name = about.partition(":")[0]
    if about in month.notices:
        return month.notices[about]
    return month.cases.get(name) or month.cases.get(name.rpartition("-")[0]) or month.visits.get(name)


def _well(told: Any) -> None:
    assert told.status_code in (200, 201), told.text
