"""Each connector passes its port's contract over a real socket, and means what the other side said, never more."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
import tenacity

from connectors import patience
from connectors.agencies import http as agency
from connectors.callbacks import webhook as callback
from connectors.channels import webhook as channel
from connectors.credit import http as credit
from connectors.pulses import http as pulse
from connectors.seeds import ceremony, reveal
from connectors.sources import http as source
from connectors.witness import http as witness
from inspector import plugins, testing
from inspector.cli.starter import drawn_up
from inspector.domain.case import SubjectKind
from inspector.domain.letter import LetterKind
from inspector.domain.words import Words
from inspector.flows.contents import named
from inspector.ports import Barred, Garbled, Origin, Receipt, Refused, Unavailable
from inspector.testing import LETTER, caught
from inspector.testing.peer import answer, lost, peer, reset

FOUND = {"code": 0, "data": {"value": "yes", "as_of": "2026-01-05"}, "version": "3.1"}
NONCE = "0f" * 32
HASH = hashlib.sha256(f"ssj1/nonce\n{NONCE}".encode()).hexdigest()
WORD = "whsec_" + base64.b64encode(b"n" * 32).decode()
SHANGHAI = ZoneInfo("Asia/Shanghai")


TOKEN = "bearer-word"


class Shipped(testing.OverHttp):
    """The connectors of the house, each with a token."""

    private = (*testing.PRIVATE, TOKEN, WORD, "127.0.0.1")
    signed: ClassVar[bool] = False

    def settings(self, folder: Path) -> Mapping[str, object]:
        told = {"owner": "示例市数据局", "token_file": str(secret_in(folder, TOKEN, "token"))}
        return told | ({"secret_file": str(secret_in(folder))} if self.signed else {})

    def test_a_passing_outage_is_tried_again_at_once_and_it_is_tenacity_that_does(
        self, way: testing.Way, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(patience._AsAsked, "__call__", lambda *_: 0.0)
        self.party.plays(answer(503), reset, answer(200, self.told))
        with closing(self.made(self.party.url, {"tries": 3})) as made:
            way.call(made, "k-1")
            assert {heard.body for heard in self.party.heard} == {self.party.heard[0].body}
            assert len(self.party.heard) == 3
            assert {heard.headers.get("idempotency-key") for heard in self.party.heard} == {"k-1" if way.keyed else None}
            self.party.plays(answer(503), answer(200, self.told))
            monkeypatch.setattr(patience, "retry_if_exception", lambda _which: tenacity.retry_never)
            assert caught(lambda: way.call(made, "k-1")).attempts == 1


class Delivers(Shipped):
    """Those that hand something over."""

    def test_a_409_that_gives_the_receipt_of_this_key_means_that_the_lost_try_arrived(self) -> None:
        self.party.plays(lost, answer(409, {"receipt": "N-7", "key": "k-1"}))
        with closing(self.made(self.party.url, self.once)) as made:
            assert isinstance(caught(lambda: self.use(made, key="k-1")), Unavailable)
            receipt = self.use(made, key="k-1")
        assert isinstance(receipt, Receipt)
        assert receipt.reference == "N-7"

    def test_a_409_about_anything_else_is_a_conflict_and_a_defect_of_ours(self) -> None:
        others: list[object] = [
            {"error": "another value is kept"},
            {"receipt": "N-7"},
            {"receipt": "N-7", "key": "k-2"},
            {"receipt": "", "key": "k-1"},
            {"receipt": None, "key": "k-1"},
            {"receipt": {}, "key": "k-1"},
            ["k-1"],
            None,
        ]
        with closing(self.made(self.party.url, self.once)) as made:
            for told in others:
                self.party.plays(answer(409, told))
                error = caught(lambda: self.use(made, key="k-1"))
                assert isinstance(error, Refused)
                assert (error.code, error.origin) == ("conflict", Origin.US)


def secret_in(folder: Path, text: str = WORD, name: str = "secret") -> Path:
    file = folder / name
    file.write_text(text + "\n", encoding="ascii")
    file.chmod(0o600)
    return file


class TestSource(Shipped, testing.SourceContract):
    factory = source.connect
    told = FOUND


class TestSourceByAddress(TestSource):
    def settings(self, folder: Path) -> Mapping[str, object]:
        return {
            **super().settings(folder),
            "asks_in": "query",
            "path": "/licences/{code}",
            "asks": {"item": "fact", "why": "case"},
        }


class TestSourceByForm(TestSource):
    def settings(self, folder: Path) -> Mapping[str, object]:
        return {**super().settings(folder), "asks_in": "form", "asks": {"item": "fact", "id": "code", "why": "case"}}


class TestAgency(Delivers, testing.AgencyContract):
    factory = agency.connect
    signed = True


class TestChannel(Delivers, testing.ChannelContract):
    factory = channel.connect
    signed = True
    heeds = False


class TestCallback(Delivers, testing.CallbackContract):
    factory = callback.connect
    signed = True
    heeds = False


class TestCredit(Delivers, testing.CreditContract):
    factory = credit.connect
    amends = True

    def settings(self, folder: Path) -> Mapping[str, object]:
        return {**super().settings(folder), "path_amend": "/amend"}

    told: ClassVar[object] = {"level": "A", "as_of": "2026-01-05", "receipt": "N-1"}


class TestWitness(Delivers, testing.WitnessContract):
    factory = witness.connect


class TestReveal(Shipped, testing.SeedContract):
    factory = reveal.connect
    told: ClassVar[object] = {"hash": HASH, "nonce": NONCE}


class TestPulse(Shipped, testing.PulseContract):
    factory = pulse.connect


def begun() -> Callable[[str, Mapping[str, object]], object]:
    """The factory of the source that `connector new` writes."""
    text = drawn_up("source", "county-begun")["src/county_begun/connector.py"]
    module = sys.modules["county_begun"] = ModuleType("county_begun")  # a dataclass looks its module up
    exec(text, vars(module))  # noqa: S102 - our own file
    made: Callable[[str, Mapping[str, object]], object] = module.connect
    return made


class TestTheOneThatAnAuthorBeginsWith(testing.OverHttp, testing.SourceContract):
    factory = begun()
    told: ClassVar[object] = {"status": "found", "value": "true"}


class TestCeremony(testing.SeedContract):
    def connect(self) -> Any:
        return ceremony.connect("dice", {"what": "six throws of a die", "dice": 6, "sides": 6})

    def connect_silent(self) -> None:
        return None


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("sources", "gateway"),
        ("sources", "http"),
        ("agencies", "http"),
        ("channels", "dingtalk"),
        ("channels", "dingtalk-robot"),
        ("channels", "email"),
        ("channels", "feishu"),
        ("channels", "feishu-robot"),
        ("channels", "sms"),
        ("channels", "supervision"),
        ("channels", "webhook"),
        ("channels", "webpush"),
        ("channels", "wecom"),
        ("channels", "wecom-robot"),
        ("credit", "http"),
        ("callbacks", "webhook"),
        ("seeds", "ceremony"),
        ("seeds", "drand"),
        ("seeds", "nist"),
        ("seeds", "reveal"),
        ("witnesses", "http"),
        ("pulses", "http"),
    ],
)
def test_every_connector_is_found_by_its_entry_point(group: str, name: str) -> None:
    assert callable(plugins.load(group, name))


def test_a_letter_carries_all_that_the_procedure_asks_for() -> None:
    with peer(answer(202, {"receipt": "2026-17"})) as held, closing(agency.connect("civil", {"url": held.url})) as made:
        receipt = made.send(testing.LETTER, key="k-1")
    assert receipt.reference == "2026-17"
    assert held.heard[0].headers["idempotency-key"] == "k-1"
    assert held.heard[0].headers["x-correlation-id"] == "C-1"
    assert held.heard[0].json() == {
        "kind": "request",
        "request": "R-1",
        "case": "C-1",
        "basis": "《行政许可法》第三十四条",
        "ground": "no_source",
        "fact": "registered",
        "subject": {"kind": "FIRM", "code": testing.CODE},
        "claimed": "true",
        "on": "2026-01-05",
        "due_at": "2026-01-19T09:00:00+00:00",
        "due_provisional": False,
        "reply_url": "https://office.example/r/one-time-word",
        "text": "请协助核查",
        "urgency": "normal",
        "accept_by": None,
        "outcome": "",
    }


def test_a_letter_names_its_requester_and_one_that_an_earlier_release_has_worded_keeps_its_key() -> None:
    told = replace(testing.LETTER, words=Words(requester="区市场监管局"))
    with peer(answer(202)) as held, closing(agency.connect("civil", {"url": held.url})) as made:
        made.send(told, key="k-1")
    assert held.heard[0].json()["requester"] == "区市场监管局"
    assert named("k", testing.LETTER) == "k:81ce1e82d36c3204", "as it was named before: an agency that has it is not told twice"
    assert named("k", told) != named("k", replace(told, words=Words(requester="区民政局")))


def test_a_login_page_does_not_pass_for_delivery_and_an_empty_202_does() -> None:
    steps = answer(200, body=b"<html>"), answer(202)
    with peer(*steps) as held, closing(agency.connect("civil", {"url": held.url})) as made:
        assert isinstance(caught(lambda: made.send(testing.LETTER, key="k-1")), Garbled)
        assert made.send(testing.LETTER, key="k-1").reference == ""


def test_a_200_with_an_error_in_its_body_does_not_pass_for_delivery() -> None:
    steps = answer(200, {"code": 500, "msg": "failed"}), answer(200, {"receipt": "7" * 201}), answer(200, {"receipt": None})
    with peer(*steps) as held, closing(agency.connect("civil", {"url": held.url})) as made:
        error, number = (caught(lambda: made.send(testing.LETTER, key="k-1")) for _ in range(2))
        assert (type(number), number.code) == (Garbled, "field_type")
        assert made.send(testing.LETTER, key="k-1").reference == ""
    assert isinstance(error, Garbled)
    assert error.code == "field_missing"


def test_a_subject_is_unrated_only_where_the_platform_says_so_itself() -> None:
    steps = (
        *(answer(200, {"level": None}), answer(200, {"level": "B", "as_of": "2026-01-05"})),
        *(answer(200, {}), answer(200, {"level": "A" * 300})),
    )
    with peer(*steps) as held, closing(credit.connect("credit", {"url": held.url})) as made:
        unrated, rated = (made.level(SubjectKind.FIRM, testing.CODE, key="k-1", **testing.PURPOSE) for _ in range(2))
        errors = [caught(lambda: made.level(SubjectKind.FIRM, testing.CODE, key="k-1", **testing.PURPOSE)) for _ in range(2)]
    assert (unrated.level, unrated.as_of) == (None, None)
    assert (rated.level, rated.as_of) == ("B", datetime(2026, 1, 5, tzinfo=SHANGHAI))
    assert [type(error) for error in errors] == [Garbled, Garbled], "nothing said, and what is no code"
    assert (held.heard[0].path, held.heard[0].json()) == (
        "/level",
        {"kind": "FIRM", "code": testing.CODE, "case": "C-1", "basis": testing.PURPOSE["basis"]},
    )


@pytest.mark.parametrize(
    ("headers", "current", "hours"),
    [
        pytest.param({}, True, None, id="no cache"),
        pytest.param({"Age": "0"}, True, None, id="just fetched"),
        pytest.param({"Age": "7200"}, True, 2, id="as old as it lay there"),
        pytest.param({"Age": "soon"}, False, None, id="nobody knows"),
        pytest.param({"Warning": '110 - "stale"'}, False, None, id="stale"),
    ],
)
def test_a_level_in_force_that_a_cache_has_kept_is_of_when_it_was_fetched(
    headers: dict[str, str], current: bool, hours: int | None
) -> None:
    with (
        peer(answer(200, {"level": "A"}, **headers)) as held,  # type: ignore[arg-type]
        closing(credit.connect("credit", {"url": held.url, "current": True})) as made,
    ):
        told = made.level(SubjectKind.FIRM, testing.CODE, key="k-1", **testing.PURPOSE)
    assert told.current is current
    lain = None if told.as_of is None else round((told.provenance.asked_at - told.as_of).total_seconds() / 3600)
    assert (lain, told.provenance.as_of) == (hours, told.as_of)


def test_no_level_is_asked_for_without_a_case_and_a_basis() -> None:
    with (
        peer(answer(200, {"level": "A", "as_of": "2026-01-05"})) as held,
        closing(credit.connect("credit", {"url": held.url})) as made,
    ):
        for lacking in ({"case_id": " "}, {"basis": ""}):
            purpose = {**testing.PURPOSE, **lacking}
            error = caught(lambda told=purpose: made.level(SubjectKind.FIRM, testing.CODE, key="k-1", **told))  # type: ignore[misc]
            assert (type(error), error.code, error.attempts) == (Refused, "question_without_purpose", 0)
    assert held.heard == [], "nothing has left"


def test_a_performance_record_reaches_the_platform_whole() -> None:
    with peer(answer(200, {"receipt": 17})) as held, closing(credit.connect("credit", {"url": f"{held.url}/v2"})) as made:
        assert made.record(testing.ENTRY, key="k-1").reference == "17"
    assert held.heard[0].path == "/v2/entry"
    assert held.heard[0].json() == {
        "id": "E-1",
        "case": "C-1",
        "subject": {"kind": "FIRM", "code": testing.CODE},
        "grade": "kept",
        "outcome": "TRUE",
        "basis": "《行政许可法》第三十四条",
        "decided_by": "officer-1",
        "decided_at": "2026-01-06T09:00:00+00:00",
    }


def test_a_performance_record_names_the_dishonest_act_where_there_is_one() -> None:
    entry = replace(testing.ENTRY, grade="serious", outcome="FALSE_KNOWING", act="act-false-grave")
    with peer(answer(200, {"receipt": 17})) as held, closing(credit.connect("credit", {"url": f"{held.url}/v2"})) as made:
        made.record(entry, key="k-1")
    told = held.heard[0].json()
    assert (told["grade"], told["act"]) == ("serious", "act-false-grave")


def test_a_witness_hears_the_value_and_the_number_only() -> None:
    with peer(answer(200, {"receipt": "N-1"})) as held, closing(witness.connect("notary", {"url": held.url})) as made:
        assert made.lodge("D-1", "ab" * 32, key="k-1").reference == "N-1"
    assert held.heard[0].json() == {"draw": "D-1", "value": "ab" * 32}
    assert "x-correlation-id" not in held.heard[0].headers


def test_a_beat_is_heard_whatever_is_answered_but_not_when_refused() -> None:
    steps = answer(200, body=b"x" * 3000), answer(404)
    with peer(*steps) as held, closing(pulse.connect("pulse", {"url": held.url, "max_reply_bytes": 1000})) as made:
        made.beat()
        assert isinstance(caught(made.beat), Barred)


def test_letters_for_the_liaison_officer_and_the_head_go_to_paths_of_their_own() -> None:
    with peer(answer(200, {"receipt": "N-1"})) as other:
        told = {"url": other.url, "path": "/hall", "path_liaison": "/liaison", "path_head": "/head"}
        own = {LetterKind.LIAISON: "/liaison", LetterKind.HEAD: "/head"}
        with closing(agency.connect("housing", told)) as made:
            for kind in LetterKind:
                made.send(replace(LETTER, kind=kind), key=f"k-{kind}")
                assert made.apart(kind) == (kind in own)
            for kind in own:
                made.send(replace(LETTER, kind=LetterKind.CANCEL, reader=kind), key=f"over-{kind}")
    assert [heard.path for heard in other.heard] == [*(own.get(kind, "/hall") for kind in LetterKind), "/liaison", "/head"]
