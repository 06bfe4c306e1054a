"""The messages that leave the house and the replies they want, with what each field means: what docs/reference/wire.md is made of.

The messages themselves come from our connectors (see `documented_wire`); a field sent and not explained here fails the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from connectors.agencies.http import HttpAgency
from connectors.callbacks.webhook import WebhookCallback
from connectors.channels.webhook import WebhookChannel
from connectors.credit.http import HttpCredit
from connectors.sources.http import HttpSource
from connectors.sources.results import ResultsSource
from inspector.domain.case import Outcome, SubjectKind
from inspector.domain.letter import LetterKind
from inspector.domain.urgency import Urgency
from inspector.domain.words import Words
from inspector.policybook.following import GRADES
from inspector.ports import CreditEntry, CreditRetraction, Letter, Message, Notice, Question
from tests.wire_brief import PUSHED, PUSHED_MEANS

CASE = "5f1c0a9e4b7d4c1f8a2e6d3b9c0f7a11"
CODE = "91000000MA0000001R"
KEY = f"ask:{CASE}:c1:0"
SECRET = "whsec_" + "ZG9jdW1lbnRhdGlvbi1vbmx5LXNlY3JldC0wMDE="
SIGNED_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def one_of(kinds: type[StrEnum] | Sequence[str]) -> str:
    """The values of a field, as the code has them."""
    return ", ".join(f"`{getattr(one, 'value', one)}`" for one in kinds)


_SUBJECT = {
    "subject.kind": f"firm or natural person: {one_of(SubjectKind)}",
    "subject.code": "its unified social credit code, or the citizen's identity number; personal data of a `PERSON`",
}
RECEIPT = {"receipt": "your number for it, kept with the record; null where you give none. A 2xx may have no body at all"}
LATER = "asked again with the same key until {until}; then {then}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One message and its reply. `others`: further replies that are taken; `fates`: what becomes of it, by how the call ended."""

    name: str
    title: str
    about: str
    connector: Callable[..., Any]
    call: Callable[[Any], object]
    sent: Mapping[str, str]
    reply: Mapping[str, object] | None
    told: Mapping[str, str]
    fates: Mapping[str, str]
    others: Sequence[object] = ()
    demo: str = ""
    config: Mapping[str, object] = field(default_factory=dict)

    @property
    def signed(self) -> bool:
        """Whether its body carries a signature."""
        return self.connector in (WebhookChannel, WebhookCallback)


QUESTION = Question(
    case_id=CASE,
    basis="S0:7",
    fact="registration-status",
    subject_kind=SubjectKind.FIRM,
    subject_code=CODE,
    claimed="存续",
    on=date(2026, 3, 2),
)
_WORDS = Words(
    requester="示例区市场监管局",
    counted="期限算法：5个工作日",
    effect="一致的，按规则认定属实。",
    silence="至 2026-03-09 未答复的，报共同上级。",
)
LETTER = Letter(
    kind=LetterKind.REQUEST,
    request_id="9b2e4c6d8f0a4b1c9d3e5f7a1b2c3d4e",
    case_id=CASE,
    basis="S0:7",
    ground="DATA_NOT_SHARED",
    fact="registered-address",
    subject_kind=SubjectKind.FIRM,
    subject_code=CODE,
    claimed="示例区云溪街道1号",
    on=date(2026, 3, 2),
    due_at=datetime(2026, 3, 9, 9, 30, tzinfo=UTC),
    accept_by=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    reply_url="https://inspector.example/assist/9b2e4c6d8f0a4b1c9d3e5f7a1b2c3d4e/ONE-TIME-SECRET",
    words=_WORDS,
)
MESSAGE = Message(
    to="card-1",
    title="新的检查任务",
    text="请于 2026-03-03 17:30 前接受，或者说明不能前往的理由。以下日期不得上门：2026-03-09 至 2026-03-20。",
    link="https://inspector.example/seat/V-1:0:0/ONE-TIME-SECRET",
    data=PUSHED,
)
ENTRY = CreditEntry(
    entry_id=f"credit:{CASE}:3",
    case_id=CASE,
    subject_kind=SubjectKind.FIRM,
    subject_code=CODE,
    grade=GRADES[0],
    outcome=Outcome.TRUE.value,
    basis="S0:8",
    decided_by="rule",
    decided_at=_MORNING,
    published=True,
    least_until=date(2026, 6, 3),
    shown_until=date(2029, 3, 3),
)
RETRACTION = CreditRetraction(
    entry_id=f"credit:{CASE}:3", case_id=CASE, reason="WITHDRAWN", basis="S0:8", decided_at=datetime(2026, 3, 4, 1, tzinfo=UTC)
)
NOTICE = Notice(
    event_id="0198d3a2b4c5",
    type="verification.result",
    at=_MORNING,
    case_id=CASE,
    reference="2026-000123",
    data={"outcome": "TRUE", "decided_by": "rule", "state": "CLOSED"},
)

