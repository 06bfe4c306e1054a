"""No fault of whoever is asked over HTTP, in any order, ever speaks for or against anybody, or passes for having been taken."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.agencies import http as agency
from connectors.credit import http as credit
from connectors.seeds import drand, nist, reveal
from connectors.sources import http, results, xroad
from connectors.witness import http as witness
from inspector.domain.case import SubjectKind
from inspector.ports import PortError
from inspector.testing import CODE, ENTRY, LETTER, PURPOSE
from inspector.testing.faults import table
from inspector.testing.peer import Heard, Peer, Step, answer, followed, peer, slow
from tests.beacons import QUICK, QUICK_SAID, beacon
from tests.frontends import outcome
from tests.integration.test_beacon_seeds import PULSE, TIME, authority
from tests.integration.test_connectors import HASH, NONCE, secret_in
from tests.integration.test_xroad import NAMED, failed
from tests.securityserver import passed

SILENT = {"unavailable", "barred", "refused", "garbled", "cannot_say", "not_found"}
GOOD: Mapping[str, object] = {"code": 0, "data": {"value": "存续", "as_of": "2026-01-06"}, "version": "3"}
RESULT: Mapping[str, object] = {
    "value": "存续",
    "checked_on": "2026-01-06",
    "agency": "示例区消防救援大队",
    "number": "检〔2026〕7号",
    "state": "final",
}
AGAINST: Mapping[str, object] = {"value": "注销", "as_of": "2026-01-06"}
ODD: list[object] = [
    *({"code": code, "data": AGAINST, "version": "3"} for code in (404, -1, "E-106", "who knows", None, False, [0], {"0": 0})),
    *(
        {"code": 0, "data": data}
        for data in (None, "", [], [AGAINST, AGAINST], [[AGAINST]], {"value": None}, {"value": ["注销"]}, {"value": {"x": 1}})
    ),
    *({"code": 0, "data": {**AGAINST, "value": value}} for value in ("", " ", "—", "ＮＵＬＬ", "存\ufffd", "存*")),
    *(
        {"code": 0, "data": {**AGAINST, "value": value}}
        for value in ("系统正在维护，请稍后再试", "Service Unavailable", "数据未归集")
    ),
    {"code": 0, "data": {**AGAINST, "as_of": "soon"}},
    {"code": 0, "data": {**AGAINST, "value": "注销" * 3000}},
    {"data": AGAINST},
    {**AGAINST},
]
"""Errors in the guise of a 200, most with what looks like a value, and good codes with nothing behind them that could be one."""
FOLDED: Mapping[str, object] = {**GOOD, "data": json.dumps(GOOD["data"])}
"""What a platform says that puts JSON as a text into a field (`json_in`)."""
ODD_FOLDED: list[object] = [
    *({"code": 0, "data": text} for text in ("", " ", "null", "[]", "{}", "{", "注销", "[1", '"注销"', "0", "NaN", "[" * 5_000)),
    *({"code": 0, "data": text} for text in ('{"value": "注销", "value": "存续"}', json.dumps([AGAINST, AGAINST]))),
    *({"code": 0, "data": json.dumps(json.dumps(AGAINST))}, {"code": 0, "data": AGAINST}, {"code": 0, "data": [AGAINST]}),
    *({"code": 0, "data": told} for told in (0, True, [json.dumps(AGAINST)], {"data": json.dumps(AGAINST)})),
    *({"code": code, "data": json.dumps(AGAINST), "version": "3"} for code in (404, -1, "E-106", "who knows", None)),
    {"code": 0, "data": json.dumps({**AGAINST, "as_of": "soon"})},
]
"""The same, gone wrong: no JSON, JSON of nothing or of two, folded twice or not at all, and errors with words where the text would be."""
UNUSABLE: list[object] = [
    *({"code": 0, "data": {**RESULT, "value": "注销", "state": state}} for state in ("open", "fallen", "who knows", None, "")),
    *({"code": 0, "data": {**RESULT, "value": "注销", name: None}} for name in ("agency", "number", "checked_on")),
    *({"code": 0, "data": {**RESULT, "value": "注销", name: "某" * 300}} for name in ("agency", "number")),
]
"""Results that nobody may rely on: of a check that is under way, was revoked, or is nobody's."""


