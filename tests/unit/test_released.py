"""What a pack in force has decided stays decided by the same text: a released pack is never edited in place (item 1 of the plan).

An office that has decided by a pack refuses one of the same name with another text (`pack_changed`), and a case could not be judged again
by it. What is to change is told by a new version beside it, from a day on.
"""

from __future__ import annotations

import pytest

from inspector.policybook import Policybook
from tests.packs import POLICIES

BOOK = {pack.label: pack for pack in Policybook.load(POLICIES).packs if pack.id != "demo"}
"""Every shipped pack but the demo's, by which nobody in an office is judged."""
RELEASED = {
    "anhui-food-producers@1": "6dd4c8ed2c119dd896f156198f1a11c47a267597d0e858b981fa58324e5b8d9e",
    "county-health-caps@1": "b92b52c59a7966e33e03434a019c493d04445fdf6bff2f78b574786cd4134e3e",
    "environment-guangzhou@1": "a508410c2c5ad1cf73b470ed84c2bf661216d59dd90ad54bfd94238ebc318f06",
    "fire-safety@2": "1d1fc199e1e02a6afeb32a6f61de9d946771e6952c9643278b3af1d25224d8d4",
    "henan-2021@1": "7be4c4f211fc06fbda9430f4efcc1f9938ef08eac9b41fa4c27b6fd99f71b15f",
    "hengyang-2025@1": "495cac48132768c8cd70a0340629bfc44965f9b8560388f05cb5e740ccc0f0a7",
    "maoji@2026.1": "46a61a7a259ded6607bc00fcaa4e49a42ab5622546f739f9921650574ac48786",
    "maoji@2026.2": "84a5b0fb79c01258d271c21e6cc2cc5aec52015972658441546132f7770d8e40",
    "private-schools-xuancheng@1": "cbb6074000e25b7ad62be1e8a50370fd19f5764b838101068851d80a0cb6cbea",
    "quiet-anqing@1": "fb0f996a8a4422977fd2e07776811236b6d043d731381c0a9e1ebe3ae8a3bd98",
    "quiet-tongliang@1": "c8ae8ca62d64fe0ab6a8e0dbad338c9383a22151759fa62b4edf24af943c9848",
    "tax-2015@1": "9249e25eb2fe0068dbd218b5eba18125d445def228deb33a4d081ed6b8358d2e",
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
