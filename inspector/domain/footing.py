"""What the next act on a draw rests on, held to what the sealed ledger has of it: before the act, and at every later look.

A result that follows from its seed says nothing of who wrote the seed, nor a second signature of who gave the first. So what was
promised, frozen, typed, revealed, signed and told of a draw's visits has an entry of its own, and a row that says otherwise is what
somebody wrote beside the program (draw-protocol threats 2 and 6, rulings 10, 11, 15; decision 61). Entries of a release that did not
bind something say nothing of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from inspector.domain.audit import AuditLine
from inspector.domain.canonical import fingerprint
from inspector.domain.ceremony import alike
from inspector.domain.commitment import Commitment
from inspector.domain.entries import Said
from inspector.domain.person import same
from inspector.domain.plan import Draw, DrawState

WORDS = ("visit.ceased_asked", "visit.ceased_refused", "visit.ceased")
"""Rules of the entries by which one person says that a drawn object is no more, another disagrees, or signs."""
RULES = "rules.json"
"""The file of the rules by which a frame was made, and from which the next draw takes what this one has left."""
_FILES = {
    "draw.records_promises": "promises",
    "draw.records_parts": "seed.json",
    "draw.records_figures": "seed.json",
    "draw.records_mark": "seed.json",
    "draw.records_commitment": "commit.json",
    "draw.records_seal": "ledger",
    "draw.records_entry": "ledger",
}
"""By what differs, what was altered, for the reason of a void (ruling 11)."""


def digest(content: bytes) -> str:
    """By what the ledger knows a file, a line of one, or a part of a seed."""
    return hashlib.sha256(content).hexdigest()


def part(told: Mapping[str, object]) -> str:
    """By what the ledger knows a part of a seed, so that it says nothing of one that is secret."""
    return fingerprint(told)


def altered(found: Sequence[AuditLine]) -> str | None:
    """The name of what was altered, for the void by rule; None where nothing was."""
    for one in found:
        return str(one.facts.get("file") or _FILES.get(one.code, "record"))
    return None


def written(said: Sequence[Said], broken: Iterable[int]) -> Iterator[AuditLine]:
    """No entry was changed, and no seal over them."""
    for number in sorted(broken):
        yield AuditLine(code="draw.records_seal", facts={"seal": number})
    if (changed := next((one.rule for one in said if not one.sound), None)) is not None:
        yield AuditLine(code="draw.records_entry", facts={"rule": changed})


def stands(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """The draw stands where its entries left it: it never goes back, so that is the furthest of them, in whatever order they came."""
    told = {one.state for one in said}
    furthest = next((state for state in reversed(DrawState) if state.value in told), draw.state)
    if draw.state is not furthest and DrawState.VOID not in (draw.state, furthest):  # of a void one `entries.voided` says it
        yield AuditLine(code="draw.records_state", facts={"state": furthest.value})


def promised(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """Each party's promise is one that it gave, which the commitment may have added to, and no other party's."""
    given = [one.facts for one in said if one.rule == "draw.promise"]
    for party, promise in draw.promises.items():
        mine = {"party": party, **promise}
        told = next((one for one in given if all(mine.get(name) == value for name, value in one.items())), None)
        if told is None:
            yield AuditLine(code="draw.records_promises", facts={"party": party})
            continue
        given.remove(told)


def frozen(files: Mapping[str, bytes], said: Sequence[Said]) -> Iterator[AuditLine]:
    """The small files are those that were frozen when the draw was prepared."""
    for told in _prepared(said):
        for name, known in _dict(told.get("files")).items():
            if digest(files.get(name, b"")) != known:
                yield AuditLine(code="draw.records_frame", facts={"file": name})


def bound(made: Commitment, said: Sequence[Said]) -> Iterator[AuditLine]:
    """So are the objects that were committed to, and whom their keys stand for."""
    for told in _prepared(said):
        roots = _dict(told.get("roots"))
        for name in (one.name for one in made.lists if one.name in roots and one.objects[1] != roots[one.name]):
            yield AuditLine(code="draw.records_frame", facts={"file": f"{name}.objects.tsv"})
        if "members" in told and json.loads(made.content).get("members") != told["members"]:
            yield AuditLine(code="draw.records_members")


def ruled(rules: bytes, commit: bytes, said: Sequence[Said]) -> Iterator[AuditLine]:
    """The rules of a draw's frame are those that were frozen; of a draw from before that was entered, those that it committed to."""
    known = {digest_ for told in _prepared(said) if (digest_ := _dict(told.get("files")).get(RULES)) is not None}
    if known:
        odd = known != {digest(rules)}
    else:
        mine, lists = _dict(_json(rules)), _dict(_json(commit)).get("lists")
        first = _dict(lists[0]) if isinstance(lists, list) and lists else {}
        odd = not mine or ("derivation" in first and first["derivation"] != mine.get("derivation", first["derivation"]))
    if odd:
        yield AuditLine(code="draw.records_frame", facts={"file": RULES})


def resulted(result: bytes, said: Sequence[Said]) -> Iterator[AuditLine]:
    """The result is the one that was written."""
    if any(one.facts.get("result", digest(result)) != digest(result) for one in said if one.rule == "draw.carry_out"):
        yield AuditLine(code="draw.records_result")


