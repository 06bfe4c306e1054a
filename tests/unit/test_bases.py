"""Every decision names the law it stands on: what the code cites by itself is in every pack, and nothing else goes without a basis."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from inspector.policybook import Policybook
from inspector.policybook.proofs import CITED
from tests.generate_docs import ROOT, called, calls
from tests.trees import nodes, shipped

pytestmark = pytest.mark.trees

BASIS = re.compile(r"(?:P|S[0-9]+):[0-9.]+(?:;(?:P|S[0-9]+):[0-9.]+)*")

NONE = {
    "draw.after": "a line of after.jsonl as the ledger has it; the act that wrote the line has an entry and a basis of its own",
    "inquiry.read": "a person has looked at what was asked about somebody; nothing is decided",
    "evidence.kept": "what was said beside an answer is kept with its digest; no rule weighs it and nothing is decided",
    "self_proof.looked": "a person has looked at what a subject has shown; nothing is decided",
    "visit.looked": "a person has looked at a photo of a visit; nothing is decided",
    "visit.forget": "what is gone was let go by a setting of the house (PIPL art. 19), for all packs alike",
    "self_proof.forget": "what is gone was let go by a setting of the house (PIPL art. 19), for all packs alike",
    "case.file": "a file was made for somebody; nothing is decided",
    "duty.file": "a file was made for somebody; nothing is decided",
    "notice.looked": "a person has looked at a file of a subject; nothing is decided",
    "notice.forget": "what is gone was let go by a setting of the house (PIPL art. 19), for all packs alike",
    "tip_off.looked": "a person has read who told; nothing is decided",
    "tip_off.forget": "what is gone was let go by a setting of the house (PIPL art. 19), for all packs alike",
    "retention.forget": "what is gone was let go by a setting of the house (PIPL art. 19), or by a longer row that it names",
    "inspector.leave": "the register's own word about who is away; what follows for a seat has an entry and a basis of its own",
    "register.edited": "the register's own word; what a draw makes of it has a rule and a basis of its own",
    "register.removed": "that a row is out of force is counted; the withdrawal, or the officer's word, has an entry of its own",
    "register.returned": "that a row is in force again is counted; the case that enters it has an entry and a basis of its own",
    "finding.caseless": "a finding about no case is kept for a person; no rule weighs it and nothing is decided",
    "draw.read": "a person has read a list; nothing is decided, and the embargo's basis stands in the term `release`",
    "pack.announced": "what the pack rests on stands in its approval, which the line tells",
    "pack.approved": "the document of approval is what it rests on, and the line tells it",
    "deputy.{}": "an officer says who stands in; what is decided in the stead has the basis of its decision",
    "attention.close": "a person has seen to a matter; the decision that opened it has the basis",
    "operator.signin.end": "a person has ended a session of a browser; whoever it was signs in again",
    "operator.{}": "an operator's own act at the machine, signed with a name; no rule decides",
    "seat.handed_over": "the channel's receipt for a push that `seat.order` has based",
    "seat.{}": "a channel's report that a push was delivered, or read; nothing is decided by it",
    "seat.bounced": "a channel's report that a push came to nobody; the clock that stops is based in `seat.order`",
    "seat.bound": "the phone that has first acted by a link; nothing is decided",
    "seat.link": "a named person calls a link back, so that whoever found a phone has none; silence counts from the next one on",
    "seat.rung": "a group robot shows no link, so that no clock of the inspector begins",
    "seat.unconfirmed": "a push that nobody can say was taken; no clock of the inspector begins",
    "channel.off": "a channel's word that it knows no such recipient; nobody is bound by it",
    "channel.on": "the register, or a person, names a way that serves",
    "publication.posted": "by which digest the register's files are known; what each result rests on stands in `publication.done`",
    "returns.made": "that a count was made, by its digest; nothing is decided",
    "ledger.lodged": "how many entries and a hash, with the receipt of the witness; nothing is decided",
    "push.test": "a message that says it is a test; nothing is decided",
    "push.tested": "the same",
    "push.subscribed": "an inspector's own word about the browser that he or she is reached by; nothing is decided",
    "push.unsubscribed": "the same",
    "seat.accept": "an inspector's word; what it is said to, and by when, is based in `seat.order`",
    "seat.expire": "the date and its basis stand in `seat.order`; who follows is dealt with the basis of the draw",
}
"""Rules that apply no law, and why."""


@cache
def cited() -> tuple[tuple[str, str], ...]:
    """(file, basis) of every basis that stands in the code as a literal."""
    return tuple(
        (str(file.relative_to(ROOT)), node.value)
        for file in shipped()
        if file.is_relative_to(ROOT / "inspector")
        for node in nodes(file)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and BASIS.fullmatch(node.value)
    )


def rule(told: ast.expr) -> str:
    """A rule's code as it stands in the code; what is filled in later is `{}`."""
    if isinstance(told, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in told.values)
    return str(told.value) if isinstance(told, ast.Constant) else "{}"


def test_every_source_the_code_cites_is_one_that_every_pack_must_have() -> None:
    sources = {one.partition(":")[0] for _, basis in cited() for one in basis.split(";")}
    assert sources == set(CITED)
    for pack in Policybook.load(ROOT / "policies").packs:
        assert set(CITED) <= set(pack.sources), pack.label


def test_articles_are_cited_by_rules_of_the_domain_alone() -> None:
    assert {file.rpartition("/")[0] for file, _ in cited()} == {"inspector/domain"}


def test_a_decision_without_a_basis_is_listed_with_its_reason_and_no_other() -> None:
    bare = set()
    for file, call in calls():
        if file.parts[0] == "inspector" and called(call) == "Because":
            told = {word.arg: word.value for word in call.keywords}
            if isinstance(told["basis"], ast.Tuple) and not told["basis"].elts:
                bare.add(rule(told["rule"]))
    assert bare == set(NONE)
