"""From the tables of a pack file to rows of the domain. What one row shows to be wrong is noted here, the rest in `proofs`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import MatterKind, Method, Outcome, SubjectKind
from inspector.domain.policy import (
    Approval,
    Compare,
    DrawRow,
    Excluded,
    Fact,
    Item,
    LevelRow,
    OutcomeRow,
    Policy,
    Profile,
    Proposal,
    SamplingRow,
    StrategyRow,
    TermRow,
    Timer,
)
from inspector.policybook.part import Part

FACTORS = ("volume", "data", "supervision", "harm")
"""The four factors of a risk profile: yearly volume, ease of obtaining data, daily supervision, social harm (handbook 1.1.19)."""

GRADES = ("kept", "minor", "general", "serious")
"""Grades of a credit entry: a kept promise, and the three of handbook 1.7.1."""

R = TypeVar("R")

_HEAD = ("id", "version", "title", "effective_from", "approval", "sources", "credit", "draw")
_TABLES = ("level", "ground", "item", "strategy", "sampling", "term", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A pack as its file states it, repeated rows included. `broken` names tables that lost a row, or `effective` dates."""

    id: str
    version: str
    title: str
    effective_from: date
    effective_to: date | None
    approval: Approval
    sources: Mapping[str, str]
    levels: tuple[LevelRow, ...]
    stale_after: Term
    stale_basis: str
    items: tuple[Item, ...]
    strategies: tuple[StrategyRow, ...]
    samplings: tuple[SamplingRow, ...]
    terms: tuple[TermRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    grounds: Mapping[str, str]
    draw: DrawRow
    broken: frozenset[str]

    def policy(self, digest: str) -> Policy:
        """The pack itself. Only a draft without flaws is a pack."""
        return Policy(
            id=self.id,
            version=self.version,
            title=self.title,
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            approval=self.approval,
            sources=self.sources,
            levels=self.levels,
            stale_after=self.stale_after,
            stale_basis=self.stale_basis,
            items={item.code: item for item in self.items},
            strategies=self.strategies,
            samplings=self.samplings,
            terms={row.timer: row for row in self.terms},
            outcomes={row.outcome: row for row in self.outcomes},
            grounds=self.grounds,
            draw=self.draw,
            digest=digest,
        )


def read(part: Part) -> Draft:
    """Read a whole file; what is wrong is in the part's flaws."""
    part.keys((*_HEAD, *_TABLES), ("effective_to",))
    sources = _sources(part.table("sources"))
    part.sources = frozenset(sources)
    broken: set[str] = set()
    ids: dict[str, set[str]] = {"row": set()}

    def rows(name: str, key: str, of: Callable[[Part], R]) -> tuple[R, ...]:
        """The rows of a table that could be read; `id` is unique in the file, `code` in its table."""
        good: list[R] = []
        seen = ids["row"] if key == "id" else ids.setdefault(name, set())
        count = len(part.flaws)
        for one in part.rows(name, key):
            _unique(one, key, seen)
            row = of(one)
            if one.clean:
                good.append(row)
        if len(part.flaws) > count or name not in part.content:
            broken.add(name)
        return tuple(good)

    def single(name: str, of: Callable[[Part], R]) -> R:
        """The one row of a table."""
        one = part.table(name)
        if "id" in one.content:
            _unique(one, "id", ids["row"])
        return of(one)

    count = len(part.flaws)
    effective_from, effective_to = part.day("effective_from"), part.maybe_day("effective_to")
    if len(part.flaws) > count or "effective_from" not in part.content:
        broken.add("effective")
    stale_after, stale_basis = single("credit", _credit)
    return Draft(
        id=part.text("id"),
        version=part.text("version"),
        title=part.text("title"),
        effective_from=effective_from,
        effective_to=effective_to,
        approval=_approval(part.table("approval")),
        sources=sources,
        levels=rows("level", "code", _level),
        stale_after=stale_after,
        stale_basis=stale_basis,
        grounds=dict(rows("ground", "code", _ground)),
        items=rows("item", "code", _item),
        strategies=rows("strategy", "id", _strategy),
        samplings=rows("sampling", "id", _sampling),
        terms=rows("term", "id", _term),
        outcomes=rows("outcome", "id", _outcome),
        draw=single("draw", _draw),
        broken=frozenset(broken),
    )


def _unique(part: Part, key: str, seen: set[str]) -> None:
    called = part.content.get(key)
    if isinstance(called, str) and called in seen:
        part.flaw("row_twice", key, value=called)
    elif isinstance(called, str):
        seen.add(called)


def _sources(part: Part) -> dict[str, str]:
    return {code: part.text(code) for code in part.content}


def _approval(part: Part) -> Approval:
    part.keys(("by", "document"), ("on",))
    return Approval(by=part.text("by"), document=part.text("document"), on=part.maybe_day("on"))


def _credit(part: Part) -> tuple[Term, str]:
    part.keys(("id", "stale_after", "basis"))
    return part.term("stale_after"), part.basis("basis")


def _level(part: Part) -> LevelRow:
    part.keys(("code", "name"), ("unrated",))
    return LevelRow(code=part.text("code"), name=part.text("name"), unrated="unrated" in part.content and part.flag("unrated"))


def _ground(part: Part) -> tuple[str, str]:
    part.keys(("code", "basis"))
    return part.text("code"), part.basis("basis")


def _item(part: Part) -> Item:
    part.keys(
        (
            *("code", "name", "field", "matters", "subjects", "profile", "factors", "excluded", "exempt", "methods"),
            *("proxy_allowed", "verify", "verify_basis", "standard", "notice_version", "basis", "fact"),
        ),
        ("override_basis", "exempt_basis", "exempt_review_by", "exempt_factor"),
    )
    for field in ("matters", "subjects", "methods"):
        part.some(field)
    return Item(
        code=part.text("code"),
        name=part.text("name"),
        field=part.text("field"),
        matters=frozenset(part.choices("matters", MatterKind)),
        subjects=frozenset(part.choices("subjects", SubjectKind)),
        profile=part.choice("profile", Profile),
        factors=_factors(part.table("factors")),
        excluded=frozenset(part.choices("excluded", Excluded)),
        override_basis=part.maybe_basis("override_basis"),
        exempt=part.flag("exempt"),
        exempt_basis=part.maybe_basis("exempt_basis"),
        exempt_review_by=part.maybe_day("exempt_review_by"),
        exempt_factor=part.word("exempt_factor", FACTORS) if "exempt_factor" in part.content else None,
        methods=frozenset(part.choices("methods", Method)),
        proxy_allowed=part.flag("proxy_allowed"),
        verify=part.term("verify"),
        verify_basis=part.basis("verify_basis"),
        standard=part.text("standard"),
        notice_version=part.text("notice_version"),
        facts=_facts(part),
        basis=part.basis("basis"),
    )


def _factors(part: Part) -> dict[str, str]:
    if part.content:
        part.keys(FACTORS)
    return {name: part.text(name) for name in FACTORS}


def _facts(part: Part) -> tuple[Fact, ...]:
    seen: set[str] = set()
    facts = []
    for one in part.rows("fact", "code"):
        _unique(one, "code", seen)
        facts.append(_fact(one))
    return tuple(facts)


def _fact(part: Part) -> Fact:
    part.keys(("code", "name", "premises_fact", "compare", "valid_for", "basis"), ("source", "agency", "ground"))
    return Fact(
        code=part.text("code"),
        name=part.text("name"),
        source=part.maybe("source"),
        agency=part.maybe("agency"),
        ground=part.maybe("ground"),
        premises_fact=part.flag("premises_fact"),
        compare=part.choice("compare", Compare),
        valid_for=part.term("valid_for"),
        basis=part.basis("basis"),
    )


def _strategy(part: Part) -> StrategyRow:
    part.keys(("id", "profile", "levels", "methods", "before_decision", "visit_all", "basis"), ("stratum",))
    for field in ("levels", "methods"):
        part.some(field)
    return StrategyRow(
        row=part.text("id"),
        profile=part.choice("profile", Profile),
        levels=frozenset(part.texts("levels")),
        methods=part.choices("methods", Method),
        before_decision=part.flag("before_decision"),
        visit_all=part.flag("visit_all"),
        stratum=part.maybe("stratum"),
        basis=part.basis("basis"),
    )


def _sampling(part: Part) -> SamplingRow:
    part.keys(("id", "stratum", "ratio", "minimum", "basis"))
    return SamplingRow(
        row=part.text("id"),
        stratum=part.text("stratum"),
        ratio=part.ratio("ratio"),
        minimum=part.whole("minimum", 0),
        basis=part.basis("basis"),
    )


def _term(part: Part) -> TermRow:
    part.keys(("id", "timer", "term", "basis"))
    row = TermRow(row=part.text("id"), timer=part.choice("timer", Timer), term=part.term("term"), basis=part.basis("basis"))
    if (
        row.timer in (Timer.ASSIST_REMIND, Timer.REVIEW_REMIND, Timer.RELEASE)
        and part.clean
        and row.term.unit is not Unit.WORKING_DAY
    ):
        part.flaw("remind_not_working_days", "term", value=row.term)
    return row


def _outcome(part: Part) -> OutcomeRow:
    part.keys(("id", "outcome", "proposals", "basis"), ("grade",))
    return OutcomeRow(
        row=part.text("id"),
        outcome=part.choice("outcome", Outcome),
        proposals=part.choices("proposals", Proposal),
        grade=part.word("grade", GRADES) if "grade" in part.content else None,
        basis=part.basis("basis"),
    )


def _draw(part: Part) -> DrawRow:
    part.keys(
        (
            *("id", "team", "reserve", "lead_qualification", "seeds", "min_bits", "yearly_cap", "basis"),
            *("plan", "plan_basis", "replace_ceased", "replace_share", "replace_basis"),
        ),
        ("witness",),
    )
    part.some("seeds")
    row = DrawRow(
        row=part.text("id"),
        team=part.whole("team", 1),
        reserve=part.whole("reserve", 0),
        lead_qualification=part.plain("lead_qualification"),
        seeds=part.texts("seeds"),
        witness=part.maybe("witness"),
        min_bits=part.whole("min_bits", 64),  # below it a draw can be guessed (the draw protocol, on seeds)
        yearly_cap=part.whole("yearly_cap", 1),
        basis=part.basis("basis"),
        plan=part.flag("plan"),
        plan_basis=part.basis("plan_basis"),
        replace_ceased=part.flag("replace_ceased"),
        replace_share=part.ratio("replace_share"),
        replace_basis=part.basis("replace_basis"),
    )
    if row.team == 1 and part.clean:
        part.flaw("team_too_small", "team", value=row.team)
    return row
