"""The check sheet by interface and by form: what the firm says and signs, and what two of a team tick, is kept and shown."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest

from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.web.roles import Role
from tests.edge import Edge
from tests.house import Hand
from tests.integration.test_fieldnotes import code, edge, links, note, team

__all__ = ["edge", "links"]
pytestmark = pytest.mark.alike
REFUSED = {"signing": "REFUSED", "signer": "张三 店长", "signing_reason": "认为与事实不符", "witness": "李四 居委会"}


def test_a_refusal_to_sign_is_kept_with_its_reason_and_the_firm_s_words_whether_by_form_or_from_a_phone_and_counts_once(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    (doubt,) = visit.doubts
    about = f"{doubt.case_id}:{doubt.claim}"
    with edge.client() as browser:
        path = f"/seat/{first}/{edge.office.link_token('seat', first)}"
        form = {"do": "result", "message": "m1", f"verdict:{about}": "match", "statement": "已按要求整改"}
        bare = browser.post(path, data=form | REFUSED | {"signing_reason": " "})
        assert bare.status_code == 422
        assert "拒绝签字的，请注明理由" in bare.text
        assert "已按要求整改" in bare.text
        assert "李四 居委会" in bare.text, "nothing that was typed is lost"
        assert browser.post(path, data=form | REFUSED).status_code == 303
        page = browser.get(path).text
    assert "认为与事实不符" in page
    assert "拒绝签字" in page
    message = note(visit, "match", sheet={**REFUSED, "statement": "已按要求整改"})
    assert lead.post(f"/v1/seats/{first}/notes", json=message, headers={"Idempotency-Key": "m1"}).status_code == 200
    other = note(visit, "match", sheet={"signing": "SIGNED", "signer": "王五"})
    late = mate.post(f"/v1/seats/{second}/notes", json=other).json()
    assert late["became"] == "CLASH", "signed and not signed cannot both be: the lead settles it"
    with edge.as_(Role.OFFICER) as officer:
        told = officer.get(f"/v1/seats/{first}/notes").json()
        assert len(told["notes"]) == 2, "the form and the phone have sent one message"
        (clash,) = told["sheet"]["clashes"]
        assert [(one["said"], one["words"]) for one in clash["versions"]] == [
            (["REFUSED"], "张三 店长 · 认为与事实不符 · 李四 居委会"),
            (["SIGNED"], "王五"),
        ]
        kinds = [one["kind"] for one in officer.get("/v1/attention").json()["attention"]]
        assert "note_clash" in kinds
        with edge.office.store.read() as tx:
            assert [one.verdict.value for one in tx.visits.get(visit.id).findings] == ["match"], "a signature is no finding"
        choice = {"claim": "signature", "note": clash["versions"][0]["note"], "reasons": "王五不是该店人员"}
        assert code(mate.post(f"/v1/seats/{second}/choices", json=choice)) == (403, "not_the_lead")
        assert lead.post(f"/v1/seats/{first}/choices", json=choice).json() == {"became": "KEPT"}
        told = officer.get(f"/v1/seats/{first}/notes").json()["sheet"]
        assert (told["clashes"], [one["signing_reason"] for one in told["signatures"]]) == ([], ["认为与事实不符"])
        assert "note_clash" not in [one["kind"] for one in officer.get("/v1/attention").json()["attention"]]


@pytest.mark.slow
def test_what_two_of_a_team_tick_adds_up_what_excludes_itself_waits_for_the_lead_and_what_no_pack_lists_is_refused(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    (doubt,) = visit.doubts
    with edge.office.store.read() as tx:
        item = tx.cases.get(doubt.case_id).item
    about = f"{doubt.case_id}:{doubt.claim}"

    def ticked(*outcomes: str, **more: object) -> dict[str, object]:
        return {"sheet": {"rows": [{"item": item, "outcomes": outcomes, **more}]}}

    assert code(mate.post(f"/v1/seats/{second}/notes", json=ticked("odd"))) == (422, "sheet_code_unknown")
    assert code(mate.post(f"/v1/seats/{second}/notes", json=ticked("none-found", "moved"))) == (422, "sheet_codes_exclude")
    taken = mate.post(f"/v1/seats/{second}/notes", json=ticked("none-found", modes=["network"], words="远程查看"))
    assert taken.json()["became"] == "WAITS"
    with edge.client() as browser:
        path = f"/seat/{first}/{edge.office.link_token('seat', first)}"
        page = browser.get(path).text
        lead.cookies.update(browser.cookies)  # of one phone
        assert "通过登记的住所（经营场所）无法联系" in page
        form = {f"outcomes:{item}": ["corrected", "moved"], f"modes:{item}": "on-site", f"sheet_words:{item}": "", "do": "result"}
        bare = browser.post(path, data=form | {f"verdict:{about}": "match", "signing": "REFUSED"}).text
        assert len(re.findall(r'type="checkbox"[^>]* checked>', bare)) == 3, "every box stays ticked"
        assert (
            browser.post(path, data=form | {f"verdict:{about}": "match", f"followed_on:{item}": "2026-03-02"}).status_code == 303
        )
        page = browser.get(path + "?lang=en").text
        assert "Two of the team have filled in the check sheet differently" in page
        assert "corrected when ordered to" in page
    told = lead.get(f"/v1/seats/{first}/notes").json()
    (clash,) = told["sheet"]["clashes"]
    assert (clash["line"], [one["said"] for one in clash["versions"]]) == (
        f"outcomes~{item}",
        [["none-found"], ["corrected", "moved"]],
    )
    assert told["sheet"]["lines"] == [{"line": f"modes~{item}", "said": ["on-site", "network"]}], (
        "codes add up in the pack's order"
    )
    with edge.office.store.read() as tx:
        assert tx.visits.get(visit.id).parts == (), "the result waits for the lead, as with findings"
    choice = {"claim": clash["line"], "note": clash["versions"][1]["note"], "reasons": "现场所见为准"}
    assert lead.post(f"/v1/seats/{first}/choices", json=choice).json() == {"became": "RESULT"}
    with edge.office.store.read() as tx:
        made = report(edge.office, tx, visit.draw)
    assert [(one.list.value, one.code, one.visits) for one in made.ticked] == [
        ("OUTCOME", "corrected", 1),
        ("OUTCOME", "moved", 1),
        ("MODE", "on-site", 1),
        ("MODE", "network", 1),
    ], "an outcome is a set, and of what was settled only what holds is counted"
    for lang, title, name in (
        ("zh-Hans", "检查记录表汇总", "已迁出"),
        ("en", "What the check sheets say", "corrected when ordered to"),
    ):
        told_of = markdown(tell(made, lang))  # type: ignore[arg-type]
        assert (title in told_of, name in told_of) == (True, True)
