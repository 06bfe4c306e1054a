"""No fault of the state exchange platform, in any order and at either of its addresses, ever speaks for or against anybody."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.gateway import GatewaySource, connect
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Claim
from inspector.domain.evidence import Verdict
from inspector.flows.judge import judge
from inspector.ports import Garbled, PortError, Refused
from inspector.testing import QUESTION
from inspector.testing.faults import table
from inspector.testing.peer import Heard, Step, answer, followed, peer, slow
from tests import gateway
from tests.facts import REGISTERED
from tests.gateway import ASKS, FOUND, LENDS, NOT_GRANTED, SKEWED, SPENT, Platform
from tests.property.test_http_faults import OFTEN, WAITS, back

NOW = datetime(2026, 1, 6, tzinfo=SHANGHAI)
SILENT = {Verdict.CANNOT_SAY, Verdict.NO_ANSWER, Verdict.NOT_FOUND}
NOTHING: list[object] = [None, "", {"value": None}, {"value": ["注销"]}, {"message": "注销"}]
BUSINESS = [
    *({"code": 0, "data": data} for data in NOTHING),
    *(
        {"code": told, "data": data}
        for told in (SPENT, SKEWED, NOT_GRANTED, "-1", "E-999", None, False)
        for data in (None, {"value": "注销", "as_of": None}, {"value": "存续", "as_of": None})
    ),
]
"""Errors in the guise of a 200, some with what looks like a value, and good codes with nothing that could be one behind them."""
FAULTS: dict[str, Step] = {
    **{fault.name: fault.step for fault in table(FOUND, heeds=True, empty=False) if fault.becomes},
    "against-too-late": slow({"code": "0", "data": {"value": "注销", "as_of": None}}, 0.4),
    **{f"business-{number}": answer(200, told) for number, told in enumerate(BUSINESS)},
    "twice": followed(answer(503)),
    "behind": followed(answer(200, {"code": "0", "data": None}), b"HTTP/1.1 200 Said\r\nContent-Length: 2\r\n\r\n{}"),
}
PLACES = st.sampled_from([ASKS, ASKS, LENDS])
HASTY = {"read_seconds": 0.15, "budget_seconds": 0.4}
"""So short that whoever hangs or drips is soon left; a question may fetch a secret before."""


def orders(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, str, bool]]]:
    """(where, what, whether the secret is spent before): what happens at the next questions, one after the other."""
    return st.lists(st.tuples(PLACES, names, st.booleans()), min_size=1, max_size=5)


ANY = st.sampled_from(sorted(FAULTS))


def verdict(made: GatewaySource, claimed: str) -> Verdict:
    """What the engine makes of the next answer for somebody who claimed so much (`flows.verify`)."""
    try:
        answered = made.ask(QUESTION, key="k-1")
    except (Refused, Garbled):
        return Verdict.CANNOT_SAY
    except PortError:
        return Verdict.NO_ANSWER
    claim = Claim(key="c1", fact="registered", value=claimed, on=QUESTION.on)
    return judge("k-1", claim, REGISTERED, answered, NOW).verdict


@contextmanager
def faulty() -> Iterator[tuple[str, Platform, dict[str, Step]]]:
    """The platform at an address, and what it does wrong next at each of its own."""
    platform, wrong = Platform(), dict[str, Step]()

    def at(place: str, well: Callable[[Heard], Step]) -> Callable[[Heard], Step]:
        return lambda heard: wrong.get(place) or well(heard)

    with peer(beside={place: at(place, well) for place, well in platform.paths().items()}) as there:
        yield there.url, platform, wrong


@pytest.mark.slow
@pytest.mark.parametrize("often", OFTEN)
def test_no_fault_in_any_order_ever_yields_a_match_or_a_mismatch(often: int) -> None:
    with tempfile.TemporaryDirectory() as folder, faulty() as (url, platform, wrong):
        told = {"url": url, **gateway.settings(Path(folder), **HASTY)}

        def holds(steps: list[tuple[str, str, bool]]) -> None:
            with closing(connect("registry", told)) as made:
                for place, name, spent in steps:
                    if spent:
                        platform.spend()
                    wrong.clear()
                    wrong[place] = FAULTS[name]
                    if place == LENDS and not spent:
                        continue  # nobody asks there while the secret holds
                    assert verdict(made, "存续") in SILENT, f"{name} at {place}"
                wrong.clear()
                for claimed, well in (("存续", Verdict.MATCH), ("注销", Verdict.MISMATCH)):
                    back(lambda claimed=claimed: verdict(made, claimed), well, SILENT)  # type: ignore[misc]

        settings(max_examples=max(15, often), deadline=None)(given(orders(ANY))(holds))()
        waits = st.sampled_from([*WAITS, "against-too-late"])
        settings(max_examples=often, deadline=None)(given(orders(st.one_of(ANY, waits)))(holds))()


def test_each_fault_alone_says_nothing_either() -> None:
    with tempfile.TemporaryDirectory() as folder, faulty() as (url, _, wrong):
        told = {"url": url, **gateway.settings(Path(folder), **HASTY)}
        with closing(connect("registry", told)) as made:
            for name, step in FAULTS.items():
                wrong[ASKS] = step
                assert {verdict(made, claimed) for claimed in ("存续", "注销")} <= SILENT, name
