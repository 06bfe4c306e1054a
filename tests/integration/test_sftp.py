"""File exchange by SFTP: the server is known by its key, only whole files are fetched, and nothing that goes wrong is evidence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.credit import sftp as credit
from connectors.sources import sftp as source
from inspector.cli.reaching import secrets
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.ports import Barred, NotYet, PortError, Unavailable
from inspector.testing import CODE, PRIVATE, QUESTION, SourceContract, caught
from inspector.testing.peer import nobody
from tests import sftp
from tests.deliveries import ROWS, Exchange, csv
from tests.frontends import CLAIMED, outcome, verdict
from tests.openssh import openssh
from tests.relay import HARMS, Mode, relay
from tests.sftp import USER, WORD, Server, credential, key, keys, known

pytestmark = pytest.mark.slow

REVOKED = csv([["dm", "zt"], [CODE, "注销"], *ROWS[2:]])
"""What speaks against the subject, in deliveries that are never to be used."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with sftp.server(tmp_path_factory.mktemp("there")) as held:
        yield held


@pytest.fixture
def exchange(there: Server, tmp_path: Path) -> Exchange:
    """What the server shows, new for each test, beside a place of our own."""
    there.root, there.endless = tmp_path, False
    made = Exchange(tmp_path)
    made.folder.mkdir()
    return made


@contextmanager
def fetching(exchange: Exchange, port: int, **more: object) -> Iterator[source.SftpSource]:
    with closing(source.connect("front", keys(exchange, port, **more))) as made:
        yield made


def fetched(exchange: Exchange) -> set[str]:
    return {file.name for folder in (exchange.at / "keep").glob("*.in") for file in folder.iterdir()}


class TestSftpSource(SourceContract):
    """The public contract suite."""

    private = (*PRIVATE, WORD, "127.0.0.1")

    @pytest.fixture(autouse=True)
    def _folder(self, exchange: Exchange, there: Server) -> Iterator[None]:
        exchange.deliver(csv())
        self.exchange, self.there = exchange, there
        with nobody() as address:
            self.silent = int(address.rpartition(":")[2])
            yield

    def connect(self) -> Any:
        return source.connect("front", keys(self.exchange, self.there.port))

    def connect_silent(self) -> Any:
        return source.connect("front", keys(self.exchange, self.silent, keep=str(self.exchange.at / "empty")))


def test_credit_levels_come_from_such_a_server_too_and_a_word_that_was_not_agreed_refuses_the_delivery(
    exchange: Exchange, there: Server
) -> None:
    told = {name: value for name, value in keys(exchange, there.port).items() if name != "facts"}
    exchange.deliver(csv())
    with closing(credit.connect("levels", {**told, "level_column": "zt", "levels": {"存续": "A", "注销": "D"}})) as made:
        made.pick_up()
        assert made.level(SubjectKind.FIRM, CODE, key="k", case_id="", basis="").level == "A"
        exchange.deliver(csv([["dm", "zt"], [CODE, "吊销"], *ROWS[2:]]), day="20260107")
        until = time.monotonic() + 10
        while not made.refused and time.monotonic() < until:  # a question of before may be looking at this very moment
            made.pick_up()
        assert made.level(SubjectKind.FIRM, CODE, key="k", case_id="", basis="").level == "A", "the one before answers"
        assert [(one.code, one.facts["row"], one.facts["value"]) for one in made.refused] == [("delivery_word", 2, "吊销")]


def test_a_delivery_is_fetched_by_password_or_key_and_nothing_is_written_there(exchange: Exchange, there: Server) -> None:
    exchange.deliver(csv(), as_of="2026-01-06T08:00:00")
    (exchange.folder / "qy-20260107.csv.part").write_bytes(REVOKED)
    (exchange.folder / "qy-20260107.csv.part.json").write_text('{"rows": 3}')
    (exchange.folder / "elsewhere.txt").write_bytes(b"x")
    (exchange.folder / "qy-20260108.csv").symlink_to(exchange.at / "word")
    (exchange.folder / "qy-20260108.csv.json").write_text('{"rows": 1}')
    by_key = credential(exchange.at, "key", key("office").export_private_key())
    for more in ({}, {"key_file": by_key, "password_file": None}):
        with fetching(exchange, there.port, **more) as made:
            made.pick_up()
            answer = made.ask(QUESTION, key="k-1")
            assert (answer.value, verdict(answer), made.card.kind) == (CLAIMED, Verdict.MATCH, "sftp")
            assert answer.provenance.source_version == "qy-20260106.csv"
        assert fetched(exchange) == {"qy-20260106.csv", "qy-20260106.csv.json"}
        assert all(path.stat().st_mode & 0o077 == 0 for path in (exchange.at / "keep").rglob("*.in"))
        shutil.rmtree(exchange.at / "keep")
    assert there.writes == []
    assert set(there.visits) == {USER}


