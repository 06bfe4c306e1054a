"""How `connector check` ends: mended here, to be handed to the other side, or to be tried again."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.testing.peer import Step, answer, never, peer
from tests.operator import Operator

pytestmark = [pytest.mark.alike, pytest.mark.slow]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()


CANARY = 'kind = "http"\ntries = 1\ncanary = { fact = "registration-status", code = "TEST1", basis = "x" }\n'


@pytest.mark.parametrize(
    ("step", "code", "fault", "says"),
    [
        pytest.param(answer(200, {"code": 77}), 1, "ours", "ok_codes", id="a code in no list"),
        pytest.param(answer(401), 1, "ours", "account, key and rights", id="not let in"),
        pytest.param(answer(404), 1, "ours", "url and path", id="a wrong path"),
        pytest.param(answer(200, body=b"<html></html>"), 6, "theirs", "hand the words", id="a page"),
        pytest.param(
            answer(200, body='{"code": "成功"}'.encode("gb18030")), 6, "theirs", "hand the words", id="another encoding"
        ),
        pytest.param(answer(503), 5, "away", "nothing is lost", id="out of service"),
        pytest.param(never, 5, "away", "nothing is lost", id="silent"),
    ],
)
def test_a_scripts_author_reads_from_the_exit_code_whether_to_mend_to_hand_on_or_to_try_again(
    operator: Operator, step: Step, code: int, fault: str, says: str
) -> None:
    with peer(step) as there:
        operator.settle_in(f'\n[sources.one]\nurl = "{there.url}"\nread_seconds = 0.3\nbudget_seconds = 1.0\n{CANARY}')
        operator.well("migrate")
        said = operator.say("connector", "check", "one", "--json")
        (found,) = [row for row in said.json if row["state"] == "FAIL"]
    assert (said.code, found["fault"], says in found["mend"]) == (code, fault, True), found
    assert " < " not in found["message"], "kinds of our own errors say nothing to a reader"
    assert code != 5 or fault == "away"


def test_of_several_connectors_what_is_to_be_mended_here_comes_first_and_what_to_hand_on_before_what_to_try_again(
    operator: Operator,
) -> None:
    with peer(answer(200, body=b"<html></html>")) as page, peer(answer(503)) as away, peer(answer(401)) as shut:
        rows = {"page": page, "away": away, "shut": shut}
        for held, code in ((("away",), 5), (("page", "away"), 6), (("page", "away", "shut"), 1)):
            sections = (f'[sources.{name}]\nurl = "{rows[name].url}"\n{CANARY}' for name in held)
            operator.settle_in("\n" + "".join(sections))
            assert operator.say("connector", "check").code == code, held
