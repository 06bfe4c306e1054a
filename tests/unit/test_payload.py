"""What rows carry is read as it should be, and what somebody has damaged is nobody's reason to stop."""

from __future__ import annotations

import pytest

from inspector.store import payload


@pytest.mark.parametrize(("held", "told"), [(["a", 7], ["a", "7"]), ([], []), (None, []), ("ab", []), ({"a": 1}, [])])
def test_texts_of_a_list_and_of_what_is_none(held: object, told: list[str]) -> None:
    assert payload.texts(held) == told