SOURCE = Exchange(
    name="source",
    title="A question to a data-sharing source",
    about="One fact about one subject on one day. Where things lie in the answer, and what your own codes mean, is set in `[sources.NAME]` "
    "([keys](ports.md#source)); shown are the defaults, with `not_found_codes = [404]` and `retry_codes = [-1]`.",
    connector=HttpSource,
    call=lambda held: held.ask(QUESTION, key=KEY),
    sent={
        "fact": "code of the fact, as the policy pack names it",
        **_SUBJECT,
        "claimed": "what was promised; you need not use it",
        "on": "the day the promise speaks of (`YYYY-MM-DD`): say what held on it",
        "case": "id of the case, for your record of who asked why",
        "basis": "legal basis of the question, `source:article` as in the policy pack; a question without case and basis is never sent",
    },
    reply={"code": 0, "data": {"value": "存续", "as_of": "2026-03-01T08:00:00+08:00"}, "version": "2026.1"},
    told={
        "code": "your own result code; one that is in none of the lists makes the answer unreadable, never “no record”",
        "data.value": "what your record says: text, a whole number or true/false. Left empty: the record is silent here",
        "data.as_of": "of when the data are: ISO 8601, without an offset Beijing time, a date its midnight; may be null",
        "version": "version of your data; may be left out",
    },
    others=(
        {"code": 0, "data": None, "version": "2026.1"},
        {"code": 404, "message": "no such record"},
        {"code": 0, "data": {"value": "", "as_of": "2026-03-01"}, "version": "2026.1"},
        {"code": -1, "message": "busy"},
        {"code": 0, "data": {}},
        {"code": 17, "message": "?"},
    ),
    fates={
        "Unavailable": LATER.format(
            until="the pack's date for answers on line", then="the next way begins. Nothing is said of the subject"
        ),
        "Refused": "“cannot say”; the next way of verification begins",
        "Garbled": "likewise, and a person is told, with the digest of what came",
    },
    demo="/registers",
    config={"not_found_codes": [404], "retry_codes": [-1]},
)
RESULT = Exchange(
    name="result",
    title="A question for another agency's result",
    about='The same question, to whoever holds results of checks ([`kind = "results"`](ports.md#source)): what a check found about one '
    "fact, and whether the result stands. Shown are the defaults, with `not_found_codes = [404]`.",
    connector=ResultsSource,
    call=lambda held: held.ask(QUESTION, key=KEY),
    sent=SOURCE.sent,
    reply={
        "code": 0,
        "data": {
            "value": "存续",
            "checked_on": "2026-03-01",
            "agency": "示例区消防救援大队",
            "number": "检〔2026〕7号",
            "state": "final",
        },
    },
    told={
        "code": SOURCE.told["code"],
        "data.value": "what the check found about this fact. Left empty: it says nothing about it",
        "data.checked_on": "the day of the check (ISO 8601); a result of no day cannot say",
        "data.agency": "whose result it is",
        "data.number": "its number there, by which the record is found",
        "data.state": "whether it stands: `final`; `open` and `revoked`, `disputed` cannot say; another is unreadable",
    },
    others=(
        {"code": 0, "data": None},
        {"code": 404, "message": "no check of this"},
        {
            "code": 0,
            "data": {"value": "注销", "checked_on": None, "agency": "示例区消防救援大队", "number": "7", "state": "final"},
        },
        {
            "code": 0,
            "data": {
                "value": "注销",
                "checked_on": "2026-03-01",
                "agency": "示例区消防救援大队",
                "number": "7",
                "state": "revoked",
            },
        },
        {"code": 0, "data": {"value": "注销", "checked_on": "2026-03-01", "agency": "", "number": "7", "state": "final"}},
    ),
    fates=SOURCE.fates,
    config={"not_found_codes": [404]},
)
AGENCY = Exchange(
    name="agency",
    title="A letter of the assistance procedure",
    about="To your `url` (+ `path`), for requests, reminders, notices to the common superior and cancellations alike. A receipt is all "
    "that is expected here; the answer comes later, [from you](#your-answer-to-a-letter).",
    connector=HttpAgency,
    call=lambda held: held.send(LETTER, key=f"assist.send:{LETTER.request_id}:request:housing:7d0e5b9c1a3f2846"),
    sent={
        "kind": f"{one_of(LetterKind)}. `liaison` and `head` are for your liaison officer and your head; `agreed`, `kept` and `decided` "
        "tell the date that binds. An `escalation` and a `dispute` go to the common superior; a `cancel` says that no answer is needed "
        "any more; an `outcome` says what came of yours, with `claimed` and `subject.code` left empty",
        "request": "id of the request; the same in all its letters",
        "case": "id of the case at our office",
        "basis": "legal basis of the request, `source:article` as in the policy pack",
        "ground": "why the fact is not asked on line: `DATA_NOT_SHARED`, `CANNOT_ACT_ALONE`, `FACTS_UNOBTAINABLE`, `PAPERS_HELD_ELSEWHERE`",
        "fact": "code of the fact that is asked about",
        **_SUBJECT,
        "claimed": "what was promised",
        "on": "the day the promise speaks of",
        "due_at": "by when an answer is asked for, as it stood when this letter was first sent; ISO 8601 with an offset",
        "due_provisional": "true where the working days of that year have not been announced yet: the date may still be put off",
        "reply_url": "a link of your own, a one-time secret: `{base}/assist/{request}/{secret}`, of a superior `{base}/oversee/…`. "
        "People open it in a browser; programs take the secret out and use the API",
        "text": "a dossier of what was asked, when, which reminders there were and by which law, for who has not seen the request: in a "
        "`liaison`, `head`, `escalation` or `dispute`, and in a `request` that another agency forwarded; else empty",
        "urgency": f"{one_of(Urgency)}; you may contest it",
        "accept_by": "by when to acknowledge the request; null where the pack has no such term",
        "outcome": "in an `outcome`: what came of your answer; else empty",
        "requester": "who asks, by name; left out of a letter that a release before this has written",
        "counted": "how `due_at` was counted, in words in your language; empty in a `cancel` and an `outcome`",
        "effect": "what your answer will do to the case, in words; empty where no answer is asked of you",
        "silence": "what comes of it if you do not answer, and from when, in words; empty where no answer is asked of you",
    },
    reply={"receipt": "2026-HZ-0042"},
    told=RECEIPT,
    others=({"receipt": None}, {"accepted": True}),
    fates={
        "Unavailable": LATER.format(until="the request's last date", then="a person is told, and the request ends unanswered"),
        "Refused": "a person is told; a `request` that you know nothing of yet ends unanswered, and the next way begins. Silence and "
        "refusal are no finding. Where an earlier try may have reached you, or you know the key (409), its end will be told to you",
        "Garbled": "likewise; as the letter may have arrived, its end will be told to you",
    },
    demo="/civil-affairs",
)
CHANNEL = Exchange(
    name="channel",
    title="A push to an inspector",
    about="For an agency's own app or message gateway. Who is to be visited is behind the link and never in the push.\n\n"
    "A later message about the same seat has `data.visit`, `data.seat` and one word more: `data.called_off` (true: do not go; false: "
    "go after all), or `data.changed` (true: what is in question was corrected, is less or more, or due earlier, or two of the team "
    "differ and you are its lead: read the page again); and `data.until`, when the visit would have been over: till then it matters to "
    "whoever is away. What changes at once, or in one night, is one message. "
    "A message with `data.test` (true) only shows whether the way works: it is about no seat.\n\n"
    "A push to a subject (`agencies.NAME.subjects`) has the subject's code as `to`, `{base}/show/{self_proof}/{secret}` as `link`, and "
    "`data.self_proof` and `data.due_at`; one of a notice `{base}/subject/{notice}/{secret}` and `data.notice`: no word of what it is of.",
    connector=WebhookChannel,
    call=lambda held: held.push(MESSAGE, key="push:V-1:0:0:3f9a1c7e5b2d4860"),
    sent={
        "id": "the message's id, the same as `webhook-id`: a second one with it is a repetition",
        "to": "the inspector's address in your system, as the register of inspectors has it",
        "title": "title, in the agency's language",
        "text": "one sentence, with the date by which to accept",
        "link": "`{base}/seat/{seat}/{secret}`: the inspector's own page; who holds it may answer for this seat: show it to nobody else",
        "urgent": "whether it may ring at night: by `push.urgent`",
        **PUSHED_MEANS,
    },
    reply={"receipt": "m-77"},
    told={"receipt": "your number for it; the body may be anything else, or empty: any 2xx means that you have the message"},
    fates={
        "Unavailable": LATER.format(
            until="the visit is due, or for `push.patience_minutes` where the register names a further way",
            then="that way, or a person is told; nobody is passed over, for the time to accept begins when you have the message",
        ),
        "Refused": "the next way, or a person is told; with 410 (this recipient is gone) your way to the inspector is turned off besides",
        "Garbled": "does not happen: a 2xx is a receipt whatever its body",
    },
    demo="/phones",
)
LEVEL = Exchange(
    name="level",
    title="A look-up of a credit level",
    about="To `path_level`, once for each case of a firm that needs a level.",
    connector=HttpCredit,
    call=lambda held: held.level(SubjectKind.FIRM, CODE, key=f"rate:{CASE}:1", case_id=CASE, basis=QUESTION.basis),
    sent={"kind": f"{one_of(SubjectKind)}; persons are not asked about", "code": "its unified social credit code"}
    | {name: SOURCE.sent[name] for name in ("case", "basis")},
    reply={"level": "A", "as_of": "2026-02-27T00:00:00+08:00"},
    told={
        "level": "the level in the words of the pack's scale; null: you do not rate this subject. Left out is unreadable, never unrated",
        "as_of": "of when it is; may be left out or null where `current = true` says that you state the level in force. "
        "A level with neither counts as unrated",
    },
    others=({"level": None}, {"level": "B"}, {"code": 0}),
    fates={
        "Unavailable": LATER.format(until="the pack's date for credit", then="the case goes on as unrated, neither good nor bad"),
        "Refused": "the case goes on as unrated",
        "Garbled": "the case goes on as unrated",
    },
    demo="/credit/level",
)
RECORD = Exchange(
    name="entry",
    title="A performance record (履约记录)",
    about="To `path_entry`: kept promises as well as broken ones. Where the pack has a catalogue of dishonest acts, `act` is the row "
    "that the officer has cited, `grade` that row's, and `basis` names its articles too.",
    connector=HttpCredit,
    call=lambda held: held.record(ENTRY, key=ENTRY.entry_id),
    sent={
        "id": "id of the record: it counts once, and a retraction names it",
        "case": "id of the case",
        **_SUBJECT,
        "grade": f"the pack's grade of the outcome: {one_of(GRADES)}",
        "outcome": f"how the verification ended: {one_of(Outcome)}",
        "basis": "legal basis of the record",
        "decided_by": "`rule` (then the outcome is `TRUE`), or the officer",
        "decided_at": "when; ISO 8601 with an offset",
        "published": "whether it may be shown to the public (公示): `false` is read by nobody but whom the law lets ask you. Left out: the "
        "pack says nothing of it, as of kept promises",
        "least_until": "last day of its shortest time of publicity, `YYYY-MM-DD`: no repair before it is over. Left out: there is none",
        "shown_until": "last day of its longest time of publicity, `YYYY-MM-DD`: show it no more after that, whether you hear `LAPSED` or "
        "not. Left out: the pack names none",
    },
    reply={"receipt": "CR-000017"},
    told=RECEIPT,
    others=({"accepted": True},),
    fates={
        "Unavailable": LATER.format(until="the pack's date", then="it waits in quarantine, and a person is told"),
        "Refused": "it waits in quarantine, and a person is told",
        "Garbled": "it waits in quarantine, and a person is told",
    },
    demo="/credit/entry",
)
CALLBACK = Exchange(
    name="callback",
    title="A notice to the approving system",
    about="The same events as in the [feed](events.md), where each type and its `data` is listed.",
    connector=WebhookCallback,
    call=lambda held: held.tell(NOTICE, key=f"tell:{NOTICE.event_id}"),
    sent={
        "id": "id of the event, as in the feed: count it once",
        "type": "what happened",
        "at": "when; ISO 8601 with an offset",
        "case": "id of the case",
        "reference": "your own number of the application",
        "data.outcome": "of a `verification.result`: the outcome",
        "data.decided_by": "`rule` (only `TRUE`), or `officer`",
        "data.state": "the case's state after the event",
    },
    reply={"receipt": "cb-1"},
    told={"receipt": "your number for it; the body may be anything else, or empty: any 2xx means that you have the notice"},
    fates={
        "Unavailable": LATER.format(
            until="the pack's date for notices", then="it waits in quarantine, and a person is told; the feed has it"
        ),
        "Refused": "it waits in quarantine, and a person is told; the feed has it",
        "Garbled": "does not happen: a 2xx is a receipt whatever its body",
    },
    demo="/approving",
)

CASES = (SOURCE, RESULT, AGENCY, CHANNEL, LEVEL, RECORD, CALLBACK)
