"""The sender corrects a case while its verification is under way: what may change, what never does, and what must be seen first.

Invariant: no correction moves what was found from one subject to another, and none makes a lead unseen: what speaks against a
commitment reaches an officer, whatever is claimed afterwards. A firm under another spelling of its code is the same subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain.case import OF_A_CORRECTION, Case, CaseState, Claim, ClaimFile, CommitmentLetter, Former, Subject
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.ending import OPEN_WORK
from inspector.domain.errors import Conflict, Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.finding import Finding
from inspector.domain.policy import Policy
from inspector.domain.signs import composed
from inspector.domain.spelling import told_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing a correction changed: `field` (words: labels, group `field`), of a claim its sender's `key` and `fact`; "" is nothing."""

    field: str
    before: str
    now: str
    key: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who corrects and when, and the SHA-256 of the content before and after."""

    by: str
    at: datetime
    before: str
    after: str


def correct(
    held: Case, given: Case, change: Change, evidence: Iterable[Evidence], policy: Policy, noted: Iterable[Finding] = ()
) -> Decision[Case]:
    """Put what is `given` in the place of what the case held: all open work ends, and the verification can begin anew.

    Each claim gets a key of its own, so that neither late answers nor evidence about its former content are taken for it; an end
    of open work calls nobody back, which is the flow's. `evidence` is all there is about the case, `noted` what inspectors have seen
    of it whose team's result is still to come: that waits for a form, and not for an answer. Raises Conflict for another
    case's content, Refusal for another subject, for a case that is over, concluded or with an officer, and while there is a mismatch.
    A case that is over because nothing of it is verified may have its firm's mistyped code corrected, and nothing else.
    """
    if given.agency != held.agency or composed(given.reference, "NFC") != composed(held.reference, "NFC"):
        raise Conflict("correction_of_another_case", case=held.id, reference=held.reference)
    if not one_subject(held.subject, given.subject):
        raise Refusal("correction_of_subject", case=held.id)  # never the code: senders log what they are answered
    if held.state.ended and not (held.state is CaseState.POOLED and [*_changed(held, given)] == ["subject_code"]):
        raise Refusal("case_ended", case=held.id, state=held.state)
    if held.concluded_at is not None:
        raise Refusal("correction_after_conclusion", case=held.id, concluded_at=held.concluded_at.isoformat())
    if held.state is CaseState.REVIEW:
        raise Refusal("correction_in_review", case=held.id)
    spoken = {one.verdict for one in evidence} | {one.verdict for one in noted if one.case_id == held.id}
    if Verdict.MISMATCH in spoken:
        raise Refusal("correction_after_mismatch", case=held.id)
    changed = tuple(_changed(held, given))
    facts = {"by": change.by, "changed": [*changed], "content_before": change.before, "content_after": change.after}
    because = Because(rule="case.correct", basis=(policy.item(given.item).basis,), pack=held.pack, facts=facts)
    claims = tuple(_renamed(file, held.version) for file in given.claims)
    former = tuple(dict.fromkeys((*held.former, change.before)))
    given = replace(given, reference=held.reference)
    state = replace(given, id=held.id, version=held.version, opened_at=held.opened_at, claims=claims, former=former)
    state = replace(state, suspensions=held.suspensions, extensions=held.extensions)  # the clock is the case's, whatever it says
    state = replace(state, corrected=(*held.corrected, _kept(held, changed, change)))
    return Decision(state=state, because=because, ends=OPEN_WORK - {OrderKind.SUSPENSION_END})


def one_subject(held: Subject, given: Subject) -> bool:
    """Whether two are one: by the same code, or as a firm by two spellings of its code (`spelling.told_of`)."""
    if held.kind is not given.kind:
        return False
    told = told_of(held.kind, held.code)
    return held.code == given.code or (told is not None and told == told_of(given.kind, given.code))


def carried(case: Case, found: Finding, places: AbstractSet[str]) -> Finding:
    """What was found about a promise of before, as a word on the same promise now; as it was where the promise is another one now.

    Where the premises are elsewhere by now (`places` are the facts that say where), nothing was seen of the present ones: then what
    agrees stays with the former promise, and only what contradicts it goes along, for a person to look at.
    """
    former = next((one for one in reversed(case.corrected) if any(claim.key == found.claim for claim in one.claims)), None)
    if former is None or former.item != case.item:
        return found
    was = next(claim for claim in former.claims if claim.key == found.claim)
    same = (one.claim for one in case.claims if one.claim.sent_as == was.sent_as and replace(one.claim, key=was.key) == was)
    now = next(same, None)
    stays = _places(former.claims, places) == _places((file.claim for file in case.claims), places)
    return replace(found, claim=now.key) if now is not None and (stays or found.verdict is Verdict.MISMATCH) else found


def _places(claims: Iterable[Claim], places: AbstractSet[str]) -> set[tuple[str, str]]:
    return {(one.fact, one.value) for one in claims if one.fact in places}


def differences(case: Case) -> Iterator[tuple[Former, tuple[Difference, ...]]]:
    """Each correction of a case, with what was before it beside what has been since."""
    stands = [*case.corrected, _kept(case, (), None)]
    letter = case.letter
    letters = []  # from the last one back: who did not change the letter had the next one's
    for former in reversed(case.corrected):
        after, letter = letter, former.letter if "letter" in former.changed else letter
        letters.append((letter, after))
    for former, now, (before, after) in zip(case.corrected, stands[1:], reversed(letters), strict=True):
        yield former, (*_plain(former, now), *_signed(before, after), *_claims(former, now))


def _kept(held: Case, changed: tuple[str, ...], change: Change | None) -> Former:
    """The content of a case; without a `change` it is the one that stands."""
    return Former(
        until=change.at if change else held.opened_at,
        by=change.by if change else "",
        changed=changed,
        route=held.route,
        matter=held.matter,
        item=held.item,
        subject_name=held.subject.name,
        subject_code=held.subject.original,
        claims=tuple(file.claim for file in held.claims),
        letter=held.letter if "letter" in changed else None,
    )


def _plain(before: Former, now: Former) -> Iterator[Difference]:
    for name in ("route", "matter", "item", "subject_name", "subject_code"):
        was, told = str(getattr(before, name)), str(getattr(now, name))
        if was != told:
            yield Difference(field=name, before=was, now=told)


def _signed(before: CommitmentLetter | None, now: CommitmentLetter | None) -> Iterator[Difference]:
    """What changed in a letter; its text is told by its digest, and kept whole."""
    for name in ("digest", "notice_version", "signed_by", "signed_on", "proxy", "publicity_scope", "publicity_until"):
        was, told = (str(getattr(one, name) or "") if one is not None else "" for one in (before, now))
        if was != told:
            yield Difference(field=f"letter.{name}", before=was, now=told)


def _claims(before: Former, now: Former) -> Iterator[Difference]:
    """What changed in the claims, each known by the key its sender gave it, and by its fact."""
    was, told = ({(one.sent_as, one.fact): one for one in side.claims} for side in (before, now))
    for key, fact in dict.fromkeys((*was, *told)):
        old, new = was.get((key, fact)), told.get((key, fact))
        value, value_now = (one.value if one else "" for one in (old, new))
        on, on_now = (one.on.isoformat() if one else "" for one in (old, new))
        for field, past, present in (("claim.value", value, value_now), ("claim.on", on, on_now)):
            if past != present:
                yield Difference(field=field, before=past, now=present, key=key, fact=fact)


def _changed(held: Case, given: Case) -> Iterator[str]:
    """The names of what differs (words: labels, group `field`)."""
    for name in ("route", "matter", "item", "letter"):
        if getattr(held, name) != getattr(given, name):
            yield name
    if held.subject.name != given.subject.name:
        yield "subject_name"
    if held.subject.original != given.subject.original:
        yield "subject_code"
    if _promised(held) != _promised(given):
        yield "claims"
    if given.concluded_at is not None:  # the case held none: what is concluded is not corrected
        yield "concluded_at"


def _promised(case: Case) -> list[tuple[str, str, str, date]]:
    """The claims by the sender's own keys, in whatever order they came."""
    claims = [file.claim for file in case.claims]
    return sorted((claim.sent_as, claim.fact, claim.value, claim.on) for claim in claims)


def _renamed(file: ClaimFile, version: int) -> ClaimFile:
    return replace(file, claim=replace(file.claim, key=f"{file.claim.key}{OF_A_CORRECTION}{version}"))
