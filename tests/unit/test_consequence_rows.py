"""The pack says by which steps a proposal becomes true; what it forgets or doubles is told with its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain import hearing
from inspector.domain.proposal import UNSERVED, Proposal
from inspector.policybook import Policybook
from tests.packs import POLICIES, refused, write

PACK = (POLICIES / "demo" / "pack.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("label", ["demo@1", "maoji@2026.2", "maoji@2026.3"])
def test_a_shipped_pack_has_a_row_for_each_proposal_and_no_step_against_somebody_without_a_time_for_a_statement(
    label: str,
) -> None:
    rows = Policybook.load(POLICIES).get(label).consequences
    assert set(rows) == set(Proposal)
    assert {proposal for proposal, row in rows.items() if row.defend is None} == UNSERVED
    heavy = [row for row in rows.values() if row.proposal in (Proposal.REVOKE, Proposal.PENALTY)]
    assert all(row.second and row.legal and row.hearing for row in heavy)
    assert {str(hearing.notice(row)) for row in heavy} == {"7wd"}, (
        "Penalties Law, articles 64 and 85, whether the row says so or not"
    )
    transfer = rows[Proposal.TRANSFER_JUDICIAL]
    assert (str(transfer.head), str(transfer.hand), str(transfer.answer)) == ("3d", "24h", "3d")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('proposal = "SUSPEND"', 'proposal = "TERMINATE"', "consequence_twice"),
        ('proposal = "SUSPEND"\ndefend = "1wd"', 'proposal = "SUSPEND"\ndefend = "1wd"\nhand = "24h"', "consequence_key"),
        ('proposal = "REFER_REGISTER"', 'proposal = "REFER_REGISTER"\ndeputy_apart = true', "key_stray"),
        ('most = "30wd"', 'most = "30d"', "consequence_limits"),
        ('remind = "3wd"\nbasis = "S0:7;S1:44', 'remind = "3d"\nbasis = "S0:7;S1:44', "remind_not_working_days"),
        ('hearing_notice = "7wd"', 'hearing_notice = "5wd"', "hearing_notice_short"),
        ('hearing_notice = "7wd"', 'hearing_notice = "10d"', "hearing_notice_short"),
        ("hearing = true\nhearing_notice", "hearing_notice", "hearing_notice_alone"),
        ('id = "consequence-penalty"\n', 'id = "consequence-penalty"\nlaw = "P:2.7"\n', "consequence_law_proposal"),
        ('id = "consequence-revoke"\n', 'id = "consequence-revoke"\nat_once = "P:2.7"\n', "consequence_at_once_proposal"),
        (
            'id = "consequence-penalty"\n',
            'id = "consequence-penalty"\nwithin = "90d"\nuncounted = "P:2.7"\n',
            "consequence_uncounted_proposal",
        ),
        ('id = "consequence-penalty"\n', 'id = "consequence-penalty"\nuncounted = "S1:60"\n', "uncounted_alone"),
        ('id = "consequence-suspend"\n', 'id = "consequence-suspend"\nat_once = "S1:78"\n', "key_stray"),
        ('remedy = "LITIGATION"', 'remedy = "RECONSIDERATION"', "remedy_twice"),
        ('remedy = "LITIGATION"', 'remedy = "RECONSIDERATION"', "remedy_missing"),
        ('basis = "S1:59;S65:20;S65:24"', 'basis = "P:2.7"', "remedy_proposal"),
        ('term = "60d" #', 'term = "60wd" #', "term_not_calendar"),
        ('proposal = "TERMINATE"\ndefend = "5wd"\n', 'proposal = "TERMINATE"\n', "fields_missing"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(old: str, new: str, code: str, tmp_path: Path) -> None:
    assert old in PACK
    assert code in [flaw.code for flaw in refused(tmp_path, PACK.replace(old, new, 1)).flaws]


def test_a_transfer_may_ask_that_a_deputy_is_no_other_person(tmp_path: Path) -> None:
    asked = PACK.replace('proposal = "TRANSFER_JUDICIAL"', 'proposal = "TRANSFER_JUDICIAL"\ndeputy_apart = true', 1)
    write(tmp_path, asked, pack="demo")
    row = Policybook.read(tmp_path).get("demo@1").consequences[Proposal.TRANSFER_JUDICIAL]
    assert (row.deputy_apart, row.second) == (True, False)


def test_where_rectification_is_ordered_the_pack_says_how_a_revocation_goes_on(tmp_path: Path) -> None:
    begin, end = PACK.index("[[consequence]] # 撤销"), PACK.index("[[consequence]] # 行政处罚")
    told = [flaw.code for flaw in refused(tmp_path, PACK[:begin] + PACK[end:]).flaws]
    assert "consequence_revoke_missing" in told
