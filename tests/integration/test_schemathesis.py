"""Generated requests against the described API: authenticated, with every check schemathesis has, on both databases.

One thing is set, nothing is left out: a message that fits its description may still be refused (404, 409, 422), because it names an
item, agency or date that the office does not know, or a thing in another state; the description cannot list those. So that the check of
accepted messages loses nothing by it, `fits` below fails when such a message is refused by any code but those that say so of this status.
"""

from __future__ import annotations

import inspect
import os
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.schemas import BaseSchema

from inspector.flows.office import Office
from inspector.settings import Web
from inspector.telemetry.metrics import Metrics
from inspector.web.app import build
from inspector.web.health import Health
from inspector.web.roles import Role
from tests.edge import WEB, Edge, serving
from tests.house import Hand, closing, open_store
from tests.living import FIRM, Living, living
from tests.materials import jpeg
from tests.operations import link_alone, link_or_token, roles, routes
from tests.postgres import Server

pytestmark = pytest.mark.slow
DOCS = Path(__file__).parents[2] / "docs" / "reference"
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "422", "429"]
UNFIT = {"path_unknown", "stale", "lease_lost", "message_invalid", "message_key_twice"}
"""What a fitting message to an operation that is there never hears: nothing at this address, another hand, not as described."""
OUT_OF_YEARS = "must lie between 1800-01-01 and 2999-12-31"
CODES = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", (DOCS / "errors.md").read_text("utf-8"), re.MULTILINE))
"""Every error by its code, with the status that the reference page gives it."""
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}}
EXAMPLES = int(os.environ.get("INSPECTOR_TEST_EXAMPLES", "25"))
"""Random requests for each operation, after those that visit each bound of its description; ./test --slow asks for 500, .ci/run for 100."""
BUSY = 60
"""Seconds for an answer: the largest bodies there are, on a machine that does other things."""
ON_POSTGRES = int(os.environ.get("INSPECTOR_TEST_EXAMPLES_POSTGRES", str(EXAMPLES)))
"""So many on PostgreSQL: what the edge refuses or takes is the same there, and the database is met by each operation all the same."""
QUIET = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
Case = schemathesis.Case[Any]
ROUTES = {(method, route.path_format): route for method, route in routes()}
DEAF = {"401", "403", "404", "405", "406", "411", "413", "415"}
"""Answers that an operation's own rules have no part in."""
FURTHER = {
    *("extension_busy", "extension_not_drawn", "not_suspended"),
    *("request_not_urgent", "forward_unknown", "forward_nowhere", "date_not_proposed", "request_disputed"),
    *("request_undisputed", "catalogue_basis_repealed"),
}
"""What an operation says that needs more than one thing in one state; that it is done is shown by tests of its own."""
LATER = {
    "dispute]": {"refusal_missing", "request_closed"},
    "replies]": {"signature_wrong"},
    "receipts]": {"signature_wrong"},
    "mistaken-repeals]": {"catalogue_repeal_unknown"},
    "choices]": {"clash_over", "not_the_lead"},
    "looked-at]": {"look_none"},
    "{digest}]": {"look_none", "material_unknown"},
    "codes]": {"visit_code_unsigned"},
    "attempts]": {"attempt_about_nothing"},
    "consequences]": {"consequence_not_adverse"},
    "scans]": {"visit_code_unreadable"},
    "ruled]": {"publication_nothing_to_rule"},
    "letter-publicity]": {"pledge_understood"},
    "published]": {"publication_closed"},
    "recusals]": {"seat_passed_on", "seat_not_held"},
    "announcement]": {"announce_untried"},
    "agreement]": {"send_back_unasked"},
    "refusal]": {"send_back_unasked"},
    "withdrawal/answer]": {"withdrawal_unasked"},
    "withdrawal/follow-up]": {"withdrawal_not_overtaken"},
    "filed]": {"visit_filing_none"},
    "attested]": {"visited_out_of_range", "attest_unsat", "attest_needless", "visit_closed"},
    "day]": {"conflict_none", "visit_closed"},
    "annulment/undo]": {"bar_unannulled"},
}
"""Likewise of one operation, by the end of its name: a refusal that could be disputed is over before anybody disputes it here."""
FITTING: dict[str, Any] = {
    "agency": "bureau",
    "matter": "LICENCE",
    "item": "business-licence",
    "kind": "FIRM",
    "code": FIRM,
    "fact": "registration-status",
    "text": "本单位承诺",
    "notice_version": "2025-01",
    "digest": None,
    "proxy": None,
    "concluded_at": None,
    "signed_on": "2026-03-01",
    "plan": "weekly",
    "level": "A",
    "as_of": "2026-03-01T00:00:00+08:00",
    "party": None,
    "held_at": None,
    "outcome": "UNVERIFIABLE",
    "evidence": (),
    "reasons": "两次函询均无结果",
    "reason": "与当事人有亲属关系",
    "verdict": "match",
    "findings": [],
    "content": b64encode(jpeg()).decode(),
    "of_day": None,
}
"""What this office can do something with, by the field's name."""
NEEDED: dict[str, dict[str, Any]] = {
    "/v1/assistance/{request_id}/answer": {"verdict": "match"},
    "/v1/assistance/{request_id}/decline": {"signer": "王五", "inability": "NOT_HELD"},
    "/v1/assistance/{request_id}/date": {"day": "2026-03-20"},
    "/v1/assistance/{request_id}/forward": {"to": "archive"},
    "/v1/assistance/{request_id}/transcription": {
        "written": "来函原文",
        "scan": "0" * 64,
        "came": None,
        "posted": None,
        "signer": "王五",
    },
    "/v1/cases/{case_id}/send-back": {
        "reason": "OTHER_AGENCY",
        "words": "应由住房和城乡建设部门办理",
        "competent": "",
        "same_as": "",
    },
    "/v1/cases/{case_id}/suspension": {"reason": "TESTING", "until": "2026-03-31", "evidence": "送检单第5号"},
    "/v1/cases/{case_id}/resumption": {"evidence": "检测报告已收到"},
    "/v1/catalogue/mistaken-repeals": {"source": "S0", "reason": "登记有误"},
    "/v1/catalogue/repeals": {"source": "S0", "on": "2026-07-01"},
    "/v1/self-proofs/{proof_id}/reading": {"verdict": "match", "value": "", "of_day": "2026-03-01"},
    "/v1/consequences/{consequence_id}/decision": {"content": "", "lighter": False, "performance": ""},
    "/v1/consequences/{consequence_id}/recheck": {"good": False, "words": "尚未改正", "evidence": []},
    "/v1/visits/{visit}/attested": {"on": "2026-03-02", "evidence": "签到记录"},
    "/v1/visits/{visit}/day": {"on": "2026-03-20", "reasons": "依例外规定"},
    "/v1/seats/{name}/result/{channel}": {"findings": []},
    "/v1/seats/{name}/notes": {"findings": [], "seen": "NOTHING", "place": {}, "visited_on": None},
    "/v1/seats/{name}/photos": {"digest": sha256(jpeg()).hexdigest(), "case_id": None, "claim": None, "place": {}},
    "/v1/subject-notices": {"kind": "GUIDANCE"},
    "/v1/duty": {"officer": "hall", "since": "2026-03-01", "until": "2030-12-31"},
    "/v1/deputies": {"officer": "hall", "deputy": "clerk", "since": "2026-03-01", "until": "2030-12-31"},
    "/v1/subject-notices/{notice_id}/words": {"word": "DEFENCE", "words": "已恢复", "file": None},
    "/v1/findings": {"case_id": None, "claim": None, "subject": {"code": FIRM}, "verdict": "cannot_say", "on": "2026-03-02"},
    "/v1/tip-offs": {"subject": {"code": FIRM}, "case_id": None},
    "/v1/lead-checks/{check_id}/result": {"inspectors": ["A-1", "A-2"], "found": False},
    "/v1/visits/{visit}/recusals": {"applicant": "COLLEAGUE", "evidence": "户籍档案"},
}
"""What an operation asks for beside its required fields."""