def test_what_was_fetched_is_fetched_once_and_goes_when_the_other_side_clears_it_away(exchange: Exchange, there: Server) -> None:
    for day in range(1, 6):
        exchange.deliver(csv(), f"2026010{day}")
    with fetching(exchange, there.port, newest=2) as made:
        made.pick_up()
        (folder,) = (exchange.at / "keep").glob("*.in")
        assert {file.name for file in folder.glob("*.csv")} == {"qy-20260104.csv", "qy-20260105.csv"}
        before = {file.name: file.stat().st_ino for file in folder.iterdir()}
        made.pick_up()
        assert {file.name: file.stat().st_ino for file in folder.iterdir()} == before
        exchange.deliver(csv([*ROWS, ["X-4", "注销"]]), "20260106", rows=4)
        (exchange.folder / "qy-20260105.csv").unlink()
        made.pick_up()
        assert {file.name for file in folder.glob("*.csv")} == {"qy-20260104.csv", "qy-20260106.csv"}
        shutil.rmtree(exchange.folder)
        exchange.folder.mkdir()
        made.pick_up()
        assert fetched(exchange) == set()
        assert made.ask(QUESTION, key="k-1").provenance.source_version == "qy-20260106.csv", "the last good one stays"


def test_whoever_is_not_whom_we_know_is_told_nothing_and_a_wrong_password_is_ours(exchange: Exchange, there: Server) -> None:
    exchange.deliver(csv())
    wrong = credential(exchange.at, "wrong", b"another word")
    stranger = credential(exchange.at, "stranger", key("stranger").export_private_key())
    cases: tuple[tuple[dict[str, object], str], ...] = (
        ({"known_hosts_file": known(exchange.at, "other")}, "host_unknown"),
        ({"password_file": wrong}, "unauthorised"),
        ({"password_file": None, "key_file": stranger}, "unauthorised"),
        ({"url": f"sftp://{USER}@127.0.0.1:{there.port}/nowhere"}, "folder_missing"),
    )
    there.visits.clear()
    for more, code in cases:
        with fetching(exchange, there.port, **more) as made:
            error = caught(lambda made=made: made.look())  # type: ignore[misc]
            assert (type(error), error.code) == (Barred, code)
            assert all(word not in str(error) for word in (USER, WORD, "127.0.0.1"))
            assert outcome(made) == "barred", "who asks is told, while there is no delivery at all"
    assert len(there.visits) == 2, "only the last has come in, to look and to fetch"
    with fetching(exchange, there.port) as made:
        Path(made._config.password_file).chmod(0o644)
        error = caught(made.pick_up)
        assert (type(error), error.code) == (Barred, "key_unreadable")
        credential(exchange.at, "word", WORD.encode())
        made.pick_up()
        assert outcome(made) == "match", "a password that was mended is used without a restart"


