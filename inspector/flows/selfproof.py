"""Self-proof (自证): the link goes to the subject, what comes in is kept, a person reads it, and the dates run out (domain.selfproof).

Words come in by two doors: the link, which is the subject's, and an officer's token, for who brings papers to the counter. Every operation
is called in the caller's transaction and raises Invalid, Refusal or Forbidden before anything is written.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inspector.domain import exhibit, selfproof, verification
from inspector.domain.assistance import Door
from inspector.domain.case import Case
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict, blank
from inspector.domain.material import Kept, kept
from inspector.domain.policy import Policy
from inspector.domain.reached import UNCONFIRMED
from inspector.domain.selfproof import AGAIN, OBSOLETE, Material, ProofState, Reading, SelfProof, Unable
from inspector.flows import doorways, frontdesk, late, once, recall
from inspector.flows.contents import named
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing, settle_case, settle_proof
from inspector.flows.telling import tell
from inspector.flows.verify import asked as claim_of
from inspector.labels import label
from inspector.ports import Garbled, Message, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

LINK = "show"
"""The purpose of the subject's link: to show something, or to say that there is nothing to show."""


# --- the link


def token(office: Office, tx: Tx, proof_id: str) -> str:
    """The secret that counts now: another one after each calling back."""
    return office.link_token(LINK, proof_id, tx.replylinks.edition(LINK, proof_id))


def by_link(office: Office, tx: Tx, proof_id: str, shown: str) -> None:
    """Raise Forbidden unless the link is the one of this self-proof; `link_over` for one whose time is over."""
    if not hmac.compare_digest(token(office, tx, proof_id).encode(), shown.encode("utf-8", "replace")):
        raise Forbidden("link_unknown")
    held = tx.selfproofs.get(proof_id)
    if held.ended_at is not None and office.now() > held.ended_at + timedelta(days=office.link_days):
        raise Forbidden("link_over", days=office.link_days)


def hand(office: Office, tx: Tx, proof_id: str, by: str, now: datetime) -> str:
    """Give the link to whoever passes it on to the subject; who had it is on record, and the first time the term begins anew.

    Raises Refusal where nothing would be kept any more, and in a house that runs in shadow.
    """
    office.earnest()
    case, proof = held(tx, proof_id)
    _must_hear(case, proof)
    settle_proof(tx, selfproof.hand(proof, by, _policy(office, case), now, office.calendar), now)
    return f"{office.base_url}/{LINK}/{proof_id}/{token(office, tx, proof_id)}"


def call_back(tx: Tx, proof_id: str, by: str, reason: str, now: datetime) -> SelfProof:
    """The link opens nothing from now on; the next one that is handed over is another, and begins the term.

    Who has not been handed one since is told of by nobody as silent. Raises Invalid for a reason that says nothing.
    """
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    case, proof = held(tx, proof_id)
    tx.replylinks.call_back(LINK, proof_id, now)
    decision = selfproof.call_back(proof, by, reason, now, case.pack)
    settle_proof(tx, decision, now)
    proof = decision.state
    if proof.state.asked:
        tx.attention.open(recall.TO_HAND, case.agency, proof.id, {"case": case.id, "due_at": proof.due_at.isoformat()}, now)
    return proof


# --- the subject's words


