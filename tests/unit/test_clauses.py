"""Every clause of the plan that names a duty is answered, and every row that cites the plan answers one: both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.duty import ClauseRow
from inspector.policybook import Policybook
from tests.legaltime import EXTENSION, QUIET, SUSPENSION, TRANSITION
from tests.packs import POLICIES, SHIPPED, after, edited, refused, without

MAOJI = Policybook.load(POLICIES).get("maoji@2026.1")
DUTIES = [
    *("G.1", "1.1", "1.2", "2.1", "2.2", "2.3", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2", "5.3", "6.1"),
    *(f"7.{number}" for number in range(1, 17)),
    *(f"8.{number}" for number in range(1, 9)),
    *(f"9.{number}" for number in range(1, 7)),
    *(f"T.{number}" for number in range(1, 7)),
]
"""The clauses that the handbook reads out of the plan (its section 5)."""

WHOLE = {"item", "strategy", "credit", "draw", "publish"}
"""Whole tables: without one of them a pack says nothing at all of what the clause asks."""
ANSWERS = [
    pytest.param(clause, row, id=f"{clause.code} {row}") for clause in MAOJI.clauses for row in clause.rows if row not in WHOLE
]
WHO = ("程序保证", "机关自办", "尚未实现", "可以探索", "策略表保证", "撤回承诺", "信用等级")


@pytest.mark.parametrize("clause", MAOJI.clauses, ids=lambda clause: clause.code)
def test_a_clause_that_no_row_answers_says_who_does(clause: ClauseRow) -> None:
    assert clause.rows or clause.otherwise.startswith(WHO)


def test_the_plan_s_pack_states_every_clause_that_names_a_duty() -> None:
    assert [clause.code for clause in MAOJI.clauses] == DUTIES
    assert len(ANSWERS) > 30


@pytest.mark.parametrize(("clause", "row"), ANSWERS)
def test_without_the_row_that_answers_a_clause_the_pack_is_refused(clause: ClauseRow, row: str, tmp_path: Path) -> None:
    error = refused(tmp_path, without(f'code = "{row}"' if row.isupper() else f'id = "{row}"'))
    assert f"maoji/pack.toml · clause {clause.code} · rows: answered by {row}, which is not there" in str(error)


BROKEN = {
    "a clause that nothing answers is refused": (
        after('id = "2.2"', 'rows = ["rule-certificate"]\n', ""),
        ["clause_unanswered"],
        "clause 2.2 · rows: nothing answers it",
    ),
    "a clause answered by a row that is not there is refused": (
        after('id = "2.2"', '"rule-certificate"', '"rule-certifikate"'),
        ["clause_row_missing"],
        "clause 2.2 · rows: answered by rule-certifikate, which is not there; nearest is rule-certificate",
    ),
    "the row that answers a clause cites it": (
        after('id = "rule-conclude"', 'basis = "S0:9"', 'basis = "S0:7"'),
        ["clause_not_cited"],
        "clause 9.3 · rows: answered by rule-conclude, which does not cite S0:9",
    ),
    "a row that cites an article of the plan has its clause": (
        after('id = "term-visit"', 'basis = "P:2.4"', 'basis = "S0:3.9"'),
        ["clause_missing"],
        "term term-visit · basis: cites S0:3.9, but no clause states what that asks for",
    ),
    "a suspension that cites an article of the plan has its clause": (
        SHIPPED + edited(('basis = "P:2.4"', 'basis = "S0:3.9"'), text=SUSPENSION),
        ["clause_missing"],
        "suspension suspend · basis: cites S0:3.9, but no clause states what that asks for",
    ),
    "an extension likewise": (
        SHIPPED + edited(('basis = "P:2.4"', 'basis = "S0:3.9"'), text=EXTENSION),
        ["clause_missing"],
        "extension extend · basis: cites S0:3.9",
    ),
    "a window likewise": (
        SHIPPED + edited(('basis = "P:2.4"', 'basis = "S0:3.9"'), text=QUIET),
        ["clause_missing"],
        "quiet quiet · basis: cites S0:3.9",
    ),
    "a transition likewise": (
        SHIPPED + edited(('basis = "S0:8"', 'basis = "S0:3.9"'), text=TRANSITION),
        ["clause_missing"],
        "transition before · basis: cites S0:3.9",
    ),
    "a clause stands once": (
        edited(('id = "2.2"', 'id = "2.1"')),
        ["row_twice"],
        "clause 2.1 · id: 2.1 is used by two rows",
    ),
    "a decision that rests on an article names it": (
        without('id = "rule-conclude"', after('id = "9.3"', '"rule-conclude", ', "")),
        ["rule_missing"],
        "rule · rule: no row for matter.conclude",
    ),
    "a decision rests on one row": (
        edited(("[draw] #", '[[rule]]\nid = "again"\nrule = "matter.conclude"\nbasis = "S0:9"\n\n[draw] #')),
        ["rule_twice"],
        "rule · rule: matter.conclude has two rows",
    ),
    "what follows an order to rectify has one term": (
        SHIPPED + "".join(f'\n[[follow]]\nid = "{one}"\nstep = "recheck"\nterm = "3wd"\nbasis = "P:2.4"\n' for one in "ab"),
        ["rule_twice"],
        "follow · step: recheck has two rows",
    ),
}


@pytest.mark.parametrize("behaviour", BROKEN)
def test_a_broken_clause_is_refused_with_row_and_field(behaviour: str, tmp_path: Path) -> None:
    text, codes, told = BROKEN[behaviour]
    error = refused(tmp_path, text)
    assert [flaw.code for flaw in error.flaws] == codes, str(error)
    assert told in str(error)
