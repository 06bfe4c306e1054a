"""From the tables of a pack file to rows of the domain. What one row shows to be wrong is noted here, the rest in `proofs`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from inspector.domain.act import ActRow
from inspector.domain.apart import apart
from inspector.domain.calendar import Term, Unit
from inspector.domain.case import MatterKind, Method, SubjectKind, VerifyFrom
from inspector.domain.checkcode import CodeRow
from inspector.domain.creditlaw import ObjectionRow, PublicityRow, RepairRow, law
from inspector.domain.duty import ClauseRow, FollowRow, RuleRow
from inspector.domain.equality import EqualityRow
from inspector.domain.grading import GradingRow
from inspector.domain.pause import ExtensionRow, SuspensionRow
from inspector.domain.policy import Excluded, Item, LevelRow, OutcomeRow, Policy, Profile, StrategyRow, TermRow
from inspector.domain.proposal import ConsequenceRow
from inspector.domain.publish import DisclosureRow, DrawRow, PublishRow, ReportRow, SecondLookRow
from inspector.domain.quiet import QuietRow
from inspector.domain.reapply import ReapplyRow
from inspector.domain.remedy import RemedyRow
from inspector.domain.retention import RetentionRow
from inspector.domain.sampling import (
    Bounds,
    CeilingRow,
    CheckRow,
    FloorRow,
    FrequencyRow,
    Limits,
    MinimumRow,
    SamplingRow,
    SizeRow,
    StaffRow,
    SuppressionRow,
)
from inspector.domain.scale import Scale
from inspector.domain.seeking import SHIPPED, SeekingRow
from inspector.domain.source import permitting
from inspector.domain.timer import Timer
from inspector.domain.transition import TransitionRow
from inspector.domain.wayto import ServiceRow
from inspector.policybook import checked, conduct, creditrows, duties, facts, following, legaltime, publishing, quotas, scales
from inspector.policybook.part import CODE, LEVEL, NAME, Part
from inspector.policybook.sources import sources
from inspector.policybook.vague import vague

FACTORS = ("volume", "data", "supervision", "harm")
"""The four factors of a risk profile: yearly volume, ease of obtaining data, daily supervision, social harm (handbook 1.1.19)."""


_NO_TERM = TermRow(row="", timer=Timer.VERIFY, term=Term(amount=1, unit=Unit.WORKING_DAY), basis="")
"""Stands for a missing row, which is a flaw of its own."""
R = TypeVar("R")
_HEAD = ("id", "version", "title", "effective_from", "sources", "credit", "draw", "publish", "report")
_TABLES = ("level", "sampling", "frequency", "check", "term", "outcome", "rule")
_OPTIONAL = (
    *("effective_to", "axis", "combine", "item", "ground", "strategy", "floor", "ceiling", "staff", "size", "minimum", "act"),
    *("suppression", "cites_only", "follow", "clause", "suspension", "extension", "quiet", "transition", "remedy", "retention"),
    *(
        "sheet",
        "seeking",
        "second_look",
        "equality",
        "consequence",
        "publicity",
        "repair",
        "objection",
        "service",
        "grading",
        "reapply",
        "disclosure",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A pack as its file states it, repeated rows included. `broken` names tables that lost a row, or `effective` dates."""

    id: str
    version: str
    title: str
    effective_from: date
    effective_to: date | None
    sources: Mapping[str, str]
    statutes: frozenset[str]
    heavier: frozenset[str]
    founding: Mapping[str, str]
    cites_only: tuple[str, ...]
    levels: tuple[LevelRow, ...]
    scale: Scale
    stale_after: Term
    stale_basis: str
    items: tuple[Item, ...]
    strategies: tuple[StrategyRow, ...]
    samplings: tuple[SamplingRow, ...]
    floor: FloorRow | None
    ceiling: CeilingRow | None
    staff: StaffRow | None
    sizes: tuple[SizeRow, ...]
    minimums: tuple[MinimumRow, ...]
    frequencies: tuple[FrequencyRow, ...]
    checks: tuple[CheckRow, ...]
    suppressions: tuple[SuppressionRow, ...]
    terms: tuple[TermRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    grounds: Mapping[str, str]
    rules: tuple[RuleRow, ...]
    follows: tuple[FollowRow, ...]
    clauses: tuple[ClauseRow, ...]
    suspensions: tuple[SuspensionRow, ...]
    transitions: tuple[TransitionRow, ...]
    extensions: tuple[ExtensionRow, ...]
    quiets: tuple[QuietRow, ...]
    acts: tuple[ActRow, ...]
    retentions: tuple[RetentionRow, ...]
    sheet: tuple[CodeRow, ...]
    seeking: SeekingRow | None
    consequences: tuple[ConsequenceRow, ...]
    publicities: tuple[PublicityRow, ...]
    repair: RepairRow | None
    objection: ObjectionRow | None
    services: tuple[ServiceRow, ...]
    remedies: tuple[RemedyRow, ...]
    reapplies: tuple[ReapplyRow, ...]
    gradings: tuple[GradingRow, ...]
    draw: DrawRow
    publish: PublishRow
    report: ReportRow
    second_look: SecondLookRow | None
    equality: EqualityRow | None
    disclosure: DisclosureRow | None
    broken: frozenset[str]

    def permits(self, basis: str) -> bool:
        """Whether an article of a basis is marked, at its source, as permitting heavier checks of those who committed."""
        return permitting(basis, self.heavier, self.sources, self.statutes)

    @property
    def order(self) -> tuple[str, ...]:
        """Which level is topped up first: the floor's order, else the levels from the last to the first."""
        return self.floor.order if self.floor is not None else tuple(level.code for level in reversed(self.levels))

    def policy(self, digest: str, extends: str = "") -> Policy:
        """The pack itself. Only a draft without flaws is a pack."""
        pack = Policy(
            id=self.id,
            version=self.version,
            title=self.title,
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            sources=self.sources,
            statutes=self.statutes,
            heavier=self.heavier,
            founding={code: name for code, name in self.founding.items() if code not in self.cites_only},
            levels=self.levels,
            scale=self.scale,
            stale_after=self.stale_after,
            stale_basis=self.stale_basis,
            items={item.code: item for item in self.items},
            strategies=self.strategies,
            samplings=self.samplings,
            minimums=self.minimums,
            bounds=Bounds(order=self.order, floor=self.floor, ceiling=self.ceiling, staff=self.staff, sizes=self.sizes),
            limits=Limits(
                frequencies={row.level: row for row in self.frequencies},
                checks={row.check: row for row in self.checks},
                suppressions=self.suppressions,
            ),
            terms={row.timer: row for row in self.terms},
            outcomes={row.outcome: row for row in self.outcomes},
            grounds=self.grounds,
            rules={row.rule: row for row in self.rules},
            follows={row.step: row for row in self.follows},
            clauses=self.clauses,
            suspensions=self.suspensions,
            transitions=self.transitions,
            extensions=self.extensions,
            quiets=self.quiets,
            acts=self.acts,
            retentions=self.retentions,
            sheet=self.sheet,
            seeking=self.seeking or SHIPPED,
            consequences={row.proposal: row for row in self.consequences},
            credit=law(self.publicities, self.repair, self.objection),
            services=self.services,
            remedies=self.remedies,
            reapplies=self.reapplies,
            gradings=self.gradings,
            draw=self.draw,
            publish=self.publish,
            report=self.report,
            digest=digest,
            extends=extends,
            second_look=self.second_look,
            equality=self.equality,
            disclosure=self.disclosure,
        )
        return apart(pack)


def read(part: Part) -> Draft:
    """Read a whole file; what is wrong is in the part's flaws."""
    part.keys((*_HEAD, *_TABLES), _OPTIONAL)
    named = sources(part.table("sources"))
    part.sources = frozenset(named.titles)
    broken: set[str] = set() if part.clean else {"sources"}
    ids: dict[str, set[str]] = {"row": set()}

    def rows(name: str, key: str, of: Callable[[Part], R]) -> tuple[R, ...]:
        """The rows of a table that could be read; `id` is unique in the file, `code` in its table."""
        good: list[R] = []
        seen = ids["row"] if key == "id" and name != "clause" else ids.setdefault(name, set())
        count = len(part.flaws)
        for one in part.maybe_rows(name, key) if name in _OPTIONAL else part.rows(name, key):
            one.once(key, seen)
            row = of(one)
            if one.clean:
                good.append(row)
        if len(part.flaws) > count or (name not in part.content and name not in _OPTIONAL):
            broken.add(name)
        return tuple(good)

    def single(name: str, of: Callable[[Part], R]) -> R:
        """The one row of a table."""
        one = part.table(name)
        if "id" in one.content:
            one.once("id", ids["row"])
        row = of(one)
        if not one.clean:
            broken.add(name)
        return row

    def maybe(name: str, of: Callable[[Part], R]) -> R | None:
        """The one row of a table that a pack may do without."""
        return single(name, of) if name in part.content else None

    count = len(part.flaws)
    effective_from, effective_to = part.day("effective_from"), part.maybe_day("effective_to")
    if len(part.flaws) > count or "effective_from" not in part.content:
        broken.add("effective")
    stale_after, stale_basis = single("credit", _credit)
    terms = rows("term", "id", _term)
    usual = next((row for row in terms if row.timer is Timer.VERIFY), _NO_TERM)
    return Draft(
        id=part.code("id", NAME, "@/\\"),
        version=part.code("version", NAME, "@/\\"),
        title=part.text("title"),
        effective_from=effective_from,
        effective_to=effective_to,
        sources=named.titles,
        statutes=named.statutes,
        heavier=named.heavier,
        founding=named.founding,
        cites_only=part.texts("cites_only") if "cites_only" in part.content else (),
        levels=rows("level", "code", _level),
        scale=Scale(axes=rows("axis", "code", scales.axis), rows=rows("combine", "id", scales.combine)),
        stale_after=stale_after,
        stale_basis=stale_basis,
        grounds=dict(rows("ground", "code", duties.ground)),
        items=rows("item", "code", lambda part: _item(part, usual)),
        strategies=rows("strategy", "id", _strategy),
        samplings=rows("sampling", "id", quotas.sampling),
        floor=maybe("floor", quotas.floor),
        ceiling=maybe("ceiling", quotas.ceiling),
        staff=maybe("staff", quotas.staff),
        sizes=rows("size", "id", quotas.size),
        minimums=rows("minimum", "id", quotas.minimum),
        frequencies=rows("frequency", "id", quotas.frequency),
        checks=rows("check", "id", quotas.check),
        suppressions=rows("suppression", "id", quotas.suppression),
        terms=terms,
        outcomes=rows("outcome", "id", following.outcome),
        draw=single("draw", publishing.draw),
        rules=rows("rule", "id", duties.rule),
        follows=rows("follow", "id", duties.follow),
        clauses=rows("clause", "id", duties.clause),
        suspensions=rows("suspension", "id", legaltime.suspension),
        transitions=rows("transition", "id", legaltime.transition),
        extensions=rows("extension", "id", legaltime.extension),
        quiets=rows("quiet", "id", legaltime.quiet),
        acts=rows("act", "id", conduct.act),
        retentions=rows("retention", "id", conduct.retention),
        sheet=rows("sheet", "id", checked.sheet),
        seeking=maybe("seeking", checked.seeking),
        consequences=rows("consequence", "id", following.consequence),
        publicities=rows("publicity", "id", creditrows.publicity),
        repair=maybe("repair", creditrows.repair),
        objection=maybe("objection", creditrows.objection),
        services=rows("service", "id", conduct.service),
        remedies=rows("remedy", "id", following.remedy),
        reapplies=rows("reapply", "id", following.reapply),
        gradings=rows("grading", "id", conduct.grading),
        publish=single("publish", publishing.publish),
        report=single("report", publishing.report),
        second_look=maybe("second_look", publishing.second_look),
        equality=maybe("equality", publishing.equality),
        disclosure=maybe("disclosure", publishing.disclosure),
        broken=frozenset(broken),
    )


def _credit(part: Part) -> tuple[Term, str]:
    part.keys(("id", "stale_after", "basis"))
    return part.term("stale_after"), part.basis("basis")


def _level(part: Part) -> LevelRow:
    part.keys(("code", "name"), ("unrated", "basis"))
    unrated = "unrated" in part.content and part.flag("unrated")
    return LevelRow(
        code=part.code("code", LEVEL, "=;|"), name=part.text("name"), unrated=unrated, basis=part.maybe_basis("basis") or ""
    )


def _item(part: Part, usual: TermRow) -> Item:
    """`[[item]]`; one that states no term has the `usual` one of its pack, whose lack is told of by the terms."""
    stated = not part.content.keys().isdisjoint({"verify", "verify_basis"})
    needed = ("verify", "verify_basis") if stated else ()
    part.keys(
        (
            *("code", "name", "field", "matters", "subjects", "profile", "factors", "excluded", "exempt", "methods"),
            *("proxy_allowed", *needed, "standard", "notice_version", "basis", "fact"),
        ),
        (
            *("verify", "verify_basis", "override_basis", "exempt_basis", "exempt_review_by", "exempt_factor", "verify_from"),
            *("insured_value", "insured_basis", "publicity", "notice"),
        ),
    )
    for field in ("matters", "subjects", "methods"):
        part.some(field)
    return Item(
        code=part.code("code", CODE, "/\\?#%:"),
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
        verify=part.term("verify") if stated else usual.term,
        verify_basis=part.basis("verify_basis") if stated else usual.basis,
        verify_from=part.choice("verify_from", VerifyFrom) if "verify_from" in part.content else VerifyFrom.INTAKE,
        standard=part.text("standard"),
        notice_version=part.text("notice_version"),
        publicity=duties.publicity(part.table("publicity")) if "publicity" in part.content else None,
        notices=duties.notices(part),
        facts=facts.facts(part),
        basis=part.basis("basis"),
        insured_value=part.maybe_whole("insured_value", 1),
        insured_basis=part.maybe_basis("insured_basis"),
    )


def _factors(part: Part) -> dict[str, str]:
    if part.content:
        part.keys(FACTORS)
    for name in (name for name in FACTORS if isinstance(text := part.content.get(name), str) and text and vague(text) == text):
        part.flaw("standard_vague", name, value=part.content[name])
    return {name: part.text(name) for name in FACTORS}


def _strategy(part: Part) -> StrategyRow:
    part.keys(("id", "profile", "levels", "methods", "before_decision", "visit_all", "basis"), ("stratum", "insured"))
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
        insured=part.flag("insured") if "insured" in part.content else None,
    )


def _term(part: Part) -> TermRow:
    part.keys(("id", "timer", "term", "basis"))
    row = TermRow(row=part.text("id"), timer=part.choice("timer", Timer), term=part.term("term"), basis=part.basis("basis"))
    if (
        row.timer in (Timer.ASSIST_REMIND, Timer.ASSIST_LAST, Timer.REVIEW_REMIND, Timer.SELF_PROOF_REMIND, Timer.RELEASE)
        and part.clean
        and row.term.unit is not Unit.WORKING_DAY
    ):
        part.flaw("remind_not_working_days", "term", value=row.term)
    return row