def committed(draw: Draw, made: Commitment, said: Sequence[Said]) -> Iterator[AuditLine]:
    """The commitment is the one that was made and announced, of what each party has promised."""
    announced = {one.facts.get("w") for one in said if one.rule == "draw.announce"}
    same_one = (made.c, made.w, made.number, made.prev) == (draw.c, draw.w, draw.number, draw.prev)
    promises = [draw.promises.get(party) for party in draw.parties]
    if not same_one or announced != {draw.w} or [dict(one) for one in made.sources] != promises:
        yield AuditLine(code="draw.records_commitment")


def revealed(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """The parts of the seed are those that were typed and revealed."""
    reveals = {str(one.facts.get("party")): one.facts.get("part") for one in said if one.rule == "draw.reveal"}
    if reveals.keys() != draw.parts.keys() or any(told not in (None, part(draw.parts[name])) for name, told in reveals.items()):
        yield AuditLine(code="draw.records_parts")
    typed: dict[str, dict[str, str]] = {}
    for one in said:
        if one.rule == "draw.typed":
            told, by = typed.setdefault(str(one.facts.get("party")), {}), str(one.facts.get("by"))
            told[next((name for name in told if same(name, by)), by)] = str(one.facts.get("figures"))
    parts = {party: str(one.get("text")) for party, one in draw.parts.items() if one.get("kind") == "text"}
    if typed != {party: dict(told) for party, told in draw.typed.items()} or any(
        text != alike(draw.typed.get(party, {})) for party, text in parts.items()
    ):
        yield AuditLine(code="draw.records_figures")


def signed(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """Who has signed that the draw be void, or be extended, has said so: a name that somebody wrote is no signature."""
    asked = [(one.facts.get("by"), one.facts.get("reason"), one.state, one.at) for one in said if one.rule == "draw.void_asked"]
    first = draw.signed[0] if draw.signed else None
    odd = first is not None and (first.by, first.reason, first.on.value, first.at) not in asked
    wanted = [(one.facts.get("by"), one.facts.get("reason")) for one in said if one.rule == "draw.void_signed"]
    odd = odd or any((_first(by), reason) not in [(name, why) for name, why, *_ in asked] for by, reason in wanted)
    words = [one for one in said if one.rule == "draw.extension_asked"]
    approval = draw.approval if draw.extends is None else None
    odd = odd or (
        approval is not None
        and _words(approval.asked_by, approval.reason, approval.basis, approval.more) not in [_asked(one) for one in words]
    )
    odd = odd or any(_asked(one) not in map(_asked, words) for one in said if one.rule == "draw.extension_signed")
    if odd:
        yield AuditLine(code="draw.records_signed")


def approved(draw: Draw, said: Sequence[Said]) -> Iterator[AuditLine]:
    """An extension rests on the document, the reason and the names under which it was prepared."""
    one, mine = draw.approval if draw.extends is not None else None, dict[str, object]()
    if one is not None:
        mine = {"reason": one.reason, "basis": one.basis, "approved": list(one.names), "ordered": dict(one.more)}
    if any(told.get(name, value) != value for told in _prepared(said) for name, value in mine.items()):
        yield AuditLine(code="draw.records_signed")


def ceased(words: Sequence[tuple[str, Mapping[str, object]]], mine: tuple[str, str, str]) -> bool:
    """Whether somebody else than the one who said so stands in a visit for its object being no more.

    `words` are its entries of `WORDS`, in order; `mine` (how, by what that is known, who has recorded it), as the visit has them.
    """
    told = ("", "", "")
    for rule, facts in words:
        how, proof, by = str(facts.get("how", "")), str(facts.get("evidence", "")), facts.get("by")
        if rule == WORDS[0]:
            told = (how, proof, str(by))
        elif rule == WORDS[1]:
            told = ("", "", "")
        elif isinstance(by, list):
            if told != (how, proof, str(by[0])):
                return True
        else:  # from before a second person had to sign
            told = mine
    return told != mine


def followed(name: str, lines: Sequence[bytes], said: Sequence[Said]) -> Iterator[AuditLine]:
    """Each line of a list's after.jsonl was written when its entry says, none is gone, and none has none.

    Of a draw that was prepared before lines had entries those stay unheld that stand before the first that has one.
    """
    known = {
        one.facts.get("seq"): one.facts.get("line") for one in said if one.rule == "draw.after" and one.facts.get("list") == name
    }
    since = 1 if any("files" in told for told in _prepared(said)) else min(map(int, map(str, known)), default=0)
    have = {number: digest(line) for number, line in enumerate(lines, 1) if since and number >= since}
    if have != known:
        yield AuditLine(code="draw.records_after", facts={"list": name})


def _prepared(said: Sequence[Said]) -> list[Mapping[str, object]]:
    return [one.told for one in said if one.rule == "draw.prepare"]


def _asked(one: Said) -> tuple[object, ...]:
    facts = one.facts
    return _words(_first(facts.get("by")), facts.get("reason"), facts.get("basis"), facts.get("more"))


def _words(by: object, reason: object, basis: object, more: object) -> tuple[object, ...]:
    return by, reason, basis, sorted(_dict(more).items())


def _first(by: object) -> object:
    return by[0] if isinstance(by, list) and by else by


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _dict(told: object) -> Mapping[str, object]:
    return told if isinstance(told, Mapping) else {}
