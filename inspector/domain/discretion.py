"""What the approving system reads of what people have said and done about a case: no more than its events tell. Pure.

It stands near the subject. Words of a defence, of an objection, of a repair or a withdrawal are its subject's and the agency's; and of a
transfer a suspect is not warned (decision 103): neither why it was raised, nor what officers report, nor what the head says, nor who.
Whoever oversees (decision 116), and whoever decides, reads all; the subject reads its own notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

_OF_THE_WAY = (
    *(
        "application.",
        "bar.",
        "calendar.",
        "case.correct",
        "commitment.",
        "draw.",
        "eligibility.",
        "evidence.",
        "item.",
        "matter.conclude",
        "route.",
    ),
    *("seat.", "self_proof.", "strategy.", "suspension.", "timer.", "verification.", "visit."),
)
"""How the rules begin of which entries tell what the program has weighed, and how facts were asked for: these alone are told whole, but
for who has spoken and in which words (`_OF_PEOPLE`).

A kind of entry that is not among them is told by codes and dates, so that a new one gives nothing away before somebody has thought of it.
"""

_TOLD = frozenset(
    {
        *("consequence", "proposal", "row", "stage", "statement", "agreement", "annulled", "stood"),
        *("due_at", "until", "until_was", "begins", "begins_was", "at", "on", "late", "way"),
        *("objection", "about", "decided", "withdrawal_answer", "sent_back_for"),
        *("entry", "grade", "act", "bars", "published", "decided_on", "earliest", "repairable_from", "shown_until", "most_until"),
        *("connector", "kind", "lacking", "was", "public", "site"),
        *("notice", "notice_kind", "service_way", "service_was", "service_agreed", "served_on", "answer_by", "word", "receipt"),
    }
)
"""What stands in events, too, or is public itself: ids, codes, dates."""

_BESIDE: Mapping[str, frozenset[str]] = {
    "officer.review": frozenset({"outcome", "review_reason", "concluded", "adverse", "graded", "evidence"}),
    "assistance.": frozenset(
        {
            *("request", "requested", "to", "claim", "ground", "urgency", "verdict", "inability", "helps", "behind", "door"),
            *("came", "was_due", "escalate_at", "shut_since", "shut_until", "superior", "echo"),
        }
    ),
}
"""What the entries of a rule that begins so tell beside it: how an officer has decided and on which pieces, and how a request stands."""

_OF_PEOPLE = frozenset(
    {
        *("officer", "signer", "inspector", "inspectors", "approved", "approved_by", "head"),
        *("reasons", "remark", "remarks", "words", "evidence_text", "value"),
    }
)
"""Who has spoken, and in which words."""

_OWN = ("application.", "case.correct", "commitment.", "eligibility.", "matter.conclude")
"""Rules of what the approving system itself has said, for its own `reason` and by its own name; of any other these are a person's."""

RULE, OFFICER = "rule", "officer"
"""Who has decided an outcome, as an event says it."""

_REPLIED = frozenset({"verdict", "signed", "inability", "to", "day"})
"""What of an agency's reply is no words: `signed` is the verdict under which it stands."""

ANSWERS: Mapping[str, frozenset[str]] = {
    "Consequence": frozenset(
        {
            *("id", "case_id", "agency", "proposal", "state", "stage", "due_at", "turn", "pack", "row", "transition", "basis"),
            *("evidence", "grading", "proposed_at", "statements", "imposed_at", "entry"),
        }
    ),
    "Grading": frozenset({"outcome", "concluded", "knowing", "curable", "grade", "act"}),
    "Statement": frozenset({"kind", "at", "late"}),
    "RecordWhole": frozenset({"record", "objections", "receivers"}),
    "Record": frozenset(
        {
            *("entry", "case_id", "agency", "grade", "act", "outcome", "state", "bars", "contested", "in_effect", "effective_on"),
            *("published", "decided_on", "repairable_from", "shown_until", "lapsed_on", "ended_on", "repair_asked"),
            *("repair_due_at", "lacking"),
        }
    ),
    "Receiver": frozenset({"connector", "state", "receipt", "moved_at"}),
    "Objection": frozenset({"id", "about", "case_id", "agency", "opened_at", "due_at", "state"}),
    "SubjectNotice": frozenset(
        {
            *("id", "kind", "case_id", "about", "title", "facts", "reasons", "rights", "basis", "answer_by", "made_at", "state"),
            *("way", "due_at", "handed_at", "opened_at", "served_on", "served_way"),
        }
    ),
    "SelfProof": frozenset(
        {
            *("id", "case_id", "claim", "fact", "claimed", "on", "shows", "basis", "state", "opened_at", "due_at", "due_counted"),
            *("due_provisional", "handed_at", "seen_at", "ended_at", "read_by", "materials", "unable", "readings"),
        }
    ),
    "Material": frozenset({"digest", "received", "kind", "size", "at"}),
    "Reading": frozenset({"verdict", "on", "at", "late"}),
}
"""What the answers about proceedings, records, notices and self-proofs tell it, by their names at the edge: of every other field nothing.

A notice's text is its subject's, to whom the approving system brings it.
"""


def told(answer: str, fields: Mapping[str, object]) -> Mapping[str, object]:
    """What of an answer the approving system is not told, each with what stands there instead: nothing."""
    return {name: _nothing(value) for name, value in fields.items() if name not in ANSWERS[answer]}


def _nothing(value: object) -> object:
    if isinstance(value, tuple):
        return ()
    if isinstance(value, str) and not isinstance(value, Enum):
        return ""
    return 0 if isinstance(value, int) and not isinstance(value, bool) else None


def whose(by: str) -> str:
    """Whether a rule or an officer has decided: an event says no more, for its reader reads no officer's name."""
    return by if by in (RULE, OFFICER) else OFFICER


def event(data: Mapping[str, object]) -> Mapping[str, object]:
    """What an event tells; one that a release before this has written names the officer."""
    return {**data, "decided_by": whose(str(data["decided_by"]))} if "decided_by" in data else data


def outside(rule: str, facts: Mapping[str, object]) -> Mapping[str, object]:
    """The facts of an entry as the approving system reads them."""
    if rule.startswith(_OF_THE_WAY):
        kept_back = _OF_PEOPLE if rule.startswith(_OWN) else _OF_PEOPLE | {"by", "reason"}
        return {name: value for name, value in facts.items() if name not in kept_back}
    beside = next((names for begins, names in _BESIDE.items() if rule.startswith(begins)), frozenset[str]())
    return {name: value for name, value in facts.items() if name in _TOLD | beside}


def reply(said: Mapping[str, object]) -> Mapping[str, object]:
    """An agency's reply as the approving system reads it: how it has answered, and neither in which words nor who has signed."""
    return {name: value for name, value in said.items() if name in _REPLIED}
