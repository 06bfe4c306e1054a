"""The other side of HTTP for any port's suite: it comes along, answers well or badly, and remembers what it heard."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from inspector.ports import Answer, Barred, PortError, Rating, Receipt, Unavailable
from inspector.testing.contracts import STABLE, PortContract, Way, caught
from inspector.testing.faults import REDIRECTS, Fault, table
from inspector.testing.peer import Heard, Peer, Step, again, answer, delayed, followed, lost, nobody, peer
from inspector.testing.tls import authority


class OverHttp(PortContract):
    """The other side misbehaves over a real socket: each fault is the error it should be, soon, and silent about the subject.

    Put it before the suite of your port, say which `factory` makes the connector and what a good party answers (`told`: JSON, or a `Body`).
    """

    factory: ClassVar[Callable[[str, Mapping[str, object]], Any]]
    told: ClassVar[object] = {"receipt": "N-1"}
    once: ClassVar[Mapping[str, object]] = {"tries": 1, "budget_seconds": 20}
    """Settings for one try without haste."""
    hasty: ClassVar[Mapping[str, object]] = {"tries": 1, "read_seconds": 0.1, "budget_seconds": 0.2}
    """Settings that end every wait soon."""
    within: ClassVar[float] = 8.0
    """Seconds in which a hasty call must be over, with room for a busy machine."""

    apart: ClassVar[frozenset[str]] = frozenset()
    """Names of faults that mean something else to this party; its own suite says what."""

    party: ClassVar[Peer]
    elsewhere: ClassVar[Peer]
    stranger: ClassVar[Peer]
    silent: ClassVar[str]
    folder: ClassVar[Path]
    _open: ClassVar[ExitStack]

    def settings(self, folder: Path) -> Mapping[str, object]:  # noqa: ARG002 - for those who need it
        """Further settings of the connector; `folder` is a place for files with secrets."""
        return {}

    @classmethod
    def beside(cls) -> Mapping[str, Callable[[Heard], Step]]:
        """Paths that a well-behaved party answers beside what is asked, such as one that hands out tokens: see `Peer`."""
        return {}

    @classmethod
    def through(cls, heard: Heard, step: Step) -> Step:  # noqa: ARG003 - for those whose party answers through a gateway
        """What a gateway before the party makes of its answers, such as headers that only it puts there: see `Peer`."""
        return step

    def made(self, url: str, settings: Mapping[str, object]) -> Any:
        """A connector to the party at `url`."""
        return type(self).factory("party", {"url": url, **self.settings(self.folder), **settings})

    def connect(self) -> Any:
        """A connector to a party that answers well."""
        self.party.plays(answer(200, self.told))
        return self.made(self.party.url, self.once)

    def connect_silent(self) -> Any:
        """A connector to an address where nobody listens."""
        return self.made(self.silent, self.once)

    def promised(self) -> Mapping[str, object]:
        """A seed's promise as the party tells it; the script that is being played is left alone."""
        with peer(answer(200, self.told), through=self.through) as well:
            connector = self.made(well.url, self.once)
            promise: Mapping[str, object] = connector.promise("D-1", key="k-1")
            connector.close()
        return promise

    @classmethod
    def setup_class(cls) -> None:
        """One party for all tests of the class."""
        with ExitStack() as opening:
            cls.folder = Path(opening.enter_context(TemporaryDirectory()))
            cls.party = opening.enter_context(peer(answer(200, cls.told), beside=cls.beside(), through=cls.through))
            cls.elsewhere = opening.enter_context(peer(answer(200, cls.told)))
            cls.stranger = opening.enter_context(peer(answer(200, cls.told), tls=authority(cls.folder)[1]))
            cls.silent = opening.enter_context(nobody())
            cls._open = opening.pop_all()

    @classmethod
    def teardown_class(cls) -> None:
        """All of them gone."""
        cls._open.close()

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """A test for each fault to each method."""
        if "fault" in metafunc.fixturenames:
            tables = [(way, fault) for way in self.ways() for fault in table(self.told, heeds=way.heeds, empty=way.empty)]
            told = [(way, fault) for way, fault in tables if fault.name not in self.apart]
            metafunc.parametrize(("way", "fault"), told, ids=[f"{way.name}-{fault.name}" for way, fault in told])
        elif "way" in metafunc.fixturenames:
            metafunc.parametrize("way", self.ways(), ids=[way.name for way in self.ways()])

    def test_a_fault_of_the_other_side_becomes_what_it_is(self, way: Way, fault: Fault, caplog: Any) -> None:
        caplog.set_level(logging.DEBUG)
        self.party.plays(fault.step)
        with self._using(self.hasty if fault.hasty else self.once) as connector:
            began = time.monotonic()
            told, error = _told(lambda: way.call(connector, "k-1"))
            took = time.monotonic() - began
        assert took < self.within, f"it took {took:.1f} s"
        private = self.told_too_much(error, caplog.text)
        assert not private, f"an error or a log repeats {private}"
        if fault.becomes is None:
            assert error is None, f"{error!r} instead of an answer"
            self.party.plays(answer(200, self.told))
            with self._using(self.once) as connector:
                assert told == _meant(way.call(connector, "k-1"))
            return
        assert isinstance(error, fault.becomes), f"{told or error!r} instead of {fault.becomes.__name__}"
        assert STABLE.fullmatch(error.code)
        assert fault.origin in (None, error.origin)
        if isinstance(error, Unavailable):
            least, most = fault.after or (0, 0)
            assert least <= (error.retry_after or 0) <= most, f"retry_after {error.retry_after}, not from {least} to {most} s"

    def test_a_redirect_is_a_wrong_address_and_nothing_follows_it(self, way: Way) -> None:
        for status in REDIRECTS:
            self.party.plays(answer(status, Location=f"{self.elsewhere.url}/elsewhere"))
            with self._using(self.once) as connector:
                assert isinstance(caught(lambda made=connector: way.call(made, "k-1")), Barred)  # type: ignore[misc]
        assert self.elsewhere.heard == [], "it followed"

    def test_where_tls_fails_nothing_is_said(self, way: Way) -> None:
        for url in (self.party.url.replace("http:", "https:"), self.stranger.url):
            with self._using(self.once, url) as connector:
                assert isinstance(caught(lambda made=connector: way.call(made, "k-1")), Unavailable)  # type: ignore[misc]
        assert self.stranger.heard == [], "it trusts anybody's certificate"

    def test_what_is_sent_again_says_the_same_under_the_same_key(self, way: Way) -> None:
        self.party.plays(lost, answer(200, self.told))
        with self._using(self.once) as connector:
            assert isinstance(caught(lambda: way.call(connector, "k-1")), Unavailable)
            way.call(connector, "k-1")
        first, second = self.party.heard
        assert self.said(first) == self.said(second)
        if way.keyed:
            assert [self.key_of(heard.headers, heard.body) for heard in self.party.heard] == ["k-1", "k-1"]

    def test_an_answer_given_twice_answers_no_later_question(self, way: Way) -> None:
        self.party.plays(followed(answer(200, self.told)), answer(503))
        with self._using(self.once) as connector:
            way.call(connector, "k-1")
            assert isinstance(caught(lambda: way.call(connector, "k-2")), Unavailable)
        assert len(self.party.heard) == 2, "the second question was answered before it was asked"

    def test_an_answer_that_is_repeated_behind_the_next_question_does_not_answer_it(self, way: Way) -> None:
        self.party.plays(*again(answer(200, self.told), answer(503)))
        with self._using(self.once) as connector:
            way.call(connector, "k-1")
            assert isinstance(caught(lambda: way.call(connector, "k-2")), Unavailable), "it was taken for the next one's"

    def test_an_answer_that_comes_too_late_answers_no_later_question(self, way: Way) -> None:
        self.party.plays(delayed(answer(200, self.told), 0.6), answer(503))
        with self._using({**self.once, **self.hasty}) as connector:
            assert isinstance(caught(lambda: way.call(connector, "k-1")), Unavailable)
            time.sleep(0.5)  # by now it has been said
            end = time.monotonic() + 10
            # On a busy machine a hasty question gives up before it is sent: then it is asked anew.
            while len(self.party.heard) < 2 and time.monotonic() < end:
                assert isinstance(caught(lambda: way.call(connector, "k-2")), Unavailable)
        assert len(self.party.heard) >= 2, "no second question was heard"

    def said(self, heard: Heard) -> object:
        """What a request says, without what each try has of its own, such as its time and the signature over it."""
        return heard.method, heard.path, heard.body

    def key_of(self, headers: Mapping[str, str], body: bytes) -> str:  # noqa: ARG002 - some carry it in the body
        """The key by which the party knows a repetition."""
        return headers["idempotency-key"]

    @contextmanager
    def _using(self, settings: Mapping[str, object], url: str = "") -> Iterator[Any]:
        connector = self.made(url or self.party.url, settings)
        try:
            yield connector
        finally:
            connector.close()


def _told(act: Callable[[], object]) -> tuple[object, PortError | None]:
    """What came of a call, as far as it says something about the world, or its error."""
    try:
        return _meant(act()), None
    except PortError as error:
        return None, error


def _meant(told: object) -> object:
    """The meaning of an answer without its circumstances."""
    match told:
        case Answer():
            return told.status, told.value
        case Rating():
            return told.level
        case Receipt():
            return Receipt
        case _:
            return told
