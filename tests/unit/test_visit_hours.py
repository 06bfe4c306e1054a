"""The hours of a visit code: a day that ends before it begins is refused where it is written, and not at a firm's gate."""

from __future__ import annotations

from datetime import time

import pytest
from pydantic import ValidationError

from inspector.tuning import VisitCodeSettings


@pytest.mark.parametrize("until", [time(8, 0), time(6, 30)])
def test_a_day_of_a_code_ends_after_it_begins(until: time) -> None:
    with pytest.raises(ValidationError, match="visit_until must be later than visit_from"):
        VisitCodeSettings(visit_from=time(8, 0), visit_until=until)
    assert VisitCodeSettings(visit_from=time(6, 0), visit_until=time(23, 59)).visit_until == time(23, 59)
