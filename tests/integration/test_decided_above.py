"""The common superior's decision: whose word it is, what it reads afterwards, and how whoever chose wrongly gets back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.evidence import Verdict
from inspector.domain.scoreboard import scores
from inspector.flows import explain, narrative
from inspector.flows.scoreboard import recent
from inspector.labels import label
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, open_office, settle
from tests.integration.test_api_assistance import SIGNED, say
from tests.integration.test_api_links import asked
from tests.integration.test_way import Post

pytestmark = pytest.mark.alike

WORD = {"reasons": "属于其职权", "signer": "区政府 李四"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office that asks other agencies, each of which takes its letters."""
    agencies = {name: Post(name) for name in ("housing", "civil-affairs", "county-office")}
    with serving(open_office(store, hand, agencies=agencies)) as held:
        yield held


def disputed(edge: Edge) -> tuple[str, str, str]:
    """A request whose agency disputes its competence: its id, the agency's page and the superior's."""
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency:
        assert say(agency, request_id, "dispute", about="COMPETENCE", **SIGNED)[0] == 200
    settle(edge.office)
    return request_id, f"/assist/{request_id}/{link}", f"/oversee/{request_id}/{edge.office.link_token('oversee', request_id)}"


def explained(edge: Edge, case_id: str, lang: str = "en") -> str:
    """What `case explain` says."""
    with edge.office.store.read() as tx:
        return "\n".join(narrative.lines(explain.explain(edge.office, tx, case_id), lang))  # type: ignore[arg-type]


def test_that_an_agency_need_not_help_is_the_superiors_word_and_no_refusal_of_the_agency(edge: Edge) -> None:
    request_id, own, above = disputed(edge)
    case_id = request_id.partition(".")[0]
    assert "is to decide by" in explained(edge, case_id)
    with edge.client() as client, edge.client(X_Link_Token=own.rpartition("/")[2]) as agency, edge.as_("officer") as officer:
        assert client.post(above, data={**WORD, "helps": "no", "message": "1"}).status_code == 303
        told = agency.get(f"/v1/assistance/{request_id}").json()
        assert (told["state"], told["reply"], told["dispute"]["helps"]) == ("DECLINED", None, False)
        page, seen = client.get(f"{own}?lang=en").text, client.get(f"{above}?lang=en").text
        (row,) = officer.get("/v1/scoreboard").json()["rows"]
    assert "has decided that you need not help" in page
    assert "your reasons for not helping" not in page
    assert "You have decided that 区住建局 need not help" in seen
    before, there, behind = page.partition("<dt>Reasons of the decision</dt>")
    assert (bool(there), WORD["reasons"] in before, page.count(WORD["reasons"])) == (True, False, 1), (
        "they are told as the superior's"
    )
    assert WORD["reasons"] in behind.partition("</dd>")[0]
    with edge.office.store.read() as tx:
        (piece,) = (one for one in tx.cases.evidence(case_id) if one.via == "housing")
        counted = {(mark, count) for _, _, mark, count in recent(edge.office, tx, edge.office.now())}
        (score,) = scores([tx.assistance.get(request_id)], edge.office.calendar)
    assert (piece.verdict, piece.note, piece.remark) == (Verdict.CANNOT_SAY, "relieved", ""), "nothing is put into its mouth"
    assert (row["declined"], row["relieved"], row["badly_put"], row["reasons"]) == (0, 1, 1, "")
    assert (score.declined, score.relieved, score.reasons) == (0, 1, {})
    assert ("relieved", 1) in counted
    assert "declined" not in {mark for mark, _ in counted}
    after = explained(edge, case_id)
    assert "the common superior has decided that the agency need not help" in after
    assert "is to decide by" not in after
    assert label("ended.relieved", "en") in after


