"""The steps that a person takes about a consequence on its page, each with its form, and which of them each stage offers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from starlette.responses import Response

from inspector.domain import hearing, owed, province
from inspector.domain.annulled import Annulled
from inspector.domain.beside import MATTER
from inspector.domain.bundle import Part
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Stage, StatementKind
from inspector.domain.disclosure import PenaltyKind
from inspector.domain.docket import DISCLOSURE
from inspector.domain.falling import IN_FORCE, REGRADE, SHAKEN
from inspector.domain.grading import Harm
from inspector.domain.proposal import ConsequenceRow, Proposal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.wayto import PROVEN
from inspector.flows.shaken import STATED
from inspector.web import consequencemessages as messages
from inspector.web import consequences as api
from inspector.web import creditmessages, creditrecords, disclosures, publications, transfers
from inspector.web.caller import Caller
from inspector.web.desk import Desk
from inspector.web.messages import SeenToIn
from inspector.web.serving import ServedIn
from inspector.web.steps import Field, Kind, Step, among, either, entry, several
from inspector.web.watch import close_attention

_REASONS = entry("reasons", Kind.TEXT)
_WORDS = entry("words", Kind.TEXT)
_SIGNED = entry("digests", Kind.LINES, needed=False)
_STAMP = (entry("said_on", Kind.DAY, needed=False), entry("stamp", needed=False))
_BY_WHOM = tuple(one for one in Annulled if one is not Annulled.OBJECTION)
"""Who annuls by a document that is entered here; an objection annuls where it is upheld."""
_TURN = Field(name="turn", kind=Kind.HIDDEN)
"""Which text and state the page has shown: who decides, or agrees, does so about these."""
_OFF_HOURS = Field(name="off_hours", kind=Kind.CHOICE, choices=(("true", "proceeding.off_hours_yes"),), needed=False)
_LIGHTER = Field(name="lighter", kind=Kind.CHOICE, choices=(("true", "proceeding.lighter_yes"),), needed=False)
_ALONE: Mapping[str, Mapping[str, Proposal]] = {
    "notice": {"content": Proposal.PENALTY},
    "decision": {
        **dict.fromkeys(("content", "lighter", "performance", "discussed"), Proposal.PENALTY),
        "public_interest": Proposal.REVOKE,
        "until": Proposal.ORDER_RECTIFY,
    },
}
"""The fields of a step that one proposal alone has, by their names."""
_NEEDED = frozenset({("notice", "content"), ("decision", "public_interest"), ("decision", "until")})
"""Those of them without which the step is refused."""


MATTERS = {"seen": STATED, "seen_beside": MATTER, "stands": SHAKEN, "graded": REGRADE, "disclosure": DISCLOSURE}
"""Steps that close a matter about a consequence: words of its subject are read, also those beside it, what took effect or its grade
stands though its ground fell, a penalty is to be public or is not."""


def _closing(matter: str) -> Step:
    def take(desk: Desk, caller: Caller, consequence_id: str, given: SeenToIn, message_id: str | None) -> Response:
        return close_attention(desk, caller, f"{matter}:{consequence_id}", given, message_id)

    return Step(message=SeenToIn, take=take, fields=(entry("note", Kind.TEXT),))


def _stands(desk: Desk, caller: Caller, consequence_id: str, given: SeenToIn, message_id: str | None) -> Response:
    """That it stands is a step of its own, so that its subject hears so."""
    return api.uphold(desk, caller, consequence_id, messages.ReasonsIn(reasons=given.note), message_id)


def _graded(desk: Desk, caller: Caller, consequence_id: str, given: SeenToIn, message_id: str | None) -> Response:
    """So is that the grade of a decision in force does; of a proposal it is a matter as any other: whoever decides it has it before."""
    if desk.look(lambda tx: tx.consequences.get(consequence_id)).state in IN_FORCE:
        return _stands(desk, caller, consequence_id, given, message_id)
    return close_attention(desk, caller, f"{REGRADE}:{consequence_id}", given, message_id)


def _pushed(desk: Desk, caller: Caller, consequence_id: str, given: publications.PostedIn, message_id: str | None) -> Response:
    """The penalty has been with the other province since a day."""
    return publications.publish(desk, caller, province.name(consequence_id), given, message_id)


def _push_back(desk: Desk, caller: Caller, consequence_id: str, given: publications.PostedIn, message_id: str | None) -> Response:
    """The other province has been told since a day that it does not stand."""
    return publications.remove(desk, caller, province.name(consequence_id), given, message_id)


_PROVEN = (entry("on", Kind.DAY), entry("reference"))
STEPS: Mapping[str, Step] = {
    "seen": _closing(STATED),
    "seen_beside": _closing(MATTER),
    "stands": Step(message=SeenToIn, take=_stands, fields=(entry("note", Kind.TEXT),)),
    "graded": Step(message=SeenToIn, take=_graded, fields=(entry("note", Kind.TEXT),)),
    "uphold": Step(message=messages.ReasonsIn, take=api.uphold, fields=(_REASONS,)),
    "notice": Step(
        message=messages.NoticeIn,
        take=api.give_notice,
        fields=(
            *(entry("facts", Kind.LINES), _REASONS, entry("rights", Kind.LINES), entry("basis", Kind.LINES, needed=False)),
            entry("content", Kind.TEXT, needed=False),
            among("harm", Harm, needed=False),
            Field(
                name="corrected",
                kind=Kind.CHOICE,
                choices=(("true", "proceeding.corrected_yes"), ("false", "proceeding.corrected_no")),
                needed=False,
            ),
            *(entry(name, needed=False) for name in ("amount", "third_parties", "cooperation")),
        ),
    ),
    "service": Step(
        message=ServedIn,
        take=api.enter_service,
        fields=(
            *(entry("on", Kind.DAY), among("way", PROVEN), entry("proof")),
            Field(name="agreed", kind=Kind.CHOICE, choices=(("true", "proceeding.agreed_yes"),), needed=False),
        ),
    ),
    "statement": Step(
        message=messages.StatementIn, take=api.enter_statement, fields=(among("kind", StatementKind), _WORDS, _SIGNED, *_STAMP)
    ),
    "sitting": Step(
        message=messages.SittingIn,
        take=api.fix_hearing,
        fields=(
            *(entry("begins", Kind.MOMENT), entry("place"), entry("presides")),
            *(entry("closed", needed=False), entry("reasons", Kind.TEXT, needed=False), _OFF_HOURS),
        ),
    ),
    "hearing": Step(
        message=messages.HearingIn,
        take=api.enter_hearing,
        fields=(
            Field(
                name="outcome",
                kind=Kind.CHOICE,
                choices=tuple((one, f"proceeding.hearing_{one}") for one in ("held", "waived", "absent")),
            ),
            *(entry("on", Kind.DAY), entry("record"), entry("proxies", Kind.LINES, needed=False), _SIGNED),
        ),
    ),
    "decision": Step(
        message=messages.VerdictIn,
        take=api.impose,
        fields=(
            *(
                _TURN,
                _REASONS,
                entry("content", Kind.TEXT, needed=False),
                _LIGHTER,
                entry("performance", Kind.TEXT, needed=False),
            ),
            *(entry("discussed", needed=False), entry("law", needed=False)),
            entry("public_interest", Kind.TEXT, needed=False),
            *(entry("until", Kind.DAY, needed=False), entry("rights", Kind.LINES, needed=False)),
        ),
    ),
    "agreement": Step(message=messages.AgreementIn, take=api.agree, fields=(_TURN, among("kind", Agreement), _WORDS)),
    "drop": Step(message=messages.ReasonsIn, take=api.drop, fields=(_REASONS,)),
    "keep": Step(message=messages.ReasonsIn, take=api.keep, fields=(_REASONS,)),
    "lift": Step(message=messages.ReasonsIn, take=api.lift, fields=(_REASONS,)),
    "referral": Step(message=messages.DocumentIn, take=api.refer, fields=(entry("document"),)),
    "objection": Step(message=creditmessages.ObjectionIn, take=creditrecords.object_to, fields=(_WORDS, *_STAMP)),
    "annulment": Step(message=messages.AnnulmentIn, take=api.annul, fields=(among("why", _BY_WHOM), entry("document"))),
    "wish": Step(message=messages.RecheckWishIn, take=api.ask_recheck, fields=(_WORDS, *_STAMP)),
    "recheck": Step(
        message=messages.RecheckIn,
        take=api.recheck,
        fields=(
            either("good", ("true", "proceeding.recheck_good"), ("false", "proceeding.recheck_not")),
            entry("corrected_on", Kind.DAY, needed=False),
            *(entry("evidence", Kind.EVIDENCE, needed=False), entry("documents", Kind.LINES, needed=False), _WORDS),
        ),
    ),
    "more_time": Step(
        message=messages.MoreTimeIn,
        take=api.give_more_time,
        fields=(entry("until", Kind.DAY), entry("law"), _REASONS),
    ),
    "report": Step(message=messages.ReportIn, take=transfers.report, fields=(_WORDS,)),
    "head": Step(
        message=messages.HeadIn,
        take=transfers.decide_transfer,
        fields=(
            either("approves", ("true", "proceeding.head_approves"), ("false", "proceeding.head_refuses")),
            *(_REASONS, entry("at", Kind.MOMENT, needed=False)),
        ),
    ),
    "handover": Step(
        message=messages.BundleIn,
        take=transfers.hand_bundle_over,
        fields=(
            *(entry(part.value.lower(), needed=False) for part in Part),
            entry("receipt"),
            entry("at", Kind.MOMENT, needed=False),
        ),
    ),
    "police": Step(
        message=messages.PoliceIn,
        take=transfers.enter_police,
        fields=(
            either("accepted", ("true", "proceeding.police_filed"), ("false", "proceeding.police_declined")),
            *(entry("document"), entry("on", Kind.DAY), entry("reasons", Kind.TEXT, needed=False)),
        ),
    ),
    "contest": Step(
        message=messages.ContestIn,
        take=transfers.contest,
        fields=(
            either("to", ("police", "proceeding.to_police"), ("procurator", "proceeding.to_procurator")),
            entry("document"),
        ),
    ),
    "papers": Step(message=messages.ReceiptIn, take=transfers.enter_papers, fields=(entry("receipt"),)),
    "disclosure": Step(
        message=disclosures.DisclosureIn,
        take=disclosures.disclose,
        fields=(
            either("public", ("true", "proceeding.public_yes"), ("false", "proceeding.public_no")),
            *(several("kinds", PenaltyKind), entry("fine", needed=False), _REASONS),
        ),
    ),
    "push": Step(message=publications.PostedIn, take=_pushed, fields=_PROVEN),
    "push_back": Step(message=publications.PostedIn, take=_push_back, fields=_PROVEN),
}
"""Every step that a person takes here, by the name of its form; those of `MATTERS` while such a matter is open."""

OFFERED: Mapping[Stage, tuple[str, ...]] = {
    Stage.GIVE: ("notice", "drop"),
    Stage.SERVE: ("service", "drop"),
    Stage.DECIDE: ("decision", "statement", "drop"),
    Stage.FIX: ("sitting", "hearing", "statement", "drop"),
    Stage.HEAR: ("hearing", "sitting", "statement", "drop"),
    Stage.AGREE: ("agreement", "statement", "drop"),
    Stage.RECHECK: ("recheck", "wish", "more_time", "objection", "annulment"),
    Stage.EXTEND: ("agreement", "recheck", "more_time", "objection", "annulment"),
    Stage.WEIGH: ("uphold", "annulment", "objection"),
    Stage.LOOK: ("keep", "lift", "objection", "annulment"),
    Stage.REFER: ("referral", "drop"),
    Stage.REPORT: ("report", "drop"),
    Stage.HEAD: ("head", "report"),
    Stage.HAND: ("handover",),
    Stage.POLICE: ("police", "contest"),
    Stage.CONTEST: ("contest", "drop"),
    Stage.PAPERS: ("papers", "annulment"),
}
"""What may be done at each stage, what is due first."""
HEADS = (Stage.REPORT, Stage.CONTEST)
"""Stages at which the head alone lets a transfer go."""


def offered(held: Consequence) -> tuple[str, ...]:
    """The steps that a page offers about a consequence: of one that took effect and has no next step, that it stands no more."""
    stage = held.stage
    if owed.spares(held):  # to be agreed to, or to go on as if it had not been written
        return ("agreement", "decision" if held.served else "service" if held.notice is not None else "notice")
    if stage is not None:
        return OFFERED[stage] if hearing.wished_late(held) is None else (*OFFERED[stage], "sitting")
    if held.state is ConsequenceState.TRANSFERRED:
        return ("annulment",)  # the police's, the procurator's or a court's word frees the penalty
    took_effect = held.state in (ConsequenceState.IMPOSED, ConsequenceState.RECTIFIED, ConsequenceState.FAILED)
    return ("objection", "annulment") if took_effect else ()


def pushes(own: PublicationDuty | None, pushed: PublicationDuty | None) -> tuple[str, ...]:
    """The step that a penalty's push to another province waits for, once an officer has said that it is public."""
    if pushed is not None and pushed.state is PublicationState.TO_REMOVE:
        return ("push_back",)
    said = own is not None and own.penalty is not None and own.penalty.public
    return ("push",) if said and pushed is not None and pushed.state is PublicationState.OWED else ()


def fields(
    name: str, row: ConsequenceRow | None, waits: Collection[Agreement] = (), *, hearing: bool = True
) -> tuple[Field, ...]:
    """The fields of a step; a wish to be heard is entered only where a hearing is open, and what one proposal alone has, of it.

    `waits`: whose agreement is still to come, so that no other one is offered; `hearing`: one is open to its subject.
    """
    if name == "agreement" and waits:
        return tuple(among("kind", waits) if one.name == "kind" else one for one in STEPS[name].fields)
    if row is not None and name in _ALONE:
        mine = (one for one in STEPS[name].fields if _ALONE[name].get(one.name, row.proposal) is row.proposal)
        return tuple(replace(one, needed=one.needed or _needed(name, one.name, row)) for one in mine)
    if name != "statement" or hearing:
        return STEPS[name].fields
    said = among("kind", (one for one in StatementKind if one is not StatementKind.HEARING))
    return (said, *(one for one in STEPS[name].fields if one.name != said.name))


def _needed(name: str, field: str, row: ConsequenceRow) -> bool:
    """Whether a field may not be left empty; of a penalty whose row names no law that is the article of its notice."""
    return (name, field) in _NEEDED or (field == "basis" and row.proposal is Proposal.PENALTY and not row.law)
