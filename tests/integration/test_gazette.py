"""The public register: what may be told and nothing else, page by page, without a server; what is taken back leaves its reason."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from inspector import gazette as pages
from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.collated import Collated
from inspector.domain.finding import Part, Seen
from inspector.domain.gazette import CheckResult, Fallen, Line, coded, found
from inspector.domain.inspection import CheckType
from inspector.domain.visit import Visit, VisitState
from inspector.flows import affix, gazette, publication, unpublish
from inspector.flows.office import Office
from tests.house import Hand
from tests.integration.test_publications import look, office, said

__all__ = ["office"]


def built(office: Office, folder: Path, *, post: bool) -> tuple[gazette.Gathered, tuple[int, int]]:
    """The register as a person builds it."""
    now = office.now()
    held = gazette.gather(office, now, post=post)
    done = affix.write(folder, registered(held.lines, held.withheld, held.counted))
    if post:
        gazette.say(office, held, "https://example.org/results/", "李四", now)
    return held, done


def registered(lines: Sequence[Line], withheld: int = 0, counted: int = 0) -> Iterator[tuple[str, bytes]]:
    """The files of a register."""
    return pages.files(pages.Register(title="云溪区 & <局>", lines=lines, withheld=withheld, counted=counted))


def over(office: Office) -> None:
    """Every other visit of the draw is over, and with them its embargo."""
    with office.store.begin() as tx:
        for held in tx.publications.page(("bureau",), None, "", 10):
            for visit in tx.visits.of_draw(held.draw):
                if visit.state.open:
                    tx.visits.put(replace(visit, state=VisitState.CANCELLED))


@pytest.mark.slow
def test_a_result_comes_in_when_its_draws_visits_are_over_and_goes_out_with_its_reason(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    (duty,) = look(office, hand)
    with office.store.begin() as tx:  # another visit of the draw is still to be made
        made = tx.visits.get(duty.visit)
        tx.visits.add(replace(made, id=f"{made.id}-other", state=VisitState.ASSIGNED, done_at=None, case_ids=(), version=0))
    held, _ = built(office, site, post=True)
    assert (held.lines, held.withheld) == ((), 1), "who else was drawn is not to be read off the register"
    over(office)
    held, _ = built(office, site, post=False)
    assert held.lines == (), "nothing becomes public unless somebody says so"
    assert held.draws == (), "a draw whose record is closed is not counted"
    held, done = built(office, site, post=True)
    assert [line.found for line in held.lines] == [CheckResult.NOTHING]
    (count,) = held.draws
    assert (count.draw, dict(count.results), count.waiting) == (duty.draw, {CheckResult.NOTHING: 1}, 0)
    assert (count.drawn, count.made, count.called_off) == (2, 1, 1), "as many as were drawn, and what became of each"
    with office.store.read() as tx:
        posted = tx.publications.get(duty.id).posted
    assert posted is not None
    assert posted.reference == f"https://example.org/results/results-00001.html#{duty.id}"
    line = json.loads((site / "data/results-00001.jsonl").read_text(encoding="utf-8"))
    page = (site / "results-00001.html").read_text(encoding="utf-8")
    assert line["name"] in page
    assert f'id="{duty.id}"' in page
    with office.store.read() as tx:
        team = {seat.inspector for seat in tx.visits.team(duty.visit)}
        names = {one.name for one in tx.rosters.inspectors("bureau")}
    everything = "".join(path.read_text(encoding="utf-8-sig") for path in site.rglob("*") if path.is_file())
    assert not [one for one in team | names if one in everything], "no inspector is named"
    assert built(office, site, post=False)[1] == (0, sum(done)), "what has not changed is not written again"
    said(office, publication.recall, Fallen.REVOKED, "因王小明举报", "云政复〔2026〕王小明3号")
    assert built(office, site, post=False)[0].lines[0].removed is None
    hand.on(days=1)
    built(office, site, post=True)
    gone = json.loads((site / "data/results-00001.jsonl").read_text(encoding="utf-8"))
    assert gone == {"id": duty.id, "draw": duty.draw, "removed_on": str(hand().date()), "reason": "REVOKED"}
    everything = "".join(path.read_text(encoding="utf-8-sig") for path in site.rglob("*") if path.is_file())
    assert line["name"] not in everything
    assert "决定已经撤销" in everything
    assert "王小明" not in everything, "what somebody has typed may name somebody: the code alone is published"
    with office.store.read() as tx:
        assert tx.publications.get(duty.id).state.value == "REMOVED"


@pytest.mark.slow
@pytest.mark.alike
def test_a_contradiction_is_no_result_until_an_officer_has_decided(office: Office, hand: Hand) -> None:
    (duty,) = look(office, hand)
    with office.store.read() as tx:
        visit = tx.visits.get(duty.visit)
    against = replace(visit, findings=tuple(replace(one, verdict=type(one.verdict)("mismatch")) for one in visit.findings))

    def came(visit: Visit, *outcomes: Outcome | None) -> CheckResult | None:
        return found(visit, "bureau", {f"case-{place}": ("bureau", one) for place, one in enumerate(outcomes)})

    assert came(visit, Outcome.TRUE) is CheckResult.NOTHING
    assert came(against, None) is None
    assert came(against) is None
    assert came(against, Outcome.UNTRUE_CURABLE) is CheckResult.PROBLEM
    assert came(against, Outcome.DATA_ERROR) is CheckResult.NOTHING, "the register was wrong, not the firm"
    assert came(against, Outcome.UNVERIFIABLE) is CheckResult.UNCLEAR, "what was never cleared up is not praised either"
    unseen = tuple(replace(one, verdict=type(one.verdict)("cannot_say")) for one in visit.findings)
    assert came(replace(visit, findings=unseen), None) is CheckResult.UNCLEAR
    assert came(replace(visit, state=VisitState.CEASED)) is CheckResult.CEASED


@pytest.mark.slow
@pytest.mark.alike
def test_at_a_joint_check_each_agency_s_line_says_what_its_own_team_found(office: Office, hand: Hand) -> None:
    (duty,) = look(office, hand)
    with office.store.read() as tx:
        visit = tx.visits.get(duty.visit)
    parts = tuple(
        Part(agency=name, by="A-1", at=hand(), seen=seen) for name, seen in (("bureau", Seen.FINDING), ("fire", Seen.NOTHING))
    )
    joint = replace(visit, findings=(), parts=parts)
    cases = {"c": ("bureau", Outcome.UNTRUE_CURABLE)}
    assert found(joint, "bureau", cases) is CheckResult.PROBLEM
    assert found(joint, "fire", cases) is CheckResult.NOTHING


@pytest.mark.slow
@pytest.mark.alike
def test_a_result_whose_decision_fell_before_it_was_public_never_becomes_public(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    (duty,) = look(office, hand)
    with office.store.begin() as tx:
        (case,) = (tx.cases.get(one) for one in tx.visits.get(duty.visit).case_ids)
        unpublish.annulled(office, tx, case, Annulled.COURT, "（2026）行初1号", "王五", hand())
    held, _ = built(office, tmp_path / "site", post=True)
    assert (held.lines, held.withheld) == ((), 0)
    with office.store.read() as tx:
        assert tx.publications.get(duty.id).state.value == "REMOVED"


def test_what_several_have_ticked_stands_beside_the_result_where_it_says_the_same_and_what_follows_never_does() -> None:
    codes = [
        CodeRow(row=code, list=among, code=code, name=f"名{code}", name_en=f"the {code}", basis="S51:1.2", alone=alone)
        for among, code, alone in (
            (CodeList.OUTCOME, "none-found", True),
            (CodeList.OUTCOME, "corrected", False),
            (CodeList.OUTCOME, "moved", False),
            (CodeList.MODE, "on-site", False),
            (CodeList.FOLLOW_UP, "clue", False),
        )
    ]
    ticked = Collated(
        lines=(("outcomes~a", ("corrected",)), ("outcomes~b", ("moved",)), ("modes~a", ("on-site",)), ("follow-ups~a", ("clue",)))
    )

    def told(came: CheckResult, sheet: Collated = ticked) -> list[str]:
        return [one.code for one in coded(came, sheet, codes)]

    assert told(CheckResult.PROBLEM) == ["corrected", "moved", "on-site"]
    assert told(CheckResult.NOTHING) == ["on-site"], "an officer has found otherwise: a tick is no result"
    assert told(CheckResult.UNCLEAR) == told(CheckResult.UNREACHABLE) == ["on-site"]
    assert told(CheckResult.CEASED) == ["moved", "on-site"], "of what was ticked, how the object is no more"
    assert told(CheckResult.NOTHING, Collated(lines=(("outcomes~a", ("none-found",)),))) == ["none-found"]
    line = replace(lines(1)[0], found=CheckResult.PROBLEM, codes=coded(CheckResult.PROBLEM, ticked, codes))
    assert (line.value()["outcomes"], line.value()["modes"]) == (["corrected", "moved"], ["on-site"])
    made = dict(registered([line]))
    assert "名corrected" in made["results-00001.html"].decode()
    assert "the moved" in made["en/results-00001.html"].decode()
    (row,) = csv.DictReader(io.StringIO(made["data/results-00001.csv"].decode("utf-8-sig")))
    assert (row["outcomes"], row["modes"]) == ("corrected moved", "on-site")


def lines(count: int) -> list[Line]:
    day = date(2026, 1, 1)
    return [
        Line(
            id=f"v-{n:06d}.bureau",
            draw=f"bureau-2026-{n // 20:05d}",
            agency="云溪区市场监管局",
            check=CheckType.PLANNED,
            name="" if n % 3 == 0 else f"<云溪>第{n}饮食店" if n % 2 else "=SUM(A1)",
            code=f"TEST{n:014d}",
            formed_on=day + timedelta(days=n % 300),
            posted_on=day + timedelta(days=n // 100),
            found=CheckResult.NOTHING,
        )
        for n in range(count)
    ]


def test_a_later_register_differs_in_its_last_page_its_index_and_the_data() -> None:
    before, after = (dict(registered(lines(count))) for count in (1_201, 1_202))
    assert {name for name in after if before.get(name) != after[name]} == {
        *("index.html", "en/index.html", "results-00003.html", "en/results-00003.html", "find/00001.js"),
        *("data/results-00001.csv", "data/results-00001.jsonl"),
    }


def test_no_address_leads_out_of_the_folder_no_name_is_markup_and_no_cell_is_a_formula() -> None:
    made = dict(registered(lines(700), 2))
    for name, content in made.items():
        if not name.endswith(".html"):
            continue
        text = content.decode()
        for link in re.findall(r'(?:href|src)="([^"]+)"', text):
            path = (Path(name).parent / link.partition("#")[0]).as_posix()
            assert re.sub(r"[^/]+/\.\./", "", path) in made, (name, link)
        assert "<云溪>" not in text
        scripts = re.findall(r"<script[^>]*>", text)
        assert scripts == ([] if not name.endswith("find.html") else [f'<script src="{"../" * name.count("/")}find.js" defer>'])
    rows = list(csv.DictReader(io.StringIO(made["data/results-00001.csv"].decode("utf-8-sig"))))
    assert len(rows) == 700
    assert {row["name"][0] for row in rows if row["name"]} == {"'", "<"}
    assert len(made["data/results-00001.jsonl"].splitlines()) == 700
    for one in lines(700)[::3]:
        assert one.code not in made["data/results-00001.csv"].decode(), "who is not named has no code there either"


@pytest.mark.parametrize("address", ["example.org", "file:///srv", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(address: str, tmp_path: Path) -> None:
    from tests.operator import settled

    told = settled(f"sqlite:///{tmp_path / 'inspector.sqlite3'}", tmp_path, "").say(
        "publication", "site", str(tmp_path / "site"), "--post", address
    )
    assert (told.code, "no address" in told.err) == (2, True)