def test_a_host_that_nobody_knows_is_a_fault_of_the_settings(
    exchange: Exchange, there: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = exchange.at / "empty"
    for content in (b"", b"files.example " + key("host").export_public_key("openssh"), b"127.0.0.1 ssh-ed25519 x\n", b"\xff\xfe"):
        empty.write_bytes(content)
        with pytest.raises(Invalid, match="connector_known_hosts"):
            source.connect("front", keys(exchange, there.port, known_hosts_file=str(empty)))
    assert [key for key, _ in secrets(keys(exchange, there.port))] == ["password_file"], "a host's key is no secret"
    for more in (
        {"url": f"sftp://{USER}:{WORD}@127.0.0.1/in"},
        {"url": "sftp://127.0.0.1/in"},
        {"url": f"sftp://{USER}@127.0.0.1"},
        {"url": f"ftp://{USER}@127.0.0.1/in"},
        {"key_file": "both"},
        {"password_file": None},
        {"fetch_seconds": 0},
        {"newest": 0},
    ):
        with pytest.raises(Invalid, match="connector_key_range"):
            source.connect("front", keys(exchange, there.port, **more))
    with pytest.raises(Invalid, match="connector_secret_unreadable"):
        source.connect(
            "front",
            keys(exchange, there.port, password_file=None, key_file=credential(exchange.at, "no", b"-----BEGIN NOTHING-----")),
        )
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    with pytest.raises(Invalid, match="connector_library_missing"):
        source.connect("front", keys(exchange, there.port))


def test_a_file_that_still_grows_or_changes_under_way_is_left_for_the_next_look(exchange: Exchange, there: Server) -> None:
    exchange.deliver(csv())
    growing = exchange.folder / "qy-20260107.csv"
    growing.write_bytes(REVOKED)
    (exchange.folder / f"{growing.name}.json").write_text('{"rows": 3}')
    over = threading.Event()

    def grow() -> None:
        while not over.wait(0.02):
            with growing.open("ab") as held:
                held.write(b"X-9,x\n")

    writing = threading.Thread(target=grow)
    writing.start()
    try:
        with fetching(exchange, there.port, still_seconds=1.0) as made:
            made.pick_up()
            assert fetched(exchange) == {"qy-20260106.csv", "qy-20260106.csv.json"}
            assert outcome(made) == "match"
    finally:
        over.set()
        writing.join()
    there.endless = True
    with fetching(exchange, there.port) as made:
        made.pick_up()
    assert not any(name.startswith("qy-20260107") for name in fetched(exchange)), "more came than was there"


def test_what_counts_as_no_delivery_by_name_or_manifest_is_told_and_not_fetched(exchange: Exchange, there: Server) -> None:
    exchange.deliver(csv())
    late = exchange.deliver(REVOKED, "20260107", rows=None)
    (exchange.folder / "QY20260108.csv").write_bytes(REVOKED)
    with open(os.fsencode(exchange.folder) + b"/qy-20260109.\xd0\xed", "wb") as held:  # noqa: PTH123 - a name that no Path shows
        held.write(REVOKED)
    for file in exchange.folder.iterdir():
        os.utime(file, (time.time() - 3600,) * 2)
    with fetching(exchange, there.port) as made:
        made.pick_up()
        assert outcome(made) == "match"
        told = {one.file: one.code for one in made.supply(look=False).unused}
        assert told == {
            late.name: "delivery_unsaid",
            "QY20260108.csv": "delivery_misnamed",
            "qy-20260109.\\xd0\\xed": "delivery_misnamed",
        }
        seen = [str(one.facts["error"].facts["file"]) for one in made.look() if one.code == "delivery_passed"]  # type: ignore[attr-defined]
        assert sorted(seen) == sorted(told)
    assert fetched(exchange) == {"qy-20260106.csv", "qy-20260106.csv.json"}


def test_half_a_delivery_or_one_that_is_too_long_is_not_used_and_is_told(exchange: Exchange, there: Server) -> None:
    exchange.deliver(csv())
    exchange.deliver(REVOKED, "20260107", rows=None)
    exchange.deliver(REVOKED, "20260108", rows=9)
    exchange.deliver(REVOKED, "20260109", rows=3, sha256="0" * 64)
    with fetching(exchange, there.port) as made:
        made.pick_up()
        assert outcome(made) == "match"
        lying, used, *refused, unsealed = made.look()
        assert unsealed.code == "delivery_unsealed"
        assert (lying.code, lying.facts["count"], used.facts["file"]) == ("deliveries_lying", 3, "qy-20260106.csv")
        assert [one.facts["error"].code for one in refused] == ["delivery_digest", "delivery_rows"]  # type: ignore[attr-defined]
    exchange.deliver(REVOKED + b"X-9,x\n" * 9, "20260110", rows=12)
    with fetching(exchange, there.port, max_file_bytes=100) as made:
        _, used, *refused = made.look()
        assert next(one.facts["error"].code for one in refused) == "delivery_large"  # type: ignore[attr-defined]
        made.pick_up()
        assert "qy-20260110.csv" not in fetched(exchange)
        assert outcome(made) == "match"


FAULTS = ("refuse", "host", "word", *HARMS)


def spoiled(exchange: Exchange, there: Server, fault: str, **more: object) -> tuple[str, float, PortError | None]:
    """What a question comes to after a look that met with a fault, how long that took, and what it said."""
    error: PortError | None = None
    with nobody() as away, relay(("127.0.0.1", there.port)) as line:
        port = line.port
        if fault == "refuse":
            port = int(away.rpartition(":")[2])
        elif fault == "host":
            more |= {"known_hosts_file": known(exchange.at, "other")}
        elif fault == "word":
            more |= {"password_file": credential(exchange.at, "wrong", b"another word")}
        else:
            mode: Mode = fault  # type: ignore[assignment]
            line.mode = mode
        with fetching(exchange, port, connect_seconds=0.4, fetch_seconds=0.6, look_seconds=3600, **more) as made:
            made._files._looked = time.monotonic()
            began = time.monotonic()
            try:
                made.pick_up()
            except PortError as raised:
                error = raised
            return outcome(made), time.monotonic() - began, error


@pytest.mark.slow
def test_no_fault_in_any_order_is_a_match_or_a_mismatch_and_the_last_good_delivery_stays(
    exchange: Exchange, there: Server
) -> None:
    exchange.deliver(REVOKED, "20260105", rows=9)

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.sampled_from(FAULTS), max_size=4), st.lists(st.sampled_from(FAULTS), max_size=4))
    def holds(before: list[str], after: list[str]) -> None:
        shutil.rmtree(exchange.at / "keep", ignore_errors=True)
        good = exchange.folder / "qy-20260106.csv.json"
        good.unlink(missing_ok=True)
        assert {spoiled(exchange, there, fault)[0] for fault in before} <= {"unavailable"}
        exchange.deliver(csv())
        with fetching(exchange, there.port) as made:
            made.pick_up()
        exchange.deliver(REVOKED, "20260107", rows=9)
        assert {spoiled(exchange, there, fault)[0] for fault in after} <= {"match"}

    holds()


