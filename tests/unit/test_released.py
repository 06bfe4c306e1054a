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
    "anhui-food-producers@2": "d86be475a203583568e68b19c940a869a51604e8d3b47ef462dff2fa270820f4",
    "assistance-anyang@1": "817371d3a1bb6ff74fca7c08d24c606ba7b0dbb1e7e0a773381917ac3aa6d760",
    "assistance-guangdong@1": "18b13c88b0daaa9d1a4b3bbd3a2af408464d90c6698002dc45b606b6c9eaa732",
    "codes-chongqing@1": "caac4b27dceb4e89970cd2f3c9effa317dddf2b490583c82ee62d3b1c8f2485a",
    "county-health-caps@1": "b92b52c59a7966e33e03434a019c493d04445fdf6bff2f78b574786cd4134e3e",
    "county-health-caps@2": "1e9d24e30f70b5c3e48e8edcdcd30456faeea344c366702cd88af0b9aa1bad66",
    "environment-guangzhou@1": "a508410c2c5ad1cf73b470ed84c2bf661216d59dd90ad54bfd94238ebc318f06",
    "environment-guangzhou@2": "ff18032c190616c08e6cb17ca6566621a6e5ef835e39e76045e05d7039e340f9",
    "fire-safety@2": "1d1fc199e1e02a6afeb32a6f61de9d946771e6952c9643278b3af1d25224d8d4",
    "fire-safety@3": "c49c344a0f3fb8e9138dbefab006f9e90485869239ecbe89ff9bc27800562b9a",
    "henan-2021@1": "7be4c4f211fc06fbda9430f4efcc1f9938ef08eac9b41fa4c27b6fd99f71b15f",
    "henan-2021@2": "bba20306d9ae58a3b8ac61c8105ef2d6abc644c3d11c70648b59432383945f7f",
    "hengyang-2025@1": "495cac48132768c8cd70a0340629bfc44965f9b8560388f05cb5e740ccc0f0a7",
    "hengyang-2025@2": "4b1c5d66ab2adaee1ff9861cb4848853d370035b7bbd31ab46a41207792b9f1f",
    "maoji@2026.1": "46a61a7a259ded6607bc00fcaa4e49a42ab5622546f739f9921650574ac48786",
    "maoji@2026.2": "4324002cf23a78ab3077ef9a66d6a60e1e616fb91f54ac4468e3dfc8c20b0457",
    "maoji@2026.3": "d123ee63a419709a7594af921c4e6c09538a67569ee80aab5e03df738a58bae5",
    "private-schools-xuancheng@1": "cbb6074000e25b7ad62be1e8a50370fd19f5764b838101068851d80a0cb6cbea",
    "private-schools-xuancheng@2": "cdb59d659a2fc5c85677692ae8cfe5a8b12e3515c8315f0fff4e765d73cd5b29",
    "quiet-anqing@1": "fb0f996a8a4422977fd2e07776811236b6d043d731381c0a9e1ebe3ae8a3bd98",
    "quiet-anqing@2": "25164fbd123a97844484ba6d5c8da139a3a44bab5dab257da8886b25d670ede9",
    "quiet-tongliang@1": "c8ae8ca62d64fe0ab6a8e0dbad338c9383a22151759fa62b4edf24af943c9848",
    "quiet-tongliang@2": "c7f4fb7bf183081a13495318635f3c5823bc39ecd198177f33836459dc4250fd",
    "sharing-gaoping@1": "b8990b9b6514e727c0d2db9e1ceef6abaac709c0231478cb9c1359bd584d4605",
    "sharing-guizhou@1": "d7225c042a603461bc03e7a1963b010f9b0f3c19fcdd605f06cef849a7898fc0",
    "tax-2015@1": "9249e25eb2fe0068dbd218b5eba18125d445def228deb33a4d081ed6b8358d2e",
    "tax-2015@2": "1c792e58f8265b501a7515eddb187088d9d8a64a4bf32c60a7e3fcde7c957072",
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
