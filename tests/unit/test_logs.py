"""Logs: one chain for everybody, and nothing in them that must not be written."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest
import structlog

from inspector.domain.errors import Invalid
from tests.engine import lines, listening

CITIZEN = "110105194912310021"
PHONE = "13812345678"
TOKEN = "ins_Zm9vYmFyYmF6cXV4"
LINK = "/assist/case-1:2/QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
KEY = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
SECRETS = (CITIZEN, PHONE, TOKEN, LINK.rpartition("/")[2], KEY)


@dataclass
class Applicant:
    """As flows pass them around."""

    name: str
    code: str


def said(**told: object) -> str:
    with listening() as stream:
        structlog.get_logger("test").info("case.opened", **told)
    return stream.getvalue()


def test_an_event_asks_for_no_lock_that_a_hundred_threads_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking a logger up takes the one lock of `logging`: done at each event, it was what the threads of work waited for most."""
    log = structlog.get_logger("test.of_many_threads")
    with listening():
        log.info("case.opened")
        asked: list[str] = []
        look_up = logging.Manager.getLogger

        def noted(self: logging.Manager, name: str) -> logging.Logger:
            asked.append(name)
            return look_up(self, name)

        monkeypatch.setattr(logging.Manager, "getLogger", noted)
        log.info("case.opened")
        log.debug("connector.called")
        assert asked == []


def test_a_tick_left_out_while_the_one_before_still_runs_is_a_metric_and_no_warning() -> None:
    with listening() as stream:
        told = logging.getLogger("apscheduler.scheduler")
        told.warning('Execution of job "%s" skipped: maximum number of running instances reached (%d)', "seal", 1)
        told.warning("something else")
    assert [line["event"] for line in lines(stream)] == ["something else"]


def test_ours_and_the_standard_librarys_events_go_through_one_chain() -> None:
    with listening() as stream, structlog.contextvars.bound_contextvars(case_id="case-1"):
        structlog.get_logger("ours").info("case.opened", item="business-licence")
        logging.getLogger("theirs").warning("slow answer from %s", "registers")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["item"], ours["level"], ours["logger"]) == ("case.opened", "business-licence", "info", "ours")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("slow answer from registers", "warning", "theirs")
    assert {ours["case_id"], theirs["case_id"]} == {"case-1"}
    assert ours["timestamp"].endswith("Z")
    assert theirs["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "told",
    [
        {"detail": f"asked for {CITIZEN} and {PHONE} with {TOKEN} at {LINK} by {KEY}"},
        {"detail": {"deep": [{"deeper": (f"号码{CITIZEN}，电话{PHONE}", TOKEN, LINK, KEY)}]}},
        {"detail": {CITIZEN: PHONE, TOKEN: LINK, KEY: 1}},
        {"detail": ValueError(f"{CITIZEN} {PHONE} {TOKEN} {LINK} {KEY}")},
        {"detail": f"{CITIZEN} {PHONE} {TOKEN} {LINK} {KEY}".encode()},
        {"detail": {int(CITIZEN), int(PHONE)}},
        {"detail": [int(CITIZEN), int(PHONE)]},
        {"detail": Applicant(name="张三", code=CITIZEN)},
    ],
    ids=["text", "nested", "keys", "exception", "bytes", "set", "numbers", "object"],
)
def test_numbers_tokens_and_link_secrets_are_masked_by_shape_wherever_they_stand(told: dict[str, object]) -> None:
    text = said(**told)
    assert not [secret for secret in (*SECRETS, "张三") if secret in text]
    assert "case.opened" in text


def test_an_id_of_ours_is_no_phone_number_and_a_phone_number_beside_letters_is_one() -> None:
    held = "019acd13812345678eab4455667788ff"
    assert held in said(case_id=held, detail=f"c/{held}")
    text = said(detail=f"tel{PHONE} fax{PHONE}a {held[:-1]}")
    assert PHONE not in text


