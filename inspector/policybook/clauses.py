"""Each clause of a founding document is answered by rows, and each row that cites the document answers one of its clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from inspector.domain.duty import Follow, Rule
from inspector.domain.quota import Cited
from inspector.domain.repeal import bases
from inspector.policybook.part import nearest
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import Found, lacking_and_repeated, several


def _rules(draft: Draft, found: Found) -> None:
    missing, twice = lacking_and_repeated((row.rule for row in draft.rules), Rule)
    if missing:
        found("rule_missing", "rule", "rule", value=missing)
    if twice:
        found("rule_twice", "rule", "rule", value=twice)
    times = Counter(row.step for row in draft.follows)
    if repeated := ", ".join(step.value for step in Follow if several(times[step])):
        found("rule_twice", "follow", "step", value=repeated)


def _clauses(draft: Draft, found: Found) -> None:
    held = dict(_cited(draft))
    tables = {table for table, _ in held.values()}
    for clause in draft.clauses:
        here = f"clause {clause.code}"
        if not clause.rows and not clause.otherwise:
            found("clause_unanswered", here, "rows", value=clause.says)
        for name in clause.rows:
            articles = (
                {name: held[name][1]} if name in held else {row: cited for row, (table, cited) in held.items() if table == name}
            )
            if not articles:
                known = sorted({*held, *tables})
                found("clause_row_missing", here, "rows", value=name, nearest=nearest(name, known))
            elif not any(articles_of(clause.cites) & cited for cited in articles.values()):
                found("clause_not_cited", here, "rows", value=name, cites=clause.cites)
    founding = {cited.partition(":")[0] for clause in draft.clauses for cited in articles_of(clause.cites)}
    answered = {cited for clause in draft.clauses for cited in articles_of(clause.cites)}
    for row, (table, cited) in held.items():
        for article in sorted(cited - answered):
            if article.partition(":")[0] in founding:
                found("clause_missing", f"{table} {row}", "basis", value=article)


def articles_of(basis: str) -> frozenset[str]:
    """The citations of a basis one by one."""
    return frozenset(cited.strip() for cited in basis.split(";") if cited.strip())


def _cited(draft: Draft) -> Iterator[tuple[str, tuple[str, frozenset[str]]]]:
    """Each row's id with its table and the articles it cites."""
    for item in draft.items:
        yield item.code, ("item", frozenset().union(*map(articles_of, bases(item))))
    for code, basis in draft.grounds.items():
        yield code, ("ground", articles_of(basis))
    yield "credit", ("credit", articles_of(draft.stale_basis))
    yield draft.draw.row, ("draw", articles_of(f"{draft.draw.basis};{draft.draw.plan_basis};{draft.draw.replace_basis}"))
    for row in draft.frequencies:
        yield row.row, ("frequency", articles_of(f"{row.basis};{row.spread_basis}"))
    tables: dict[str, Sequence[Cited]] = {
        "strategy": draft.strategies,
        "sampling": draft.samplings,
        "size": draft.sizes,
        "minimum": draft.minimums,
        "check": draft.checks,
        "suppression": draft.suppressions,
        "term": draft.terms,
        "outcome": draft.outcomes,
        "rule": draft.rules,
        "follow": draft.follows,
        "combine": draft.scale.rows,
        "suspension": draft.suspensions,
        "extension": draft.extensions,
        "transition": draft.transitions,
        "quiet": draft.quiets,
        "floor": [draft.floor] if draft.floor is not None else [],
        "ceiling": [draft.ceiling] if draft.ceiling is not None else [],
        "staff": [draft.staff] if draft.staff is not None else [],
        "act": draft.acts,
        "retention": draft.retentions,
        "sheet": draft.sheet,
        "seeking": [draft.seeking] if draft.seeking is not None else [],
        "consequence": draft.consequences,
        "publicity": draft.publicities,
        "repair": [draft.repair] if draft.repair is not None else [],
        "objection": [draft.objection] if draft.objection is not None else [],
        "service": draft.services,
        "remedy": draft.remedies,
        "reapply": draft.reapplies,
        "grading": draft.gradings,
        "publish": [draft.publish],
        "report": [draft.report],
        "second_look": [draft.second_look] if draft.second_look is not None else [],
        "equality": [draft.equality] if draft.equality is not None else [],
        "disclosure": [draft.disclosure] if draft.disclosure is not None else [],
    }
    for table, rows in tables.items():
        for one in rows:
            yield one.row, (table, articles_of(one.basis))


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("rule", "follow"), _rules),
    (
        (
            *(
                "item",
                "ground",
                "strategy",
                "sampling",
                "size",
                "minimum",
                "frequency",
                "check",
                "suppression",
                "term",
                "outcome",
            ),
            *("rule", "follow", "clause", "credit", "draw", "publish", "report", "floor", "ceiling", "staff", "act", "retention"),
            *("combine", "suspension", "extension", "transition", "quiet", "sheet", "seeking", "second_look", "equality"),
            *("consequence", "publicity", "repair", "objection", "service", "grading", "reapply", "disclosure"),
        ),
        _clauses,
    ),
)
"""Each proof with the tables it needs whole."""