def steps(good: object, odd: list[object]) -> dict[str, Step]:
    """What goes wrong, by name: the public table's faults, and what a platform may say, some of it too late."""
    return {
        **{one.name: one.step for one in table(good, heeds=True, empty=False) if one.becomes},
        "against-too-late": slow({"code": 0, "data": AGAINST, "version": "3"}, 0.4),
        **{f"odd-{number}": answer(200, told) for number, told in enumerate(odd)},
        **{f"odd-{number}-at-500": answer(500, told) for number, told in enumerate(odd)},
        "good-at-500": answer(500, good),
        "good-at-404": answer(404, good),
        "behind": followed(answer(503), b"HTTP/1.1 200 Said\r\nContent-Length: 2\r\n\r\n{}"),
        "twice": followed(answer(503)),
    }


def on_the_way(good: object) -> dict[str, Step]:
    """What a security server of an X-Road says itself, or somebody who is none."""
    kinds = ("Server.ServerProxy.NetworkError", "Server.ServerProxy.AccessDenied", "Client.BadRequest", "who knows")
    return {
        **{f"failed-{kind}": failed(200, kind) for kind in kinds},
        "unmarked": answer(200, good),
        "unmarked-against": answer(200, {"code": 0, "data": AGAINST, "version": "3"}),
    }


Made = Callable[[str, Path], Any]


def signed(url: str, folder: Path) -> Any:
    """The source over HTTP that signs after RFC 9421."""
    file = secret_in(folder, base64.b64encode(b"s" * 32).decode(), "signing")
    return http.connect("front", {"url": url, **ONCE, "key_file": str(file), "key_id": "office-7"})


ONCE: Mapping[str, object] = {"tries": 1, "read_seconds": 0.15, "budget_seconds": 0.3}
"""One try, and times so short that whoever hangs or drips is soon left."""
WAITS = ("never", "too-late", "drip-in-the-head", "drip-in-the-body")


def orders(faults: Mapping[str, Step], waits: Sequence[str] = ()) -> st.SearchStrategy[list[str]]:
    """Names of faults, one after the other; with `waits` every second one or so is one of these."""
    each = st.sampled_from(sorted(faults))
    return st.lists(st.one_of(each, st.sampled_from(waits)) if waits else each, min_size=1, max_size=6)


def silently(there: Peer, names: list[str], ask: Callable[[], object], well: object, silent: Collection[object]) -> None:
    """Each fault of a script is silence. A call given up before may have come to the peer since and taken one: a step sooner, then."""
    for name in names:
        found = ask()
        assert found in silent or (found == well and len(there.heard) > len(names)), name


def back(ask: Callable[[], object], well: object, silent: Collection[object]) -> None:
    """It comes back by itself. On a busy machine a call is given up before it reaches the peer, and the fault meant for it comes later."""
    for _ in range(20):
        if (found := ask()) == well:
            return
        assert found in silent, "late is no other answer"
    raise AssertionError("it does not come back")


CODES: Mapping[str, object] = {"not_found_codes": [404], "retry_codes": [-1], "permanent_codes": ["E-106"]}
SOURCES: Mapping[str, tuple[Made, object, list[object]]] = {
    "http": (lambda url, _: http.connect("front", {"url": url, **ONCE, **CODES}), GOOD, ODD),
    "http, folded": (lambda url, _: http.connect("front", {"url": url, **ONCE, **CODES, "json_in": "data"}), FOLDED, ODD_FOLDED),
    "http, signed": (signed, GOOD, ODD),
    "xroad": (lambda url, _: xroad.connect("front", {"url": url, **NAMED, **ONCE, **CODES}), GOOD, ODD),
    "results": (
        lambda url, _: results.connect("front", {"url": url, **ONCE, **STATES}),
        {"code": 0, "data": RESULT},
        [*UNUSABLE, *ODD],
    ),
}
STATES: Mapping[str, object] = {"final_states": ["final"], "open_states": ["open"], "fallen_states": ["fallen"]}


OFTEN = [2, pytest.param(25, marks=pytest.mark.slow)]
"""Orders in which every second fault is a wait: each costs real time."""


