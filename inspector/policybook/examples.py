"""Examples beside a pack: "given these facts, expect this". A lawyer reads them, and the domain's own rules answer them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from inspector.calendars import load_calendars
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import (
    Case,
    MatterKind,
    Method,
    Outcome,
    Route,
    SubjectKind,
)
from inspector.domain.decision import OrderKind, Told
from inspector.domain.errors import InspectorError, Missing
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.grading import EXAMPLE
from inspector.domain.policy import Policy
from inspector.domain.review import review
from inspector.domain.supposed import Supposed, case_of, decided_later, level_of
from inspector.domain.verification import begin, overdue, weigh
from inspector.labels import told as said
from inspector.labels import toml
from inspector.policybook import drawn
from inspector.policybook.compared import CompareExample, compare_example
from inspector.policybook.flaws import Flaw, PacksInvalid
from inspector.policybook.part import Part, nearest, strange
from inspector.policybook.visited import VisitExample, visit_example

STALE = "stale "
"""Before an answer: the source's data are older than what the promise speaks of."""

ANSWERS = tuple(prefix + verdict.value for prefix in ("", STALE) for verdict in Verdict)

_GIVEN = ("name", "route", "item", "matter", "subject", "start", "expect")
_MAYBE_GIVEN = ("level", "notice", "answers", "overdue", "concluded", "concluded_at", "officer", "act", "seen", "reviewed")
_EXPECTED = (
    *("state", "row", "methods", "before_decision", "stratum", "due", "review_reason", "outcome", "proposals", "grade"),
    *("notice_due", "recheck_within", "refused"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example. `answers` are per fact, in the order of its ways.

    `notice`: the version of the notice that the letter answers; None: the item's own. `act`: the dishonest act that the officer
    finds, by its row. `concluded_at`: when the matter was, before the case came in or afterwards; `reviewed`: when the officer decided,
    the start where that is unsaid. `expect` holds only what the author states; an empty text means that there is nothing.
    """

    name: str
    route: Route
    item: str
    matter: MatterKind
    subject: SubjectKind
    level: str | None
    notice: str | None
    start: datetime
    answers: Mapping[str, tuple[str, ...]]
    overdue: bool
    concluded_at: datetime | None
    officer: Outcome | None
    act: str
    seen: str
    reviewed: datetime
    expect: Mapping[str, object]


AnyExample: TypeAlias = Example | CompareExample | drawn.DrawExample | drawn.ObjectExample | VisitExample


def read_examples(folder: Path, label: str) -> tuple[AnyExample, ...]:
    """The examples for one pack in its folder's `examples*.toml`, told by their line `pack = "id@version"`.

    Raises Missing where no file speaks of the pack, PacksInvalid for what cannot be read.
    """
    return tuple(example for _, example in _placed(folder, label))


def _placed(folder: Path, label: str) -> list[tuple[str, AnyExample]]:
    """As `read_examples`, each with its place: file and row."""
    flaws: list[Flaw] = []
    examples: list[tuple[str, AnyExample]] = []
    for file in sorted(folder.glob("examples*.toml")):
        name = f"{folder.name}/{file.name}"
        try:
            part = Part(name, "", toml.parsed(file.read_bytes()), flaws)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            flaws.append(Flaw(code="file_unreadable", file=name, facts=toml.facts(error, "value")))
            continue
        part.keys(("pack",), tuple(_KINDS))
        if part.text("pack") == label:
            part.years()
            for kind, read in _KINDS.items():
                examples += [(f"{name} · {row.row}", read(row)) for row in part.maybe_rows(kind, "name")]
    if flaws:
        raise PacksInvalid(flaws)
    if not examples:
        raise Missing("examples_missing", pack=label, folder=folder.name)
    return examples


def idle_examples(folder: Path, labels: Collection[str]) -> Iterator[Flaw]:
    """Each file of examples below a folder of packs that speaks of none of them; what cannot be read is told by `read_examples`."""
    for file in sorted(folder.glob("*/examples*.toml")):
        try:
            label = toml.parsed(file.read_bytes()).get("pack")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
            continue
        if label not in labels:
            known = sorted(one for one in labels if one.startswith(f"{file.parent.name}@")) or sorted(labels)
            facts = {"value": str(label), "nearest": nearest(str(label), known) or "-", "known": ", ".join(known) or "-"}
            yield Flaw(code="examples_of_nothing", file=f"{file.parent.name}/{file.name}", field="pack", facts=facts)


def check_examples(policy: Policy, folder: Path, calendar: WorkingCalendar | None = None) -> tuple[str, ...]:
    """Where a pack decides otherwise than its examples say, by file and row; empty when it agrees with all of them.

    Without a calendar that of `calendars` beside the pack's folder is used. Raises as `read_examples` does.
    """
    calendar = calendar or load_calendars(folder.parent / "calendars")
    examples = _placed(folder, policy.label)
    return tuple(f"{place} · {told}" for place, example in examples for told in differences(policy, example, calendar))


def differences(policy: Policy, example: AnyExample, calendar: WorkingCalendar) -> tuple[str, ...]:
    """Each expectation of one example that does not come true, with what came instead.

    What the pack does not know, or refuses although that is not expected, is told alone and with its reason: nothing else came of it.
    """
    expected = "refused" in example.expect
    if not expected and (strangers := tuple(_strangers(policy, example))):
        return strangers
    try:
        observed = _observed(policy, example, calendar)
    except InspectorError as refused:
        if not expected:
            return (f"refused: {said(refused, 'en')} ({refused.code})｜被拒绝：{said(refused, 'zh-Hans')}",)
        observed = {"refused": refused.code}
    return tuple(
        f"{name}: expected {_plain(wanted)}, the pack decides {_plain(observed.get(name))}"
        f"｜应为 {_plain(wanted)}，政策包的结果是 {_plain(observed.get(name))}"
        for name, wanted in example.expect.items()
        if observed.get(name) != wanted
    )


def _strangers(policy: Policy, example: AnyExample) -> Iterator[str]:
    """The words of an example that its pack does not know: each with its field, the nearest, and those there are."""
    for field, word, known in _spoken(policy, example):
        if word not in known:
            code, facts = strange(word, sorted(known))
            yield "{}: {}｜{}".format(field, *Flaw(code=code, file="", facts=facts).said)


def _spoken(policy: Policy, example: AnyExample) -> Iterator[tuple[str, str, Collection[str]]]:
    """(field, word, the words that the pack has there)."""
    match example:
        case Example():
            yield "item", example.item, policy.items
            if example.item in policy.items:
                facts = {fact.code for fact in policy.items[example.item].facts}
                yield from ((f"answers.{fact}", fact, facts) for fact in example.answers)
            if example.level is not None and example.subject is SubjectKind.FIRM and policy.level(example.level) is None:
                yield "level", example.level, {level.code for level in policy.levels}
        case CompareExample():
            yield "item", example.item, policy.items
            if example.item in policy.items:
                yield "fact", example.fact, {fact.code for fact in policy.items[example.item].facts}
        case drawn.DrawExample():
            strata = {row.stratum for row in policy.samplings}
            yield from ((f"strata.{stratum}", stratum, strata) for stratum in example.strata)
        case drawn.ObjectExample():
            yield "level", example.level, policy.limits.frequencies
        case VisitExample():
            return


def _observed(policy: Policy, example: AnyExample, calendar: WorkingCalendar) -> dict[str, object]:
    """What the pack decides. Raises what the domain raises."""
    match example:
        case Example():
            return _observe(policy, example, calendar)
        case VisitExample():
            return example.observe(policy, calendar)
        case CompareExample() | drawn.DrawExample() | drawn.ObjectExample():
            return example.observe(policy)


def _plain(told: object) -> str:
    """A value as it would stand in the file, without quotes; `""` is what there is not."""
    match told:
        case None | "":
            return '""'
        case bool():
            return str(told).lower()
        case dict():
            return "{ " + ", ".join(f"{name} = {_plain(value)}" for name, value in told.items()) + " }" if told else "{}"
        case list() | tuple():
            return f"[{', '.join(map(_plain, told))}]"
        case _:
            return str(told)


def _observe(policy: Policy, example: Example, calendar: WorkingCalendar) -> dict[str, object]:
    """Run the example through the domain and note what it decided. Raises what the domain raises."""
    told_of = _supposed(example)
    decision = begin(case_of(policy, told_of), policy, level_of(policy, told_of), example.start, calendar)
    case, made = decision.state, [decision]
    heard: list[Evidence] = []
    for fact, answers in example.answers.items():
        for answer in answers:
            heard.append(_evidence(case, fact, answer, example.start))
            decision = weigh(case, heard[-1], policy, example.start, calendar)
            case = decision.state
            made.append(decision)
    if example.overdue:
        decision = overdue(case, policy, example.start, calendar)
        case = decision.state
        made.append(decision)
    case = decided_later(case, policy, told_of, calendar)
    if example.seen:
        heard.append(_seen(case, example.seen, example.start))
    observed: dict[str, object] = {"state": case.state.value, "review_reason": case.review_reason or ""}
    if example.officer is not None:
        decision = review(
            case,
            example.officer,
            "officer",
            "reasons",
            tuple(heard),
            policy,
            example.reviewed,
            calendar,
            act=example.act,
            beside=heard,
            grading=EXAMPLE,
        )
        case = decision.state
        made.append(decision)
        observed["state"] = case.state.value
    if case.strategy is not None:
        observed |= {
            "row": case.strategy.row,
            "before_decision": case.strategy.before_decision,
            "stratum": case.strategy.stratum or "",
            "due": case.strategy.due_at.date(),
            "methods": {held.claim.fact: [step.method.value for step in held.steps] for held in case.claims},
        }
    if case.outcome is not None:
        entries = [order.payload["grade"] for one in made for order in one.orders if order.kind is OrderKind.CREDIT]
        entries += [said.data["grade"] for one in made for said in one.told if "grade" in said.data]
        observed |= {"outcome": case.outcome.value, "grade": entries[-1] if entries else ""}
    told = [said for one in made for said in one.told]
    proposals = [one.data["proposal"] for one in told if one.type == "consequence.proposed" and "grade" not in one.data]
    return observed | {"proposals": proposals} | _follows(told)


def _follows(told: Sequence[Told]) -> dict[str, object]:
    """What an order to rectify is told with."""
    found: dict[str, object] = {}
    for one in told:
        if "notice_due_at" in one.data:
            found["notice_due"] = datetime.fromisoformat(str(one.data["notice_due_at"])).date()
        if "recheck_within" in one.data:
            found["recheck_within"] = one.data["recheck_within"]
    return found


def _supposed(example: Example) -> Supposed:
    return Supposed(
        item=example.item,
        route=example.route,
        matter=example.matter,
        subject=example.subject,
        level=example.level,
        at=example.start,
        name=example.name,
        notice=example.notice,
        concluded=example.concluded_at,
    )


def _seen(case: Case, remark: str, now: datetime) -> Evidence:
    """What inspectors saw and wrote down without settling anything: a closed door, somebody who would not let them in."""
    return Evidence(
        id="seen",
        claim=case.claims[0].claim.key,
        method=Method.ON_SITE,
        via="",
        verdict=Verdict.CANNOT_SAY,
        fresh=True,
        asked_at=now,
        as_of=now,
        remark=remark,
    )


def _evidence(case: Case, fact: str, answer: str, now: datetime) -> Evidence:
    """An answer by the way the claim has come to. Raises Missing when its ways are used up."""
    step = case.file(fact).step
    if step is None:
        raise Missing("example_way_spent", fact=fact, answer=answer)
    return Evidence(
        id=f"{fact}:{step.method}",
        claim=fact,
        method=step.method,
        via=step.via,
        verdict=Verdict(answer.removeprefix(STALE)),
        fresh=not answer.startswith(STALE),
        asked_at=now,
        as_of=None,
    )


def _example(part: Part) -> Example:
    part.keys(_GIVEN, _MAYBE_GIVEN)
    answers = part.table("answers") if "answers" in part.content else Part(part.file, part.row, {}, part.flaws)
    expect = part.table("expect")
    expect.keys((), _EXPECTED)
    if "expect" in part.content and not expect.content:
        part.flaw("fields_missing", "expect", value=" / ".join(_EXPECTED))
    start = part.moment("start")
    return Example(
        name=part.text("name"),
        route=part.choice("route", Route),
        item=part.text("item"),
        matter=part.choice("matter", MatterKind),
        subject=part.choice("subject", SubjectKind),
        level=part.maybe("level"),
        notice=part.maybe("notice"),
        start=start,
        answers={fact: answers.words(fact, ANSWERS) for fact in answers.content},
        overdue="overdue" in part.content and part.flag("overdue"),
        concluded_at=_concluded_at(part, start),
        officer=part.choice("officer", Outcome) if "officer" in part.content else None,
        act=part.maybe("act") or "",
        seen=part.maybe("seen") or "",
        reviewed=part.moment("reviewed") if "reviewed" in part.content else start,
        expect=expect.content,
    )


def _concluded_at(part: Part, start: datetime) -> datetime | None:
    """When the matter was decided: `concluded_at`, or the start where it only says that it was."""
    if "concluded_at" in part.content:
        return part.moment("concluded_at")
    return start if "concluded" in part.content and part.flag("concluded") else None


_KINDS: Mapping[str, Callable[[Part], AnyExample]] = {
    "example": _example,
    "compare": compare_example,
    "draw": drawn.draw_example,
    "object": drawn.object_example,
    "visit": visit_example,
}
"""How the rows of a file are read."""
