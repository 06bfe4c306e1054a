"""Officers say that a visit was made by a team whose seats passed on afterwards, where no check-in says it by itself (decision 219).

It takes two, for by it a former team's words become evidence for or against somebody, and whoever was dealt by lot does not go.
"""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain import attesting
from inspector.domain.errors import Forbidden, Missing
from inspector.domain.peace import made
from inspector.domain.person import acted
from inspector.domain.visit import Visit
from inspector.flows import attested, challenges, fieldnotes, supervision
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx


def say(office: Office, tx: Tx, visit_id: str, agency: str, *, on: date, evidence: str, by: str, now: datetime) -> Visit:
    """An officer says that an agency's team made a visit on a day; with the second one's word it counts, with what its notes say.

    Raises Missing (`visit_unknown`), Forbidden (`attest_of_team`), Invalid (`visited_out_of_range`), and what `team_on` and `say` raise.
    """
    before = tx.visits.get(visit_id)
    if agency not in before.agencies:
        raise Missing("visit_unknown", visit=visit_id)
    tx.cases.lock({*before.case_ids, *(one.case_id for one in supervision.beside(tx, before, agency))})  # cases before visits
    held = tx.visits.get(visit_id, lock=True)
    made(held, on, (), now, office.calendar)
    sittings, anew = attested.sittings(office, tx, held), tx.visits.dealt_anew(held)
    team = attesting.team_on(held, agency, sittings, on, office.calendar, anew=anew)
    names = [name for one in tx.visits.team(held.id) for name in challenges.known_as(tx, one.agency, one.inspector)]
    if acted(by, names):
        raise Forbidden("attest_of_team")
    decision = attesting.say(held, agency, on, team, by, evidence, tx.draws.pack_of(held.draw, agency))
    told = next(one for one in decision.state.attested if one.agency == agency)
    if not told.stands:
        changed = tx.visits.put(decision.state)
        record(tx, held.id, decision, now, {"agency": agency})
        attested.ask(tx, changed, team[0], on, now)
        return changed
    attested.stands(office, tx, held, told, decision, now)
    fieldnotes.go_on(office, tx, team[0].name, now)
    return tx.visits.get(visit_id)