@pytest.fixture(scope="session")
def described() -> BaseSchema:
    """The description: it depends on the code alone, so no office is needed to give it."""
    described = build(cast(Office, None), Metrics(), Health, lambda: True, WEB).openapi()
    return schemathesis.openapi.from_dict(described, config=SchemathesisConfig.from_dict(CONFIG))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An office with some of everything."""
    if request.param == "sqlite":
        with closing(open_store(f"sqlite:///{tmp_path_factory.mktemp('api') / 'inspector.sqlite3'}")) as store:
            yield living(store, Hand())
        return
    server: Server = request.getfixturevalue("postgres_server")
    url = server.lend()
    with closing(open_store(url)) as store:
        yield living(store, Hand())
    server.give_back(url)


@pytest.fixture(scope="module")
def edge(held: Living) -> Iterator[Edge]:
    """The edge in front of it."""
    with serving(held.office, Web(port=0)) as served:
        yield served


@pytest.fixture(scope="module")
def tokens(edge: Edge) -> dict[Role, str]:
    """A token of each role, for the whole office."""
    return {role: edge.token(role, "city", "hall") for role in Role}


@pytest.fixture(scope="module")
def sides(edge: Edge) -> dict[str, str]:
    """A token of each side of a request for help: who is above both acts for neither."""
    return {side: edge.token(Role.OFFICER, agency, "clerk") for side, agency in (("asked", "houses"), ("asks", "bureau"))}


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """What one operation answered. One that nobody got through to, or that never did anything, has not been tried."""
    answers: Counter[str] = Counter()
    yield answers
    assert {told[:3] for told in answers} - DEAF, f"nobody got through: {dict(answers)}"
    later = set[str]().union(*(codes for end, codes in LATER.items() if str(request.node.name).endswith(f"/{end}")))
    refused_by_state = {told for told in answers if told[4:] in FURTHER | later}
    assert refused_by_state or any(told.startswith("2") for told in answers), f"nothing was ever done: {dict(answers)}"


def headers(case: Case, edge: Edge, tokens: dict[Role, str], sides: dict[str, str]) -> dict[str, str]:
    """The right headers for a request: the token of a role that the operation names, or the link of the thing it names.

    Each sixteenth comes with a token of no matter whom: the refusal is to fit the description, too.
    """
    spoilt = case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)
    if spoilt and "Idempotency-Key" not in (case.headers or {}):
        return {}  # what was spoilt is the token itself: a good one would mend it
    route, draw = ROUTES.get((case.method, case.path)), chance(case)
    if route is None:  # a method that the path does not have
        return {"Authorization": f"Bearer {tokens[Role.OPS]}"}
    if link_alone(route):
        return {"X-Link-Token": edge.office.link_token("seat", str((case.path_parameters or {}).get("name", "")))}
    if link_or_token(route) and draw // 16 % 2:  # nobody above the agency that was asked answers in its place
        return {"Authorization": f"Bearer {sides['asked']}"}
    if case.path.startswith("/v1/assistance/{request_id}/") and Role.OFFICER in roles(route) and draw // 16 % 4:
        return {"Authorization": f"Bearer {sides['asks']}"}
    named = tuple(Role) if draw % 16 == 15 else roles(route) or ((Role.OFFICER,) if link_or_token(route) else (Role.OPS,))
    return {"Authorization": f"Bearer {tokens[named[draw // 16 % len(named)]]}"}


def chance(case: Case) -> int:
    """A number that a request is known by: what is changed of it must not change from one run to the next."""
    return int(sha256(repr((case.path_parameters, case.body, case.query)).encode()).hexdigest(), 16)


def to_real(case: Case, held: Living) -> None:
    """Put living things in the place of well-formed invented ones: in three of four requests in the path, in half also in the message.

    Each operation has things of its own: what one has ended no other one finds dead.
    """
    if case.meta is not None and not case.meta.generation.mode.is_positive:
        return
    draw = chance(case)
    if draw % 4 == 0:
        return
    told = {**FITTING, **held.fitting[""]}
    for name in dict(case.path_parameters or {}):
        if name == "inspector":  # whose seat at the visit before it is applied about
            case.path_parameters[name] = told.get("challenged", case.path_parameters[name])
            continue
        among = _kind(case.path, name)
        if among not in held.ids:  # an agency's own name, and nobody's to sign in: `test_signed_replies` does
            continue
        sharing = [key for key in ROUTES if held.family(among) in {held.family(_kind(key[1], one)) for one in _names(key[1])}]
        place = sharing.index((case.method, case.path)) if (case.method, case.path) in sharing else 0
        mine = held.ids[among][place :: len(sharing)] or held.ids[among]
        group = mine[draw // 4 % len(mine)]
        case.path_parameters[name] = living = group[draw // 256 % len(group)]
        told |= held.fitting.get(str(living), {})
    if draw % 4 > 1:
        if case.headers and draw // 1024 % 8:
            case.headers.pop("Idempotency-Key", None)  # generated ones are few: nearly every message would be a repetition
        if isinstance(case.body, dict):
            _fit(case.body, told)
            case.body.update(NEEDED.get(case.path, {}))


def _names(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _kind(path: str, name: str) -> str:
    """What a parameter of a path names: a `name` is one of what stands before it; whose result a platform returns, accepted it."""
    if path.endswith("/result/{channel}") and name == "name":
        return "returned"
    return path.split("/")[2] if name == "name" else name


def _fit(message: dict[str, Any], fitting: dict[str, Any]) -> None:
    """Each field that has a fitting value gets it, however deep it lies."""
    for name, value in message.items():
        if name in fitting:
            message[name] = fitting[name]
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                _fit(inner, fitting)


def fits(ctx: object, response: schemathesis.Response, case: Case) -> None:
    """A request made by the description is refused by a documented code of its status alone, and none that says it did not fit."""
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if any("%" in str(told) for told in (case.path_parameters or {}).values()):
        return  # the generator sends a percent sign as it stands, and `%ff` then arrives as another name
    if positive and response.status_code in (404, 409, 422) and case.method != "HEAD":
        error = response.json()["error"]
        code, problems = error["code"], error.get("facts", {}).get("problems", ())
        if code == "message_invalid" and problems and all(OUT_OF_YEARS in one["problem"] for one in problems):
            return  # a format has no bounds: the description says `date` and cannot say of which centuries
        assert code not in UNFIT, response.text
        assert CODES.get(code) == str(response.status_code), response.text


def finder(examples: int) -> Callable[..., None]:
    """One operation's requests, so many of them."""

    @settings(QUIET, max_examples=examples)
    def find_nothing(
        case: Case, edge: Edge, tokens: dict[Role, str], sides: dict[str, str], held: Living, seen: Counter[str]
    ) -> None:
        """One request; its other arguments are the fixtures of their names."""
        to_real(case, held)
        told = headers(case, edge, tokens, sides)
        answer = case.call_and_validate(base_url=edge.url, headers=told, additional_checks=[fits], timeout=BUSY)
        error = "" if answer.status_code < 400 or case.method == "HEAD" else answer.json()["error"]["code"]
        seen[f"{answer.status_code} {error}".strip()] += 1

    return find_nothing


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("operation", list(ROUTES), ids=" ".join)
def test_nothing_is_found(
    operation: tuple[str, str], held: Living, described: BaseSchema, seen: Counter[str], request: pytest.FixtureRequest
) -> None:
    """What `described.parametrize()` would do, but here: it makes up the requests at collection, seconds in every test process."""
    load_all_checks()
    method, path = operation
    told, examples = described[path][method], EXAMPLES if held.office.store.sqlite else ON_POSTGRES
    test = build_operation_test(
        config=described.config,
        operation=told,
        test_func=(find := finder(examples)),
        given_kwargs={},
        feedback=FeedbackSources(constants_value_source=make_constants_value_source(described)),
    )
    test(**{name: request.getfixturevalue(name) for name in inspect.signature(find).parameters if name != "case"})
    if list(told.iter_parameters()) or list(told.body):
        assert seen.total() >= examples, "it was tried as often as was asked for"


def test_every_operation_of_the_description_is_tried(described: BaseSchema) -> None:
    operations = [one.ok() for one in described.get_all_operations() if isinstance(one, Ok)]
    assert {(one.method.upper(), one.path) for one in operations} == set(ROUTES)
