"""How many nameless there are is told in whole groups: no single one is seen to come or go."""

from __future__ import annotations

import pytest

from inspector.domain.gazette import stepped


@pytest.mark.parametrize(("count", "told"), [(0, 0), (4, 0), (5, 5), (6, 5), (9, 5), (10, 10)])
def test_a_number_moves_in_steps_of_the_least(count: int, told: int) -> None:
    assert stepped(count, 5) == told
