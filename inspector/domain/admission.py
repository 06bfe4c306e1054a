"""Whether a case may be taken in at all: what the pack opens to commitment, and the fence around what it may never open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case, CaseRemark, Claim, Route, SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import TOLERANCE, blank, unlisted
from inspector.domain.fence import fence
from inspector.domain.person import same
from inspector.domain.policy import Item, Policy

_EARLIEST = 1990
"""The year before which no letter that somebody still relies on was signed: an earlier one is a slip, or a field left at its default."""
_EARLIEST_CLAIM = 1900
"""The year before which no promised fact lies: registers of today know of none, and a field left at its default says 0001."""


class ClaimWarning(StrEnum):
    """What is odd about a promised fact and yet taken.

    `AHEAD`: it speaks of a day to come, as a promise "by" a date may. `UNLISTED`: its value is none that the pack lists for the fact.
    """

    AHEAD = "AHEAD"
    UNLISTED = "UNLISTED"


def odd(claim: Claim, today: date, item: Item | None = None) -> tuple[ClaimWarning, ...]:
    """What a sender should look at again, the case being handed in `today`; what only a pack tells, by its `item`."""
    fact = next((one for one in item.facts if one.code == claim.fact), None) if item is not None else None
    found = {
        ClaimWarning.AHEAD: claim.on > today,
        ClaimWarning.UNLISTED: fact is not None and unlisted(fact.compare, claim.value, fact.values),
    }
    return tuple(one for one, there in found.items() if there)


def remarks(case: Case, item: Item) -> tuple[CaseRemark, ...]:
    """What people should look at in a case that is taken: a former notice made it another promise, another signer may have made none."""
    return tuple(_remarks(case, item))


def _remarks(case: Case, item: Item) -> Iterator[CaseRemark]:
    letter = case.letter
    if letter is None:  # a certificate comes without one
        return
    if letter.notice_version != item.notice_version:
        yield CaseRemark.NOTICE_VERSION
    if (notice := item.notice(letter.notice_version)) is not None and not notice.stood(letter.signed_on):
        yield CaseRemark.NOTICE_DAY
    if item.publicity is not None and (letter.publicity_scope, letter.publicity_until) != (
        item.publicity.scope,
        item.publicity.last(letter.signed_on),
    ):  # what the applicant was told of publicity, and what the letter says
        yield CaseRemark.PUBLICITY
    if case.subject.kind is SubjectKind.PERSON and not any(
        same(letter.signed_by, name) for name in (case.subject.name, letter.proxy) if name
    ):  # who signs for a firm is one of its officers, and known by another name than it
        yield CaseRemark.SIGNER


def admit(case: Case, policy: Policy, now: datetime) -> Item:
    """The item of a new case, or Invalid: unknown or fenced item, matter or subject not covered, claims the item does not know."""
    for objection in objections(case, policy, now):
        raise objection
    return policy.item(case.item)


def objections(case: Case, policy: Policy, now: datetime) -> Iterator[Invalid]:
    """Everything that speaks against admitting a case; the first is what a sending system hears, all of them a clerk with a file."""
    try:
        item = policy.item(case.item)
    except Invalid as error:
        yield error
        return
    try:
        fence(item, policy.statutes)
    except Invalid as error:
        yield error
    if case.matter not in item.matters:
        yield Invalid(
            "matter_not_covered", item=item.code, matter=case.matter, covered=", ".join(sorted(item.matters)), field="matter"
        )
    if case.subject.kind not in item.subjects:
        told = {"kind": case.subject.kind, "covered": ", ".join(sorted(item.subjects))}
        yield Invalid("subject_not_covered", item=item.code, **told, field="subject.kind")
    yield from _of_letter(case, item, now)
    yield from _of_words(case)
    if case.concluded_at is not None and (wrong := concluded_wrongly(case, case.concluded_at, now, "concluded_at")):
        yield wrong
    if case.route is Route.COMMITMENT and not case.claims:
        yield Invalid("claims_missing", item=item.code, field="claims")
    yield from _of_days(case)
    for number, held in enumerate(case.claims):
        try:
            item.fact(held.claim.fact)
        except Invalid as error:
            yield Invalid(error.code, **{**error.facts, "field": f"claims.{number}.fact"})


def concluded_wrongly(case: Case, at: datetime, now: datetime, field: str) -> Invalid | None:
    """What is wrong with the time at which a matter is said to have been concluded (办结): before the letter, or to come.

    It may be before the case came in: a licence granted on the spot is sent afterwards. Clocks may differ a little.
    """
    signed_on = case.letter.signed_on if case.letter is not None else None
    earliest = signed_on or date(_EARLIEST, 1, 1)
    if at - now <= TOLERANCE and at.year >= _EARLIEST and at.astimezone(SHANGHAI).date() >= earliest:
        return None
    facts = {"at": at.isoformat(), "earliest": earliest.isoformat(), "now": now.isoformat()}
    return Invalid("concluded_out_of_range", **facts, field=field)


def _of_words(case: Case) -> Iterator[Invalid]:
    """What says nothing to whoever reads it, and what promises nothing: a source's word would contradict it."""
    if blank(case.reference):
        yield Invalid("reference_blank", field="reference")
    if blank(case.subject.name):
        yield Invalid("subject_nameless", field="subject.name")
    for number, held in enumerate(case.claims):
        if blank(held.claim.value):
            yield Invalid("claim_blank", claim=held.claim.key, fact=held.claim.fact, field=f"claims.{number}.value")