def open_page(tx: Tx, proof_id: str, now: datetime) -> None:
    """The page was opened for the first time: the link has arrived."""
    _, proof = held(tx, proof_id)
    if proof.seen_at is None:
        tx.selfproofs.put(seen := selfproof.seen(proof, now))
        recall.quiet(tx, seen, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file that came in: what is kept of it, and the SHA-256 of what came."""

    kept: Kept
    received: str


def take(content: bytes) -> Taken:
    """Take a file apart, before any transaction: nobody waits for it. Raises what `material.kept` raises."""
    return Taken(kept=kept(content), received=hashlib.sha256(content).hexdigest())


def receive(
    office: Office, tx: Tx, proof_id: str, what: Taken, remark: str, now: datetime, door: Door | None = None
) -> SelfProof:
    """Something is shown: it is kept without where and with what it was taken, and waits for a person. Twice is once.

    Raises Refusal where nothing is wanted any more, and what `selfproof.receive` raises.
    """
    case, proof = held(tx, proof_id)
    _must_hear(case, proof)
    material = Material(
        digest=hashlib.sha256(what.kept.content).hexdigest(),
        received=what.received,
        kind=what.kept.kind,
        size=len(what.kept.content),
        remark=remark,
        at=now,
        door="counter" if door and door.token else "subject",
        token=door.token if door else "",
    )
    decision = selfproof.receive(proof, material, _policy(office, case), now, office.calendar)
    if decision.because.rule == AGAIN:
        return proof
    made = decision.state
    tx.materials.keep(made.id, material.digest, material.kind, what.kept.content, now, case.id)
    settle_proof(tx, decision, now)
    _spread(tx, office, case, decision, now)
    late.beside(tx, case, exhibit.shown(made), now)
    facts = {"case": case.id, "files": len(made.materials), "due_at": made.read_by.isoformat() if made.read_by else ""}
    tx.attention.open(recall.TO_READ, case.agency, proof.id, facts, now)
    return made


def decline(
    office: Office, tx: Tx, proof_id: str, unable: Unable, reasons: str, now: datetime, door: Door | None = None
) -> SelfProof:
    """The subject cannot or will not: the next way begins.

    Raises Refusal where the question is over, Invalid for "other" without a word.
    """
    case, proof = held(tx, proof_id)
    _must_hear(case, proof)
    decision = selfproof.decline(proof, unable, reasons, now, case.pack, door or Door())
    settle_proof(tx, decision, now)
    _go_on(tx, office, decision.state, exhibit.ended(decision.state, now), now)
    return decision.state


# --- a person reads


def read(office: Office, tx: Tx, proof_id: str, told: Reading, now: datetime) -> SelfProof:
    """An officer says what the material says: the claim is proven, is contradicted (a lead), or the next way begins."""
    case, proof = held(tx, proof_id)
    policy = _policy(office, case)
    fact = policy.item(str(proof.question["item"])).fact(str(proof.question["fact"]))
    decision = selfproof.read(proof, replace(told, at=now), fact.compare, policy.label, fact.values)
    settle_proof(tx, decision, now)
    _go_on(tx, office, decision.state, exhibit.judged(decision.state, fact.valid_for), now)
    return decision.state


def looked(tx: Tx, proof: SelfProof, digest: str, by: str, now: datetime) -> bytes:
    """A file that was shown, to be read; who has looked at it is on record. Raises Missing."""
    content = tx.materials.content(proof.id, digest)
    because = Because(rule="self_proof.looked", basis=(), pack="", facts={"by": by, "digest": digest})
    record(tx, proof.case_id, Decision(state=None, because=because), now, {"self_proof": proof.id})
    return content


def unread_of(tx: Tx, case_id: str) -> list[str]:
    """The self-proofs of a case whose material nobody has read."""
    return [one.id for one in tx.selfproofs.of_case(case_id) if one.state is ProofState.RECEIVED]


# --- work


def ask(work: Work, office: Office) -> Settlement:
    """Push the link to the subject through the platform that reaches it; the reminder goes the same way. No word of what is promised."""
    with office.store.read() as tx:
        proof = tx.selfproofs.get(str(work.payload["self_proof"]))
        secret = token(office, tx, proof.id)
    if not proof.state.asked:
        return nothing("obsolete")
    channel = office.connectors.channels.get(work.lane)
    if channel is None:
        return nothing("channel_not_configured")
    lang = office.agency(proof.agency).language
    message = Message(
        to=str(proof.question["code"]),
        title=label("push.show_title", lang),
        text=label("push.show_text", lang, due_at=f"{proof.due_at:%Y-%m-%d}") + frontdesk.sentence(office, proof.agency, lang),
        link=f"{office.base_url}/{LINK}/{proof.id}/{secret}",
        data={"self_proof": proof.id, "due_at": proof.due_at.isoformat(), **frontdesk.telephone(office, proof.agency)},
    )
    try:
        receipt = once.hand(office, work, channel, message, key=named(work.key, message))
    except (Refused, Garbled) as error:
        return nothing(error.code, attempts=error.attempts).after(error)

    def write(tx: Tx, now: datetime) -> None:
        case, fresh = held(tx, proof.id)
        stands = token(office, tx, proof.id) == secret  # one that was called back meanwhile was given to nobody
        if fresh.state.asked and stands and not receipt.unconfirmed:  # else a person still is to hand it over
            settle_proof(tx, selfproof.hand(fresh, work.lane, _policy(office, case), now, office.calendar), now)

    return Settlement(write=write, outcome=UNCONFIRMED if receipt.unconfirmed else "handed_over", attempts=receipt.attempts)


def not_asked(_work: Work, _office: Office, error: PortError | None) -> Settlement:
    """No channel took the link: the matter that a person is to hand it over stays open, and the date runs."""
    return nothing(error.code if error else "patience_over")


def remind(work: Work, office: Office) -> Settlement:
    """The date comes near: the approving system hears so, and the subject by the channel, where there is one."""
    return _timer(work, office, lambda proof, case, now: selfproof.remind(proof, now, case.pack))


def end(work: Work, office: Office) -> Settlement:
    """The date has passed in silence: no answer, the next way, and nothing against anybody. Nobody is silent at a door that was shut."""
    with office.store.read() as tx:
        doorways.wait_for_house(office, tx, office.now())
    return _timer(work, office, lambda proof, case, now: selfproof.silent(proof, now, case.pack))


def unread(work: Work, _office: Office) -> Settlement:
    """Nobody has read what was shown by the date: a person hears so."""

    def write(tx: Tx, now: datetime) -> None:
        case, proof = held(tx, str(work.payload["self_proof"]))
        decision = selfproof.unread(proof, case.pack)
        if work.payload["turn"] == proof.turn and decision.because.rule != OBSOLETE:
            settle_proof(tx, decision, now)
            tx.attention.open(recall.UNREAD, case.agency, proof.id, {"case": case.id}, now)

    return Settlement(write=write)


def held(tx: Tx, proof_id: str) -> tuple[Case, SelfProof]:
    """A self-proof and its case, both locked, the case first, as everywhere."""
    case = tx.cases.get(tx.selfproofs.get(proof_id).case_id, lock=True)
    return case, tx.selfproofs.get(proof_id, lock=True)


def _timer(work: Work, office: Office, decide: Callable[[SelfProof, Case, datetime], Decision[SelfProof]]) -> Settlement:
    def write(tx: Tx, now: datetime) -> None:
        case, proof = held(tx, str(work.payload["self_proof"]))
        if work.payload["turn"] != proof.turn:
            return
        decision = decide(proof, case, now)
        if decision.because.rule == OBSOLETE:
            return
        settle_proof(tx, decision, now)
        _spread(tx, office, case, decision, now)
        if decision.state.state.asked and (lane := office.reaching(case.agency)):
            tx.work.order((selfproof.push(decision.state, lane, now, ":remind"),), now)
        if decision.state.state is ProofState.UNANSWERED:
            _go_on(tx, office, decision.state, exhibit.ended(decision.state, now), now)

    return Settlement(write=write)


def _go_on(tx: Tx, office: Office, proof: SelfProof, found: Evidence, now: datetime) -> None:
    """Weigh it in its case. One whose case has taken its next way weighs only by what it says."""
    case = tx.cases.get(proof.case_id, lock=True)
    policy = _policy(office, case)
    if proof.moved_on or proof.claim not in {one.claim.key for one in case.claims}:
        if found.verdict is not Verdict.NO_ANSWER:
            late.keep(tx, office, case, found, claim_of({**proof.question, "claim": proof.claim}), now)
        return
    tx.cases.add_evidence(case, found)
    settle_case(tx, office, verification.weigh(case, found, policy, now, office.calendar), policy, now)


def _spread(tx: Tx, office: Office, case: Case, decision: Decision[SelfProof], now: datetime) -> None:
    """Tell the approving system what a decision says to it, while the case is not over."""
    if not decision.told or case.state.ended:
        return
    told = Decision(state=case, because=decision.because, told=decision.told)
    tx.work.order(tell(tx, office, case, told, _policy(office, case), now), now)


def _must_hear(case: Case, proof: SelfProof) -> None:
    if not selfproof.hears(case, proof):
        raise Refusal("self_proof_over", state=proof.state)


def _policy(office: Office, case: Case) -> Policy:
    """The pack that a case was taken in under: its self-proofs go by it to their end."""
    return office.book.get(case.pack)
