"""What a sender hears of a message that cannot be used: its encoding by name, the field, and what may have been meant."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.edge import a_case
from tests.integration import test_bad_input

pytestmark = pytest.mark.alike
client, edge, untouched, JSON = test_bad_input.client, test_bad_input.edge, test_bad_input.untouched, test_bad_input.JSON
_CLAIM = {"key": "c1", "fact": "registration-status", "value": "x", "on": "2026-02-27"}


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-16", "UTF-16"), ("utf-16-be", "UTF-16BE"), ("gb18030", "GB 18030 (GBK)"), ("utf-32", "UTF-32")],
)
def test_a_message_in_another_encoding_is_told_by_its_name(
    untouched: None, client: httpx.Client, encoding: str, told: str
) -> None:
    answer = client.post("/v1/cases", content=json.dumps(a_case(), ensure_ascii=False).encode(encoding), headers=JSON)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["facts"]) == (400, "message_not_utf8", {"encoding": told})
    assert all(told in words and "UTF-8" in words for words in (error["message"], error["message_zh"]))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"agency": "bureu"}, "agency_not_yours", "agency"),
        ({"item": "busines-licence"}, "item_unknown", "item"),
        ({"matter": "BENEFIT"}, "matter_not_covered", "matter"),
        ({"subject": {"kind": "FIRM", "code": "-", "name": "某店"}}, "identity_empty", "subject.code"),
        ({"subject": {"kind": "PERSON", "code": "TEST1", "name": "某人"}}, "subject_not_covered", "subject.kind"),
        ({"claims": []}, "claims_missing", "claims"),
        ({"claims": [{"key": "c1", "fact": "registration-statu", "value": "x", "on": "2026-02-27"}]}, "fact_unknown", "claims.0.fact"),
        ({"letter": {"text": "承诺", "notice_version": "2025-01", "signed_by": "张三", "signed_on": "2026-09-01"}},
         "signed_in_future", "letter.signed_on"),
    ],
    ids=lambda told: told if isinstance(told, str) and "." not in told else None,
)  # fmt: skip
def test_what_cannot_be_used_names_its_field_and_what_may_have_been_meant(
    untouched: None, client: httpx.Client, changes: dict[str, object], code: str, field: str
) -> None:
    error = client.post("/v1/cases", json=a_case() | changes).json()["error"]
    assert (error["code"], error["facts"]["field"]) == (code, field)
    near = {"agency_not_yours": "bureau", "item_unknown": "business-licence", "fact_unknown": "registration-status"}.get(code)
    if near is not None:
        assert error["facts"]["nearest"] == near
        assert (f"nearest is {near}," in error["message"], f"最接近的是“{near}”，" in error["message_zh"]) == (True, True)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"subject": {"kind": "FIRM", "code": "TEST00000000000001", "name": "\u200b"}}, "text_blank", "subject.name"),
        ({"reference": "\u2800"}, "text_blank", "reference"),
        ({"claims": [_CLAIM, {**_CLAIM, "key": "c2", "value": "\u3000"}]}, "text_blank", "claims.1.value"),
        ({"claims": [_CLAIM, {**_CLAIM, "key": "c2", "fact": "nothing"}]}, "fact_unknown", "claims.1.fact"),
        ({"claims": [_CLAIM, {**_CLAIM, "key": "c2"}, _CLAIM]}, "claim_repeated", "claims.2.key"),
    ],
)
def test_a_field_is_named_with_all_it_lies_within_and_the_claim_by_its_number(
    untouched: None, client: httpx.Client, changes: dict[str, object], code: str, field: str
) -> None:
    error = client.post("/v1/cases", json=a_case() | changes).json()["error"]
    assert (error["code"], error["facts"]["field"]) == (code, field)


def test_what_may_stand_there_is_listed_with_one_sign_in_chinese(untouched: None, client: httpx.Client) -> None:
    error = client.post("/v1/cases", json=a_case() | {"matter": "OTHER"}).json()["error"]
    assert ("', '" in error["message_zh"], "'LICENCE'、'CONFIRMATION'" in error["message_zh"]) == (False, True)


def test_nothing_is_said_of_the_nearest_where_nothing_is_near(client: httpx.Client) -> None:
    error = client.post("/v1/cases", json=a_case() | {"item": "12345"}).json()["error"]
    assert error["facts"]["nearest"] == ""
    assert not any(word in error["message"] + error["message_zh"] for word in ("nearest", "最接近", "-;"))
