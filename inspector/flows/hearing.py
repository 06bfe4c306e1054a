"""What a requested agency says comes to the same step by whichever way it came in: page, interface, signed message, mail, paper."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.assistance import Door, Request, came
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict, blank
from inspector.domain.said import Said, Saying, needed
from inspector.flows import assist
from inspector.flows.office import Office, apart, behind
from inspector.flows.requests import held
from inspector.store.tx import Tx

_REASONED = {Saying.EXTEND: assist.extend, Saying.CALM: assist.contest_urgency, Saying.WARN: assist.warn}
"""The words that are reasons and a signer, and nothing else."""


def hear(office: Office, tx: Tx, request_id: str, said: Said, now: datetime, door: Door) -> Request:
    """Take the step that is said. The request as it stands then; of a forwarded one the new request. Raises Invalid, Refusal, Missing."""
    if door.came is None:
        return _step(office, tx, request_id, said, now, door)
    _, before = held(tx, request_id)  # locked as the step does: what comes meanwhile is no line of this word
    made = _step(office, tx, request_id, said, now, door)
    after = tx.assistance.get(request_id)
    if after.history == before.history:  # an afterword is no line of the request's own
        return made
    tx.assistance.put(kept := came(after, door.came))
    return kept if made.id == request_id else made


def _step(office: Office, tx: Tx, request_id: str, said: Said, now: datetime, door: Door) -> Request:
    needed(said)
    signer, reasons = said.signer, said.reasons
    match said.do:
        case Saying.ACCEPT:
            return assist.accept(office, tx, request_id, signer, now, door)
        case Saying.ANSWER:
            value, remark = _answer(said)
            return assist.answer(office, tx, request_id, said.verdict, value, signer, now, door, remark=remark)
        case Saying.PARTLY:
            return assist.partly(office, tx, request_id, said.value, said.rest, signer, now, door, remark=reasons)
        case Saying.PROPOSE:
            assert said.day is not None, "a date that is proposed was named"
            return assist.propose_date(office, tx, request_id, said.day, reasons, signer, now, door)
        case Saying.EXTEND | Saying.CALM | Saying.WARN:
            return _REASONED[said.do](office, tx, request_id, reasons, signer, now, door)
        case Saying.FORWARD:
            return assist.forward(office, tx, request_id, addressee(office, said.to), reasons, signer, now, door)
        case Saying.CONTEST:
            return assist.contest(office, tx, request_id, said.about, reasons, signer, now, door)
        case Saying.DECLINE:
            assert said.inability is not None, "the kind of its reasons was said"
            return assist.refuse(office, tx, request_id, reasons, signer, now, door, inability=said.inability)


def _answer(said: Said) -> tuple[str, str]:
    """Data and remark. Whoever cannot say says why in either place; beside any other finding a reason is a remark and never the data."""
    if said.verdict is Verdict.CANNOT_SAY and blank(said.value):
        return said.reasons, ""
    return said.value, said.reasons


def circling(office: Office, request_id: str, said: Said, error: Exception) -> None:
    """A refused step may be one that a person must hear of: two agencies send a request to each other. In a transaction of its own."""
    if isinstance(error, Refusal) and error.code == "forward_circle":
        with office.store.begin() as tx:
            assist.circle(tx, request_id, addressee(office, said.to), office.now())


def addressee(office: Office, named: str) -> str:
    """The agency somebody names by id, connector or name; what is none of them is left as it is, to be refused by name.

    Raises Invalid (`forward_ambiguous`) for a name that several bear: a request goes to nobody's namesake.
    """
    wanted, tree = named.strip(), office.tree
    meant = tree.get(wanted) or behind(tree, wanted)
    found = [meant] if meant is not None else [node for node in tree.values() if node.name == wanted]
    if len(found) > 1:
        known = ", ".join(f"{apart(tree, node)} ({node.id})" for node in found)
        raise Invalid("forward_ambiguous", field="to", to=wanted, known=known)
    return found[0].id if found else wanted
