"""The contract suite earns its keep: a connector written carelessly does not pass it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx
import pytest

from inspector.ports import Answer, AnswerStatus, Card, Origin, Provenance, Question, Refused, Unavailable
from inspector.testing import OverHttp, SourceContract
from inspector.testing.faults import table


class Careless:
    """Follows redirects, trusts every certificate, knows no status, logs the subject and tells addresses in its errors."""

    def __init__(self, name: str, config: Mapping[str, Any]) -> None:
        self.card = Card(name=name, port="source", kind="careless", owner="x", version="1")
        self._url = config["url"]
        self._client = httpx.Client(verify=False, follow_redirects=True, timeout=config.get("read_seconds", 2))  # noqa: S501

    def ask(self, question: Question, *, key: str) -> Answer:
        if not question.case_id.strip() or not question.basis.strip():
            raise Refused("question_without_purpose", origin=Origin.US)
        asked_at = datetime.now(UTC)
        logging.getLogger("careless").debug("asked for %s", question.subject_code)
        try:
            told = self._client.post(self._url, json={"code": question.subject_code}, headers={"Idempotency-Key": key}).json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("failed", detail=f"{self._url}: {error}") from error
        where = Provenance(
            source=self.card.name,
            owner=self.card.owner,
            asked_at=asked_at,
            as_of=None,
            source_version="",
            request_digest="0" * 64,
            reply_digest="0" * 64,
            attempts=1,
        )
        return Answer(status=AnswerStatus.FOUND, value=str(told.get("value", "")), provenance=where)

    def close(self) -> None:
        self._client.close()


class Suite(OverHttp, SourceContract):
    factory: ClassVar[Callable[[str, Mapping[str, object]], Any]] = Careless
    told: ClassVar[object] = {"value": "true"}


@pytest.fixture(scope="module")
def suite() -> Iterator[Suite]:
    Suite.setup_class()
    yield Suite()
    Suite.teardown_class()


def test_a_good_other_side_is_not_enough_to_see_it(suite: Suite) -> None:
    suite.test_an_answer_shows_where_it_comes_from()
    suite.test_the_same_call_with_the_same_key_succeeds_again()


@pytest.mark.parametrize("name", ["500", "429-after-seconds", "error-in-a-200", "packed"])
def test_it_does_not_pass_where_something_goes_wrong(suite: Suite, name: str, caplog: pytest.LogCaptureFixture) -> None:
    (way,) = suite.ways()
    (fault,) = [one for one in table(suite.told, heeds=True, empty=False) if one.name == name]
    logging.getLogger("careless").disabled = True  # or else this alone would be found each time
    try:
        with pytest.raises(AssertionError):
            suite.test_a_fault_of_the_other_side_becomes_what_it_is(way, fault, caplog)
    finally:
        logging.getLogger("careless").disabled = False


def test_its_log_gives_the_subject_away(suite: Suite, caplog: pytest.LogCaptureFixture) -> None:
    (way,) = suite.ways()
    (fault,) = [one for one in table(suite.told, heeds=True, empty=False) if one.name == "hung-up"]
    with pytest.raises(AssertionError, match="an error or a log repeats"):
        suite.test_a_fault_of_the_other_side_becomes_what_it_is(way, fault, caplog)


def test_it_is_caught_trusting_strangers_and_following_them(suite: Suite) -> None:
    (way,) = suite.ways()
    with pytest.raises(AssertionError):
        suite.test_where_tls_fails_nothing_is_said(way)
    with pytest.raises(AssertionError):
        suite.test_a_redirect_is_a_wrong_address_and_nothing_follows_it(way)