def _of_days(case: Case) -> Iterator[Invalid]:
    """What is wrong with the days beside that of signing; a wrong day of signing is said by itself, also where the claims have it."""
    signed_on = case.letter.signed_on if case.letter is not None else None
    days = [(held.claim.on, number) for number, held in enumerate(case.claims)]
    if early := sorted((on, number) for on, number in days if on.year < _EARLIEST_CLAIM and on != signed_on):
        on, number = early[0]
        yield Invalid("claim_long_ago", on=on.isoformat(), earliest=_EARLIEST_CLAIM, field=f"claims.{number}.on")
    until = case.letter.publicity_until if case.letter is not None else None
    if until is not None and signed_on is not None and until < signed_on:
        facts = {"until": until.isoformat(), "signed_on": signed_on.isoformat()}
        yield Invalid("publicity_before_signature", **facts, field="letter.publicity_until")


def _of_letter(case: Case, item: Item, now: datetime) -> Iterator[Invalid]:
    """What is wrong with the letter of commitment, or with there being none: who brought a certificate has signed none."""
    letter = case.letter
    if letter is None:
        if case.route is Route.COMMITMENT:
            yield Invalid("letter_missing", field="letter")
        return
    if blank(letter.signed_by):
        yield Invalid("signer_missing", field="letter.signed_by")
    if letter.proxy and not item.proxy_allowed:
        yield Invalid("proxy_not_allowed", item=item.code, field="letter.proxy")
    if letter.signed_on.year < _EARLIEST:
        yield Invalid("signed_long_ago", signed_on=letter.signed_on.isoformat(), earliest=_EARLIEST, field="letter.signed_on")
    if letter.signed_on > now.date():
        facts = {"signed_on": letter.signed_on.isoformat(), "today": now.date().isoformat()}
        yield Invalid("signed_in_future", **facts, field="letter.signed_on")
    if case.route is Route.COMMITMENT and item.notice(letter.notice_version) is None:
        # nobody knows what it announced, and no verification may go beyond that (the plan, item 5)
        known = ", ".join(held.version for held in item.notices)
        facts = {"version": letter.notice_version, "wanted": item.notice_version, "known": known or "-"}
        yield Invalid("notice_unknown", item=item.code, **facts, field="letter.notice_version")
