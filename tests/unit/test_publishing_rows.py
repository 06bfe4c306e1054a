"""What a pack owes to the public it can take back when it falls (Penalties Law art. 48): both terms, or neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packs import edited, refused


@pytest.mark.parametrize(
    ("stated", "lacks"),
    [
        ('within = "20wd"\nwithin_basis = "P:1.2.25"\n', "withdraw"),
        ('withdraw = "3wd"\nwithdraw_basis = "S1:48"\n', "within"),
    ],
)
def test_a_pack_that_states_one_of_the_two_terms_is_refused(tmp_path: Path, stated: str, lacks: str) -> None:
    error = refused(tmp_path, edited(('after = "20wd"\n', f'after = "20wd"\n{stated}')))
    assert [(flaw.code, flaw.row, flaw.field) for flaw in error.flaws] == [("publish_one_sided", "publish", lacks)]