def test_a_refusal_that_the_superior_lets_stand_remains_the_agencys_own(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer") as officer:
        say(agency, request_id, "decline", **SIGNED, inability="NOT_PERMITTED")
        say(officer, request_id, "refusal/dispute", reasons="法律没有禁止")
        above = {"X_Link_Token": edge.office.link_token("oversee", request_id)}
        with edge.client(**above) as superior:
            told = say(superior, request_id, "decision", helps=False, **WORD)[1]
        assert told["reply"] == {**SIGNED, "inability": "NOT_PERMITTED"}
        (row,) = officer.get("/v1/scoreboard").json()["rows"]
    assert (row["declined"], row["relieved"], row["badly_put"], row["reasons"]) == (1, 0, 0, "NOT_PERMITTED=1")


def test_the_superior_reads_what_came_of_its_decision_in_words_for_it(edge: Edge) -> None:
    request_id, _, above = disputed(edge)
    with edge.client() as client:
        shown = client.get(f"{above}?lang=en").text
        assert "What is disputed" in shown
        assert "What the agency’s answer will do" in shown
        assert "What you dispute" not in shown
        for helps in ("maybe", ""):
            assert client.post(above, data={**WORD, "helps": helps, "message": f"x{helps}"}).status_code == 422
        with edge.office.store.read() as tx:
            assert tx.assistance.get(request_id).state is AssistanceState.DISPUTED, "what is neither decides nothing"
        assert client.post(above, data={**WORD, "helps": "yes", "message": "2"}).status_code == 303
        after = client.get(f"{above}?lang=en").text
        assert "You have decided that 区住建局 is to help, by " in after
        assert "has not answered by the date" not in after
        assert client.get(above).text.count("贵机关已决定区住建局应当协助") == 1
        assert client.post(above, data={**WORD, "helps": "no", "message": "3"}).status_code == 303
        late = client.get(f"{above}?lang=en").text
    assert "What you said once the dispute was decided, or over, is kept" in late
    told = explained(edge, request_id.partition(".")[0])
    assert "has decided that the agency is to help" in told
    assert "is to decide by" not in told


def test_whoever_chose_wrongly_corrects_it_on_the_page_and_the_same_word_again_had_been_taken(edge: Edge) -> None:
    request_id, link = asked(edge)
    page = f"/assist/{request_id}/{link}?lang=en"
    with edge.client() as client:
        assert "Correct what was answered" not in client.get(page).text
        said = {"do": "answer", "verdict": "match", "signer": "赵六"}
        assert client.post(page, data=said | {"message": "1"}).status_code == 303
        assert "Correct what was answered" in client.get(page).text
        assert client.post(page, data=said | {"message": "2"}).status_code == 303, "from another tab: it had been taken"
        with edge.office.store.read() as tx:
            assert tx.assistance.get(request_id).afterwords == ()
        other = {"do": "answer", "verdict": "mismatch", "signer": "赵六"}
        lacking = client.post(page, data=other | {"message": "3"})
        assert (lacking.status_code, "What you typed, which was not taken" in lacking.text) == (422, False)
        for number in "45":
            assert client.post(page, data=other | {"value": "李某", "message": number}).status_code == 303
        after = client.get(page).text
    assert "is kept beside the first word" in after
    with edge.office.store.read() as tx:
        held = tx.assistance.get(request_id)
    assert [(one["verdict"], one["value"]) for one in held.afterwords] == [("mismatch", "李某")]
    assert (held.reply or {})["verdict"] == "match"


def test_a_link_that_has_ended_says_whom_to_ask(edge: Edge, hand: Hand) -> None:
    request_id, link = asked(edge)
    with edge.client() as client:
        client.post(f"/assist/{request_id}/{link}", data={"do": "answer", "verdict": "match", "signer": "赵六", "message": "1"})
        hand.on(days=edge.office.link_days + 1)
        told = client.get(f"/assist/{request_id}/{link}?lang=en")
    assert told.status_code == 403
    assert "turns to the office that sent the letter" in told.text
