"""A messenger's secret is exchanged in its file: what the platform refuses meanwhile is the former one, and bars nobody."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.ports import Barred, Origin, Unavailable
from inspector.testing import caught
from inspector.testing.peer import Heard, Step, answer, peer
from tests.integration.test_messengers import MADE, PUSH, settings


@pytest.mark.parametrize("by_code", [True, False], ids=["code", "status"])
@pytest.mark.parametrize("exchanged", [True, False], ids=["exchanged", "in force"])
@pytest.mark.parametrize("kind", MADE)
def test_a_secret_exchanged_while_a_push_was_under_way_bars_nobody_and_one_in_force_does(
    tmp_path: Path, kind: str, exchanged: bool, by_code: bool
) -> None:
    factory, platform, _, files = MADE[kind]
    told: Any = settings(kind, tmp_path)
    secret = Path(told[next(iter(files))])
    refusal = answer(401, {})

    def says(_: Heard) -> Step:
        if exchanged:
            secret.unlink()
            secret.touch(0o600)
            secret.write_text("another-of-ours", encoding="utf-8")
        return refusal

    there: Any = platform()
    with peer(beside=dict.fromkeys(there.paths(), says)) as party:
        made: Any
        with closing(factory(kind, {"url": party.url, **told})) as made:
            held = made._config
            if by_code:
                refusal = answer(200, {held.code_field: held.permanent_codes[0]})
            error = caught(lambda: made.push(PUSH, key="k-1"))
    if exchanged:
        assert (type(error), error.code, error.origin) == (Unavailable, "secret_exchanged", Origin.US)
    else:
        assert isinstance(error, Barred), error
