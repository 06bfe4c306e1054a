"""What a pack in force has decided stays decided by the same text: a released pack is never edited in place (item 1 of the plan).

An office that has decided by a pack refuses one of the same name with another text (`pack_changed`), and a case could not be judged again
by it. What is to change is told by a new version beside it, from a day on.
"""

from __future__ import annotations

import pytest

from inspector.cli.ruled import lacking
from inspector.domain.act import GRAVITY
from inspector.domain.proposal import Proposal
from inspector.domain.ruling import ruling
from inspector.domain.transition import Scope
from inspector.policybook import Policybook
from tests.packs import POLICIES

BOOK = {pack.label: pack for pack in Policybook.load(POLICIES).packs if pack.id != "demo"}
"""Every shipped pack but the demo's, by which nobody in an office is judged."""
RELEASED = {
    "anhui-food-producers@1": "6dd4c8ed2c119dd896f156198f1a11c47a267597d0e858b981fa58324e5b8d9e",
    "anhui-food-producers@2": "11f5363e15baad5bf432ba86f0142bf420939c82ce1032e08bc8a2722daab8d1",
    "codes-chongqing@1": "2d704d4d72e703d800a00ef40a5ce2542a1f061fc72752f085350015a997bd35",
    "county-health-caps@1": "b92b52c59a7966e33e03434a019c493d04445fdf6bff2f78b574786cd4134e3e",
    "county-health-caps@2": "b04b62e9d2cb7c750f37e7aae2056a466adbe308f295051f20cf75ab273db221",
    "environment-guangzhou@1": "a508410c2c5ad1cf73b470ed84c2bf661216d59dd90ad54bfd94238ebc318f06",
    "environment-guangzhou@2": "318c58626636fd707d1bb4c2004e9b08dcf619e3a754f117291e33bd14fd7f5b",
    "fire-safety@2": "1d1fc199e1e02a6afeb32a6f61de9d946771e6952c9643278b3af1d25224d8d4",
    "fire-safety@3": "951340c3c1786fde36874a19a88ec9230bb2532049d395cdc98a469fb8f72f9e",
    "henan-2021@1": "7be4c4f211fc06fbda9430f4efcc1f9938ef08eac9b41fa4c27b6fd99f71b15f",
    "henan-2021@2": "711f7446392cdbe6ef4d5ad13c7811b7b7019e05de54c81e06b75ec4058c445f",
    "hengyang-2025@1": "495cac48132768c8cd70a0340629bfc44965f9b8560388f05cb5e740ccc0f0a7",
    "hengyang-2025@2": "9e42f068c324582e42459b5b077ce579afb1c31e8d85c9b9130aec7852965190",
    "maoji@2026.1": "46a61a7a259ded6607bc00fcaa4e49a42ab5622546f739f9921650574ac48786",
    "maoji@2026.2": "523c1f0013fbc9fb40a4afeae5046776fa62e9176337eda82a279499be9cdbba",
    "private-schools-xuancheng@1": "cbb6074000e25b7ad62be1e8a50370fd19f5764b838101068851d80a0cb6cbea",
    "private-schools-xuancheng@2": "c6a79d503230788802cf8264c026c29d43df5e4c7fc3dc65fde2ee71d8a0a44d",
    "quiet-anqing@1": "fb0f996a8a4422977fd2e07776811236b6d043d731381c0a9e1ebe3ae8a3bd98",
    "quiet-anqing@2": "4384c00f472ecb768734e3089efa682fe7afcd64def35561654d26a44c4acffa",
    "quiet-tongliang@1": "c8ae8ca62d64fe0ab6a8e0dbad338c9383a22151759fa62b4edf24af943c9848",
    "quiet-tongliang@2": "95269b6c7433983181407e4ff96a8c679e9b32789b86b40c3c8b760eff64d79a",
    "tax-2015@1": "9249e25eb2fe0068dbd218b5eba18125d445def228deb33a4d081ed6b8358d2e",
    "tax-2015@2": "34a4985fc6542e08f35c9b747adc8e1f62fa44a16a1839bb7c88e31908b89a9d",
}
"""The digest of each. A pack whose first day has not come may still be amended, here too; any other one gets a new version."""


@pytest.mark.parametrize("label", sorted(RELEASED))
def test_a_released_pack_is_as_it_was_released(label: str) -> None:
    held = BOOK.get(label)
    assert held is not None, "a pack by which somebody may have been judged stays in the folder"
    told = f"{label} is in force since {held.effective_from}: write a new version beside it instead (docs/how-to/write-a-pack.md)"
    assert held.digest == RELEASED[label], told


def test_each_pack_that_is_shipped_is_held() -> None:
    assert set(BOOK) == set(RELEASED)


NEWEST = {one.id: one.label for one in sorted(BOOK.values(), key=lambda one: one.effective_from)} | {"demo": "demo@1"}
"""By its id the label of each pack's newest version."""


@pytest.mark.parametrize("label", sorted(NEWEST.values()))
def test_the_newest_of_each_shipped_pack_says_by_which_steps_somebody_is_discredited_and_until_when(label: str) -> None:
    """One officer's review alone enters nobody, and nothing is shown for ever: each has the rows by which that is done lawfully."""
    pack = next(one for one in Policybook.load(POLICIES).packs if one.label == label)
    assert lacking(pack) == ""
    assert set(pack.consequences) == set(Proposal)
    assert set(pack.credit.publicities) == set(GRAVITY)
    assert all(row.most is not None for row in pack.credit.publicities.values())
    assert (bool(pack.acts), bool(pack.remedies), bool(pack.services)) == (True, True, True)


def test_whoever_was_taken_in_under_the_version_before_is_heard_by_the_newest() -> None:
    """Cases of the version before go by the steps of the newest, from its day on: those of a pack without steps would wait for ever."""
    for pack in BOOK.values():
        before = [one for one in BOOK.values() if one.id == pack.id and one.effective_from < pack.effective_from]
        for one in before:
            ruled = ruling(one, pack, Scope.OUTCOMES).policy
            assert (ruled.label, ruled.consequences, ruled.outcomes) == (pack.label, pack.consequences, one.outcomes)
