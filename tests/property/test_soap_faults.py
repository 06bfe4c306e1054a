"""No fault of a SOAP service, in any order, ever speaks for or against anybody."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given, settings

from connectors.sources.soap import connect
from inspector.testing import Body
from inspector.testing.faults import table
from inspector.testing.peer import Step, answer, delayed, followed, peer
from tests.frontends import outcome
from tests.integration.test_soap import ODD
from tests.property.test_http_faults import ONCE, WAITS, back, orders
from tests.soap import ASKING, FOUND, fault, found, said

SILENT = {"unavailable", "barred", "refused", "garbled", "cannot_say", "not_found"}
AGAINST = "<value>注销</value>"
TOLD: list[Body] = [
    *(told for told, _ in ODD.values()),
    *(fault(code, detail=AGAINST) for code in ("Server", "Client", "Client.Authentication", "Other", "")),
    *(said(found("注销", more=f"<code>{code}</code>")) for code in ("404", "-1", "E-106", "E-9", "")),
    *(said(found("注销", more="")), said(found("", more="<code>0</code>"))),
]
FAULTS: dict[str, Step] = {
    **{one.name: one.step for one in table(FOUND, heeds=True, empty=False) if one.becomes},
    **{f"told-{number}": answer(200, told) for number, told in enumerate(TOLD)},
    **{f"at-500-{number}": answer(500, told) for number, told in enumerate(TOLD)},
    "against-too-late": delayed(answer(200, said(found("注销"))), 0.4),
    "at-500-found": answer(500, said(found("注销"))),
    "behind": followed(answer(200, TOLD[0]), b"HTTP/1.1 200 Said\r\nContent-Length: 2\r\n\r\n{}"),
}


@pytest.mark.slow
def test_no_fault_in_any_order_ever_yields_a_match_or_a_mismatch() -> None:
    with peer() as there, closing(connect("front", {"url": there.url, **ONCE, **ASKING})) as made:
        for name, step in FAULTS.items():
            there.plays(step)
            assert outcome(made) in SILENT, name

        def holds(names: list[str]) -> None:
            there.plays(*(FAULTS[name] for name in names), answer(200, FOUND))
            assert {outcome(made) for _ in names} <= SILENT
            back(lambda: outcome(made), "match", SILENT)

        settings(max_examples=25, deadline=None)(given(orders(FAULTS))(holds))()
        settings(max_examples=25, deadline=None)(given(orders(FAULTS, [*WAITS, "against-too-late"]))(holds))()