def test_each_fault_ends_in_time_and_says_nothing_about_anybody(exchange: Exchange, there: Server) -> None:
    exchange.deliver(REVOKED)
    for fault in FAULTS:
        told, took, error = spoiled(exchange, there, fault)
        assert (told, isinstance(error, Unavailable)) == ("unavailable", True), fault
        assert took < 15, f"{fault}: {took:.1f} s"
        assert fetched(exchange) == set(), fault


@pytest.mark.parametrize(
    "after", [pytest.param(2_000, marks=pytest.mark.slow), 60_000, pytest.param(400_000, marks=pytest.mark.slow)]
)
def test_a_wire_that_breaks_while_a_file_comes_leaves_nothing_of_it(exchange: Exchange, there: Server, after: int) -> None:
    exchange.deliver(csv())
    with fetching(exchange, there.port) as made:
        made.pick_up()
        rows = [[f"X-{number}", "存续"] for number in range(60_000)]
        exchange.deliver(csv([["dm", "zt"], [CODE, "注销"], *rows]), "20260107", rows=60_001)
    for mode, code in (("reset", "broken_off"), ("hang", "timeout")):
        with relay(("127.0.0.1", there.port)) as line:
            line.mode, line.spared = mode, after  # type: ignore[assignment]
            with fetching(exchange, line.port, fetch_seconds=0.8 if mode == "hang" else 30) as made:
                error = caught(made.pick_up)
                assert (type(error), error.code) == (Unavailable, code)
                assert outcome(made) == "match", "the last good one answers"
        assert fetched(exchange) == {"qy-20260106.csv", "qy-20260106.csv.json"}


def test_a_first_delivery_that_is_long_under_way_is_waited_for_and_closing_does_not_wait(
    exchange: Exchange, there: Server
) -> None:
    exchange.deliver(csv())
    with relay(("127.0.0.1", there.port)) as line:
        line.mode = "hang"
        made = source.connect("front", keys(exchange, line.port, budget_seconds=0.1, fetch_seconds=6, connect_seconds=9))
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (NotYet, "delivery_reading")
        began = time.monotonic()
        made.close()
        assert time.monotonic() - began < 4
        assert made._files._reading is not None
        made._files._reading.join(60)


@pytest.mark.needs("sftp")
def test_openssh_reads_from_the_server_of_these_tests_what_we_read(exchange: Exchange, there: Server) -> None:
    """So that it is not our own library alone that says what SFTP is."""
    exchange.deliver(csv())
    identity = credential(exchange.at, "key", key("office").export_private_key())
    batch = exchange.at / "batch"
    batch.write_text(f"cd in\nls -1\nget qy-20260106.csv {exchange.at}/theirs.csv\n")
    options = ["IdentitiesOnly=yes", "StrictHostKeyChecking=yes", f"UserKnownHostsFile={known(exchange.at)}"]
    how = ["-F", "none", "-i", identity, "-b", str(batch), "-P", str(there.port), *(f"-o{one}" for one in options)]
    told = subprocess.run(
        ["sftp", *how, f"{USER}@127.0.0.1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert told.returncode == 0, told.stderr
    assert (exchange.at / "theirs.csv").read_bytes() == csv()


@pytest.mark.needs("sshd")
def test_a_delivery_is_fetched_from_openssh_by_a_key_of_openssh_whose_host_is_known_by_a_hash() -> None:
    with openssh() as (exchange, told):
        exchange.deliver(csv())
        rows = [[f"X-{number}", "存续"] for number in range(60_000)]
        exchange.deliver(csv([["dm", "zt"], *rows, [CODE, "存续"]]), "20260107", rows=60_001)
        with fetching(exchange, 0, **told) as made:
            made.pick_up()
            answer = made.ask(QUESTION, key="k-1")
            assert (verdict(answer), answer.provenance.source_version) == (Verdict.MATCH, "qy-20260107.csv")
        stranger = credential(exchange.at, "stranger", key("stranger").export_private_key())
        for more, code in (({"known_hosts_file": known(exchange.at)}, "host_unknown"), ({"key_file": stranger}, "unauthorised")):
            with fetching(exchange, 0, **(told | more)) as made:
                assert caught(made.look).code == code