@pytest.mark.parametrize(
    "field", ["authorization", "token", "secret", "password", "name", "subject", "code", "signer", "address"]
)
def test_fields_that_hold_personal_data_or_secrets_are_masked_by_name(field: str) -> None:
    text = said(**{field: "张三丰"}, given={field: "张三丰", "inner": [{field: "张三丰"}]})
    assert "张三丰" not in text
    assert text.count("***") == 3


@pytest.mark.parametrize(
    "secret", ["postgresql://inspector:hunter22@db/inspector", "Authorization: Bearer hunter22hunter22", "Basic hunter22hunter22"]
)
def test_a_password_in_an_address_or_a_header_is_masked(secret: str) -> None:
    assert "hunter22" not in said(detail=f"cannot reach {secret}")


def test_what_is_no_secret_stays_readable() -> None:
    (told,) = [said(kind="ask", tries=3, seconds=0.5, ok=True, none=None, case_id="018f2b6c7d3e", reason="登记状态为吊销")]
    for part in ('"kind": "ask"', '"tries": 3', '"seconds": 0.5', '"ok": true', '"none": null', "018f2b6c7d3e", "登记状态为吊销"):
        assert part in told


def stumble(number: str) -> None:
    local_secret = "in a local variable"
    raise LookupError(f"no answer about {number}: {len(local_secret)}")


@pytest.mark.parametrize("json_lines", [True, False])
@pytest.mark.parametrize("theirs", [True, False])
def test_a_traceback_names_its_functions_and_shows_no_values(json_lines: bool, theirs: bool) -> None:
    with listening(json_lines=json_lines) as stream:
        try:
            stumble(CITIZEN)
        except LookupError:
            if theirs:
                logging.getLogger("theirs").exception("failed")
            else:
                structlog.get_logger("ours").exception("request.failed")
    text = stream.getvalue()
    assert "LookupError" in text
    assert "stumble" in text
    assert "in a local variable" not in text.replace('local_secret = "in a local variable"', "")
    assert CITIZEN not in text
    assert "no answer about" not in text.replace('f"no answer about {number}', ""), "what others say of a value may repeat it"


NAME = "张三"


def misread(held: dict[str, str], name: str) -> str:
    try:
        return held[name]
    except KeyError as error:
        raise Invalid("item_unknown", item="no-such-item") from error


@pytest.mark.parametrize("json_lines", [True, False])
def test_of_another_ones_error_only_kind_and_place_are_written_and_of_ours_the_code_too(json_lines: bool) -> None:
    with listening(json_lines=json_lines) as stream:
        try:
            misread({}, NAME)
        except Invalid:
            structlog.get_logger("ours").exception("request.failed")
    text = stream.getvalue()
    assert NAME not in text
    assert all(part in text for part in ("KeyError", "Invalid", "item_unknown", "no-such-item", "test_logs.py"))


def test_text_for_eyes_is_masked_too() -> None:
    with listening(json_lines=False) as stream:
        structlog.get_logger("ours").info("case.opened", detail=f"{CITIZEN} {TOKEN}", name="张三")
    assert not [secret for secret in (CITIZEN, TOKEN, "张三") if secret in stream.getvalue()]


def test_the_http_libraries_do_not_tell_the_addresses_they_call_or_serve() -> None:
    with listening(level="DEBUG") as stream:
        for name in ("httpx", "httpcore.connection", "uvicorn", "uvicorn.access", "apscheduler.scheduler"):
            logging.getLogger(name).info("GET http://agency.test/seat/1/secret")
    assert stream.getvalue() == ""


def test_the_level_holds_for_everybody() -> None:
    with listening(level="ERROR") as stream:
        for name in ("httpx", "apscheduler.executors", "theirs"):
            logging.getLogger(name).warning("late")
        structlog.get_logger("ours").warning("late")
        structlog.get_logger("ours").error("database.away")
    assert [line["event"] for line in lines(stream)] == ["database.away"]
