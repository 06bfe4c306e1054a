"""Intake: a case comes in, once. The same reference with the same content is the same case; with other content a conflict.

A reference is one system's at one agency: where a system's name passes to another agency, its references begin anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from inspector.domain import admission, correction, credit, guidance, review, verification, visit
from inspector.domain.agreed import Contact
from inspector.domain.case import (
    Case,
    CaseState,
    Claim,
    ClaimFile,
    CommitmentLetter,
    LevelReason,
    MatterKind,
    Rated,
    Route,
    Subject,
    SubjectKind,
)
from inspector.domain.correction import Change
from inspector.domain.credit import Told
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.errors import Conflict, Invalid, Stale
from inspector.domain.identity import identify, identity_kind
from inspector.domain.merged import doubts
from inspector.domain.missent import SEND_BACK_ASKED
from inspector.domain.policy import Policy
from inspector.domain.signs import composed
from inspector.flows import anew, catalogue, consent, eligibility, enrolment, reapplying, teamnotes
from inspector.flows.guidance import outdated
from inspector.flows.office import Office
from inspector.flows.rating import DIFFER, level_of
from inspector.flows.recall import call_off
from inspector.flows.record import record
from inspector.flows.seats import tell_changed
from inspector.flows.settle import follow, settle_case
from inspector.store.ahead import Coming
from inspector.store.tx import Tx, new_id

log = structlog.get_logger(__name__)
AGAIN = "/2"
"""What the reference of a matter ends with that is verified after all (`again`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a sending system hands in: already of the right types, not yet judged."""

    agency: str
    reference: str
    route: Route
    matter: MatterKind
    item: str
    subject_kind: SubjectKind
    subject_code: str
    subject_name: str
    claims: tuple[Claim, ...]
    letter_text: str = ""
    letter_digest: str = ""
    notice_version: str = ""
    signed_by: str = ""
    signed_on: date | None = None
    """None: there is no letter, as where a certificate was brought."""
    proxy: str | None = None
    publicity_scope: str = "none"
    publicity_until: date | None = None
    concluded_at: datetime | None = None
    """When the matter was concluded (办结), where that was before the case is sent."""
    contact: Contact | None = None
    """How the subject can be reached: no content of the case, so that another number makes no other case of it."""

    def digest(self, *, as_sent: bool = False) -> str:
        """The SHA-256 of the content, by which a repetition is told from a conflict. In which order claims stand says nothing.

        Nor does the Unicode form of the reference, which a system may change on the way (NFC, NFD); `as_sent`, as releases of before did
        it, it does.
        """
        fields = {name: getattr(self, name) for name in self.__slots__ if name not in ("concluded_at", "contact")}
        if not as_sent:
            fields["reference"] = composed(self.reference, "NFC")
        if self.concluded_at is not None:  # else the content is what it was before there was this field
            fields["concluded_at"] = self.concluded_at.timestamp()
        claims = sorted([claim.key, claim.fact, claim.value, claim.on.isoformat()] for claim in self.claims)
        text = json.dumps({**fields, "claims": claims}, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The answer of intake: the case, and whether it is new."""

    case: Case
    new: bool


def take(office: Office, tx: Tx, given: Application, sender: str, now: datetime) -> Taken:
    """Open a case.

    What is here already is found before anything is judged: a message sent again after a new pack, or with an item that the office has
    meanwhile given up, is still the same message. Raises Invalid (unknown or excluded item, claims it does not know, …), Refusal
    (`item_withdrawn`, `subject_barred`, `reapplication_barred`, `recommitment_barred`) and Conflict (reference reused).
    """
    digest = given.digest()
    if (held := _known(office, tx, given, sender, digest, now)) is not None:
        return Taken(case=held, new=False)
    case, policy = _admitted(office, tx, given, sender, now)
    decision, differ = _begun(office, tx, case, policy, None, now)
    # the same message came by another connection meanwhile, and its transaction has just ended
    if (added := tx.cases.add(decision.state, digest)) is None:
        if (held := _known(office, tx, given, sender, digest, now)) is None:
            raise Stale("stale", what=given.reference)
        return Taken(case=held, new=False)
    _reached_by(office, tx, added, given, sender, now)
    opened = _opened(office, tx, follow(tx, office, replace(decision, state=added), policy, now), policy, differ, now)
    anew.look_at(office, tx, opened, now)
    tx.committed.append(lambda: log.info("case.opened", case_id=opened.id, agency=opened.agency, item=opened.item))
    return Taken(case=opened, new=True)


def again(office: Office, tx: Tx, former: Case, by: str, now: datetime) -> Case:
    """The matter of a case that has left the house is verified after all: the same content, by its pack, under a reference of its own.

    No gate is asked and nothing is admitted anew, for nobody applies: it was let in once. Raises Conflict (`reference_reused`).
    """
    policy, given = office.book.get(former.pack), _handed_in(former)
    given = replace(given, reference=f"{former.reference}{AGAIN}", concluded_at=former.concluded_at)
    decision, differ = _begun(office, tx, drafted(given, former.sender, policy, now), policy, None, now)
    if (added := tx.cases.add(decision.state, given.digest())) is None:
        held = tx.cases.by_reference(given.agency, former.sender, given.reference)
        raise Conflict("reference_reused", reference=given.reference, case=held[0] if held is not None else "")
    if (contact := tx.servings.contact(former.id)) is not None:
        consent.say(office, tx, added, contact, by, now)
    opened = _opened(office, tx, follow(tx, office, replace(decision, state=added), policy, now), policy, differ, now)
    anew.look_at(office, tx, opened, now)
    return opened


def look_ahead(office: Office, tx: Tx, given: Collection[Application], sender: str, now: datetime) -> None:
    """Ask at once what `take` and `foresee` go by for each of many applications; for one alone they ask by themselves."""
    coming: dict[str, list[Coming]] = {}
    for one in given:
        with suppress(Invalid):  # what is no code is said of its own row
            kind, code = one.subject_kind, identify(identity_kind(one.subject_kind), one.subject_code, today=now.date()).normal
            coming.setdefault(one.agency, []).append(Coming(reference=one.reference, kind=kind, code=code))
    for agency, some in coming.items():
        tx.ahead.look(agency, sender, some, office.line(agency))


def foresee(office: Office, tx: Tx, given: Application, sender: str, now: datetime) -> bool:
    """Whether `take` would open a case, and not answer one that is here. Raises as `take` does; nothing is written."""
    if _known(office, tx, given, sender, given.digest(), now) is not None:
        return False
    _admitted(office, tx, given, sender, now)
    return True


def _admitted(office: Office, tx: Tx, given: Application, sender: str, now: datetime) -> tuple[Case, Policy]:
    """An application that nobody has sent before, as a case, and the pack it is judged by. Raises as `take` does."""
    office.agency(given.agency)
    policy = office.policy(given.agency, now.date())
    case = drafted(given, sender, policy, now)
    admission.admit(case, policy, now)
    catalogue.admit(office, tx, case)
    eligibility.admit(office, tx, case, now)
    return case, policy


def _known(office: Office, tx: Tx, given: Application, sender: str, digest: str, now: datetime) -> Case | None:
    """The case that its sender has opened with this very content; None when the reference is new. Raises Conflict for other content.

    What it was opened with before a correction is its content too: a message delivered again, which changes nothing.
    """
    if not tx.ahead.knows(given.agency, sender, given.reference):
        look_ahead(office, tx, [given], sender, now)
    held = tx.cases.by_reference(given.agency, sender, given.reference)
    if held is None:
        return None
    case = tx.cases.get(held[0])
    if not {digest, _before(given, case)} & {held[1], *case.former}:
        raise Conflict("reference_reused", reference=given.reference, case=held[0])
    return case


def _before(given: Application, held: Case) -> str:
    """The digest that a former release took a content in by: under its reference in the form in which it was first sent."""
    same = composed(given.reference, "NFC") == composed(held.reference, "NFC")
    return (replace(given, reference=held.reference) if same else given).digest(as_sent=True)


def correct(office: Office, tx: Tx, case_id: str, given: Application, by: str, now: datetime) -> Case:
    """Correct a case's content while its verification is under way; the verification begins anew. The same content changes nothing.

    Raises what `correction.correct` and `admission.admit` raise, and Missing.
    """
    turn = given.subject_code not in ((seen := tx.cases.get(case_id)).subject.code, seen.subject.original)
    if turn:  # before the case is held: a freeze takes its turn, then its cases
        tx.draws.take_turn(seen.agency)
    held = tx.cases.get(case_id, lock=True)
    _reached_by(office, tx, held, given, by, now)
    change = Change(by=by, at=now, before=tx.cases.digest(case_id), after=given.digest())
    if change.before in {change.after, _before(given, held)}:
        return held
    policy = office.book.get(held.pack)
    fresh = drafted(given, held.sender, policy, held.opened_at)
    noted = [one for going in tx.visits.of_case(case_id, lock=True) for one, _ in teamnotes.waiting(office, tx, going)]
    decision = correction.correct(held, fresh, change, tx.cases.evidence(case_id), policy, noted)
    admission.admit(decision.state, policy, now)
    if (fresh.item, fresh.route) != (held.item, held.route):  # what goes on goes on by its pack; another item is taken in anew
        catalogue.admit(office, tx, decision.state)
    if (respelt := fresh.subject.code != held.subject.code) and not turn:  # somebody else has corrected it meanwhile
        raise Stale("stale", what=case_id)
    if fresh.route is not held.route or respelt:  # who was let in stays in; who changes route or code comes to the gate now
        eligibility.admit(office, tx, decision.state, now)
    elif fresh.item != held.item:  # who changes the item comes to what bars from that one
        reapplying.admit(office, tx, decision.state, now)
    tx.work.order(call_off(office, tx, held, now), now)
    corrected = settle_case(tx, office, decision, policy, now, digest=change.after)
    if held.send_back is not None:  # what was said to be wrong may be right by now
        tx.attention.over(f"{SEND_BACK_ASKED}:{held.id}", now)
    if respelt:
        enrolment.respell(office, tx, held, corrected, now)
        tx.cases.let_go(held.subject)
    level = held.strategy.level if held.strategy and not respelt else None  # a level is stated of one code
    decision, differ = _begun(office, tx, corrected, policy, level, now)
    begun = _opened(office, tx, settle_case(tx, office, decision, policy, now), policy, differ, now)
    outdated(office, tx, begun, now)
    if respelt:
        anew.look_at(office, tx, begun, now)
    _tell_visits(office, tx, begun, policy, now)
    return begun


def _reached_by(office: Office, tx: Tx, case: Case, given: Application, by: str, now: datetime) -> None:
    """How the subject can be reached lies apart from the case, and goes with its files.

    A new case and a correction bring it; of a case that is here a message that comes once more may be an old one, and undo what was said.
    """
    if given.contact is not None:
        consent.say(office, tx, case, given.contact, by, now)


def _tell_visits(office: Office, tx: Tx, case: Case, policy: Policy, now: datetime) -> None:
    """A drawn subject stays drawn; the inspectors look at what is claimed now, and who may have read what was claimed hears so."""
    for held in tx.visits.of_case(case.id, lock=True):
        if held.state.open:
            others = tuple(doubt for doubt in held.doubts if doubt.case_id != case.id)
            decision = visit.correct(held, (*others, *doubts(case)), policy.item(case.item).basis, policy.label)
            changed = tx.visits.put(decision.state)
            record(tx, held.id, decision, now, {})
            tell_changed(office, tx, changed, now)


def _begun(office: Office, tx: Tx, case: Case, policy: Policy, level: Rated | None, now: datetime) -> tuple[Decision[Case], bool]:
    """How a case's verification begins, at first or anew, by the level that is found unless one is given: nothing of it is written yet.

    The subject is remembered. And whether the levels of its codes differ.
    """
    tx.cases.remember(case.subject)
    lane = office.lane_of(OrderKind.RATE, case.sender)
    told, differ = level_of(tx, policy, case.subject.kind, case.subject.code, now)
    level = level or _known_level(policy, case.subject, told, now, differ=differ, look_up=bool(lane))
    decision = verification.begin(case, policy, level, now, office.calendar, lane=lane)
    guided = guidance.ahead(decision.state, policy, now, office.calendar)
    return replace(decision, orders=(*decision.orders, *guided)), differ


def _opened(office: Office, tx: Tx, case: Case, policy: Policy, differ: bool, now: datetime) -> Case:
    """What else comes of a case that has begun: a person hears of levels that differ, and where nothing is verified it is enrolled."""
    if differ:
        tx.attention.open(DIFFER, case.agency, case.id, {"case": case.id}, now)
    if case.state is CaseState.POOLED:
        enrolment.enrol(office, tx, case, now)
    if case.concluded_at is None:
        return case
    return settle_case(tx, office, review.conclude(case, case.sender, policy, now, office.calendar), policy, now)


def known_level(tx: Tx, policy: Policy, subject: Subject, now: datetime) -> Rated | None:
    """The level as already known, or None when it must be looked up. Persons have none; stale is unrated (handbook 2.1)."""
    told, differ = level_of(tx, policy, subject.kind, subject.code, now)
    return _known_level(policy, subject, told, now, differ=differ, look_up=True)


def _known_level(
    policy: Policy, subject: Subject, told: Told | None, now: datetime, *, differ: bool, look_up: bool
) -> Rated | None:
    if not credit.needs_rating(subject.kind):
        return credit.rated_unknown(policy, LevelReason.PERSON)
    known = credit.rated(policy, told.level, told.as_of, told.source, now) if told is not None else None
    if look_up and (known is None or known.as_of is None):
        return None
    return known or credit.rated_unknown(policy, LevelReason.DIFFER if differ else LevelReason.UNKNOWN)


def drafted(given: Application, sender: str, policy: Policy, now: datetime) -> Case:
    """An application as a case that nobody has admitted yet. Raises Invalid (`identity_…`) for what is no code."""
    identity = identify(identity_kind(given.subject_kind), given.subject_code, today=now.date(), field="subject.code")
    subject = Subject(
        kind=given.subject_kind,
        code=identity.normal,
        original=given.subject_code,
        name=given.subject_name,
        warnings=identity.warnings,
    )
    return Case(
        id=new_id(),
        agency=given.agency,
        sender=sender,
        reference=given.reference,
        route=given.route,
        matter=given.matter,
        item=given.item,
        subject=subject,
        letter=_letter(given),
        claims=tuple(ClaimFile(claim=claim, steps=()) for claim in given.claims),
        state=CaseState.RATING,
        pack=policy.label,
        opened_at=now,
        concluded_at=given.concluded_at,
    )


def handed_in(case: Case) -> frozenset[str]:
    """The digests that a case's content may have been handed in with: the conclusion that it has now may have come with it, or later."""
    told = [replace(_handed_in(case), concluded_at=at) for at in (None, case.concluded_at)]
    return frozenset(one.digest(as_sent=as_sent) for one in told for as_sent in (False, True))


def _handed_in(case: Case) -> Application:
    """The content of a case, as its sender may have handed it in."""
    letter = case.letter
    return Application(
        agency=case.agency,
        reference=case.reference,
        route=case.route,
        matter=case.matter,
        item=case.item,
        subject_kind=case.subject.kind,
        subject_code=case.subject.original,
        subject_name=case.subject.name,
        claims=tuple(one.claim for one in case.claims),
        letter_text=letter.text if letter is not None else "",
        letter_digest=letter.digest if letter is not None else "",
        notice_version=letter.notice_version if letter is not None else "",
        signed_by=letter.signed_by if letter is not None else "",
        signed_on=letter.signed_on if letter is not None else None,
        proxy=letter.proxy if letter is not None else None,
        publicity_scope=letter.publicity_scope if letter is not None else "none",
        publicity_until=letter.publicity_until if letter is not None else None,
    )


def _letter(given: Application) -> CommitmentLetter | None:
    """The letter of commitment, or None where nobody signed one."""
    if given.signed_on is None:
        return None
    return CommitmentLetter(
        text=given.letter_text,
        digest=given.letter_digest,
        notice_version=given.notice_version,
        signed_by=given.signed_by,
        signed_on=given.signed_on,
        proxy=given.proxy,
        publicity_scope=given.publicity_scope,
        publicity_until=given.publicity_until,
    )