@pytest.mark.parametrize("often", OFTEN)
@pytest.mark.parametrize("kind", SOURCES)
def test_no_fault_in_any_order_ever_yields_a_match_or_a_mismatch(kind: str, often: int) -> None:
    make, good, odd = SOURCES[kind]
    between = on_the_way(good) if kind == "xroad" else {}
    faults = {**steps(good, odd), **between}

    def through(heard: Heard, step: Step) -> Step:
        return passed(heard, step) if between and step not in between.values() else step

    with TemporaryDirectory() as folder, peer(through=through) as there, closing(make(there.url, Path(folder))) as made:
        for name, step in faults.items():
            there.plays(step)
            assert outcome(made) in SILENT, name

        def holds(names: list[str]) -> None:
            there.plays(*(faults[name] for name in names), answer(200, good))
            silently(there, names, lambda: outcome(made), "match", SILENT)
            back(lambda: outcome(made), "match", SILENT)

        settings(max_examples=25, deadline=None)(given(orders(faults))(holds))()
        settings(max_examples=often, deadline=None)(given(orders(faults, [*WAITS, "against-too-late"]))(holds))()


PARTIES: Mapping[str, tuple[Made, object, Callable[[Any], object]]] = {
    "a level": (
        lambda url, _: credit.connect("party", {"url": url, **ONCE}),
        {"level": "A", "as_of": "2026-01-05"},
        lambda made: made.level(SubjectKind.FIRM, CODE, key="k-1", **PURPOSE).level,
    ),
    "an entry": (
        lambda url, _: credit.connect("party", {"url": url, **ONCE}),
        {"receipt": "A"},
        lambda made: made.record(ENTRY, key="k-1").reference,
    ),
    "a letter": (
        lambda url, _: agency.connect("party", {"url": url, **ONCE}),
        {"receipt": "A"},
        lambda made: made.send(LETTER, key="k-1").reference,
    ),
    "a value": (
        lambda url, _: witness.connect("party", {"url": url, **ONCE}),
        {"receipt": "A"},
        lambda made: made.lodge("D-1", "ab" * 32, key="k-1").reference,
    ),
    "a nonce": (
        lambda url, _: reveal.connect("party", {"url": url, **ONCE}),
        {"nonce": NONCE},
        lambda made: "A" if made.reveal("D-1", {"hash": HASH}, (), key="k-1") else "",
    ),
    "a round": (
        lambda url, _: drand.connect("party", {"url": url, **ONCE}),
        QUICK_SAID,
        lambda made: "A" if made.reveal("D-1", QUICK, (), key="k-1")["signature"] == QUICK_SAID["signature"] else "",
    ),
    "a pulse": (
        lambda url, folder: nist.connect("party", {"url": url, **ONCE, "chain": 2, "authority_file": str(authority(folder))}),
        beacon().said(TIME),
        lambda made: "A" if made.reveal("D-1", PULSE, (), key="k-1") else "",
    ),
    "a statement": (
        lambda url, _: credit.connect("party", {"url": url, **ONCE, "path_statement": "/statement"}),
        {"as_of": "2026-03-01T00:00:00+08:00", "total": 1, "entries": [{"id": "A"}]},
        lambda made: made.statement(key="k-1").rows[0].entry,
    ),
    "what it has of one": (
        lambda url, _: credit.connect("party", {"url": url, **ONCE, "path_held": "/held"}),
        {"as_of": "2026-03-01T00:00:00+08:00", "entry": {"id": "A"}},
        lambda made: made.entry("A", key="k-1", case_id="C-1", basis="b").rows[0].entry,
    ),
}
FAMILIES = {"unavailable", "barred", "refused", "garbled"}
RECEIPTS = frozenset({"an entry", "a letter", "a value"})
"""Of whom any 2xx without a body is an answer, too."""


@pytest.mark.slow
@pytest.mark.parametrize("often", OFTEN)
@pytest.mark.parametrize("kind", PARTIES)
def test_no_fault_in_any_order_is_a_level_a_receipt_a_statement_or_a_part_of_a_seed(kind: str, often: int) -> None:
    make, good, call = PARTIES[kind]
    faults = {one.name: one.step for one in table(good, heeds=True, empty=kind in RECEIPTS) if one.becomes}
    with TemporaryDirectory() as folder, peer() as there, closing(make(there.url, Path(folder))) as made:

        def told() -> object:
            try:
                return call(made)
            except PortError as error:
                return error.family

        def holds(names: list[str]) -> None:
            there.plays(*(faults[name] for name in names), answer(200, good))
            silently(there, names, told, "A", FAMILIES)
            back(told, "A", FAMILIES)

        settings(max_examples=20, deadline=None)(given(orders(faults))(holds))()
        settings(max_examples=often, deadline=None)(given(orders(faults, WAITS))(holds))()
