"""What a pack or plan names and the office does not have is refused before anything starts: nobody is left out for a forgotten row."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from inspector import bootstrap
from inspector.calendars import load_calendars
from inspector.cli import serve
from inspector.domain.errors import Invalid
from inspector.labels import LANGS, told
from inspector.policybook import Policybook
from inspector.settings import SHIPPED, load
from tests.house import ROOT
from tests.operator import Operator, one_database

pytestmark = pytest.mark.slow

database_url = one_database
HTTP = 'kind = "http"\nurl = "http://127.0.0.1:9/"\n'
WHOLE = {
    "agencies.city": 'name = "市"\npack = "demo"\n',
    "agencies.bureau": 'name = "局"\nparent = "city"\n',
    "agencies.houses": 'name = "住建局"\nparent = "city"\nconnector = "housing"\n',
    "plans.licensing": 'agency = "bureau"\ntrigger = "every 4h"\npool = true\n',
    **dict.fromkeys(("sources.registers", "sources.social", "assistance.housing", "assistance.civil-affairs"), HTTP),
    **dict.fromkeys(("seeds.dice", "seeds.justice", "seeds.audit"), HTTP.replace('"http"', '"reveal"')),
}
"""An office in which nothing that its pack names is lacking."""


def flaws(tmp_path: Path, sections: dict[str, str], not_yet: str = "[]") -> list[Invalid]:
    file = tmp_path / "inspector.toml"
    file.write_text(f"not_yet = {not_yet}\n" + "".join(f"[{name}]\n{text}" for name, text in sections.items()), encoding="utf-8")
    return list(bootstrap.flaws(load(file), shipped(), load_calendars(SHIPPED / "calendars")))


@cache
def shipped() -> Policybook:
    return Policybook.load(SHIPPED)


def without(*names: str, **more: str) -> dict[str, str]:
    return {name: text for name, text in WHOLE.items() if name not in names} | {
        name.replace("__", "."): text for name, text in more.items()
    }


def test_an_office_that_has_whatever_its_pack_names_may_start(tmp_path: Path) -> None:
    assert flaws(tmp_path, WHOLE) == []


def test_an_agency_has_one_plan_of_results_or_somebody_could_choose_between_their_moments(tmp_path: Path) -> None:
    again = {f"plans.{name}": 'agency = "bureau"\ntrigger = "every 4h"\nof = "results"\n' for name in ("again", "anew")}
    assert flaws(tmp_path, WHOLE | {"plans.again": again["plans.again"]}) == []
    (flaw,) = flaws(tmp_path, WHOLE | again)
    assert (flaw.code, flaw.facts) == ("plan_of_results_twice", {"agency": "bureau", "plans": "again, anew"})


NO_POOL = 'agency = "bureau"\ntrigger = "every 4h"\n'
MISSPELT = 'name = "x"\nparent = "city"\nconnector = "hosing"\n'
MISSING = [
    (
        without("sources.social", sources__soical=HTTP),
        "source_not_there",
        ("[sources.social]", "soical", "hr-agency-staff·insured-staff"),
        "sources.social",
    ),
    (
        without("assistance.civil-affairs"),
        "agency_not_there",
        ("[assistance.civil-affairs]", "relief-household·household"),
        "assistance.civil-affairs",
    ),
    (without(agencies__office=MISSPELT), "agency_connector_unknown", ("hosing", "housing"), "assistance.hosing"),
    (without("seeds.audit"), "seed_not_there", ("plan licensing", "[seeds.audit]"), "seeds.audit"),
    (without("plans.licensing"), "plan_not_there", ("city", "[plans.NAME]"), "plans.city"),
    (without("plans.licensing", plans__licensing=NO_POOL), "pool_not_there", ("pool = true", "licensing"), "pools.city"),
    (without(agencies__far='name = "x"\npack = "henan-2021"\n'), "plan_not_there", ("far", "henan-2021@"), "plans.far"),
]


@pytest.mark.parametrize(("sections", "code", "said", "excuse"), MISSING)
def test_one_row_that_is_missing_is_refused_by_its_name_unless_somebody_says_that_it_is_to_come(
    tmp_path: Path, sections: dict[str, str], code: str, said: tuple[str, ...], excuse: str
) -> None:
    (flaw,) = flaws(tmp_path, sections)
    assert flaw.code == code
    assert all(word in told(flaw, "en") for word in said), told(flaw, "en")
    assert all(excuse in told(flaw, lang) for lang in LANGS), "it says what to write"
    assert flaws(tmp_path, sections, f'["{excuse}"]') == []


def test_a_source_that_sends_whole_records_needs_a_line_of_the_pack_for_each_fact_it_is_asked_about(tmp_path: Path) -> None:
    found = flaws(tmp_path, without(sources__social=f"{HTTP}record = true\n"))
    assert {one.code for one in found} == {"record_line_missing"}
    assert ("hr-agency-staff", "insured-staff") in {(one.facts["item"], one.facts["fact"]) for one in found}
    assert all("record_basis" in told(one, lang) for one in found for lang in LANGS)
    text = (ROOT / "policies" / "demo" / "pack.toml").read_text(encoding="utf-8")
    packs = tmp_path / "packs" / "demo"
    packs.mkdir(parents=True)
    (packs / "pack.toml").write_text(
        text.replace('source = "social"', 'source = "social"\nrecord_basis = "S0:7"'), encoding="utf-8"
    )
    file = tmp_path / "inspector.toml"
    assert list(bootstrap.flaws(load(file), Policybook.load(tmp_path / "packs"), load_calendars(SHIPPED / "calendars"))) == []


def test_a_version_of_a_pack_that_is_over_asks_for_nothing_and_one_to_come_does(tmp_path: Path) -> None:
    text = (ROOT / "policies" / "demo" / "pack.toml").read_text(encoding="utf-8")
    packs = tmp_path / "packs" / "demo"
    packs.mkdir(parents=True)
    (packs / "pack.toml").write_text(text.replace('source = "social"', 'source = "former"'), encoding="utf-8")
    following = text.replace('version = "1"', 'version = "2"').replace("from = 2025-01-01", "from = 2099-01-01")
    far = following.replace("exempt_review_by = 2025-12-31", "exempt_review_by = 2099-06-30")
    assert far.count("2099") == 2
    (packs / "pack-2.toml").write_text(far, encoding="utf-8")
    (flaw,) = _of(tmp_path)
    assert (flaw.code, flaw.facts["name"], flaw.facts["pack"]) == ("source_not_there", "former", "demo@1")
    (packs / "pack-2.toml").write_text(following.replace("2099-01-01", "2025-06-01"), encoding="utf-8")
    assert _of(tmp_path) == []


def _of(tmp_path: Path) -> list[Invalid]:
    file = tmp_path / "inspector.toml"
    file.write_text("".join(f"[{name}]\n{text}" for name, text in WHOLE.items()), encoding="utf-8")
    return list(bootstrap.flaws(load(file), Policybook.load(tmp_path / "packs"), load_calendars(SHIPPED / "calendars")))


@pytest.mark.parametrize(
    ("not_yet", "code"),
    [
        ('["source"]', "not_yet_unknown"),
        ('["channels.phones"]', "not_yet_strange"),
        ('["sources"]', "not_yet_wide"),
    ],
)
def test_an_excuse_that_would_hide_what_is_forgotten_is_refused_itself(tmp_path: Path, not_yet: str, code: str) -> None:
    assert [flaw.code for flaw in flaws(tmp_path, WHOLE, not_yet)] == [code]


def test_whole_kinds_are_excused_while_there_is_none_of_them(tmp_path: Path) -> None:
    assert flaws(tmp_path, {"agencies.city": WHOLE["agencies.city"]}, '["sources", "assistance", "plans"]') == []


def test_the_daemon_and_every_command_refuse_it_before_a_database_is_made(tmp_path: Path) -> None:
    config = tmp_path / "inspector.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///data/inspector.sqlite3"\n[agencies.city]\n{WHOLE["agencies.city"]}', encoding="utf-8"
    )
    with pytest.raises(Invalid) as refused:
        serve.run(config)
    assert refused.value.code == "agency_not_there"
    assert [file.name for file in tmp_path.iterdir()] == ["inspector.toml"]


def test_check_says_which_excuse_is_not_needed_any_more(database_url: str, tmp_path: Path) -> None:
    operator = Operator(tmp_path, database_url).settle_in(f"\n[sources.registers]\n{HTTP}")
    operator.migrated()
    (line,) = [one for one in operator.well("check", "--json").json if one["name"] == "not_yet"]
    assert (line["state"], line["mend"]) == ("WARN", 'take "sources.registers" out of not_yet')


def test_policy_check_office_lists_each_hole_in_both_languages_with_what_would_close_it(
    database_url: str, tmp_path: Path
) -> None:
    operator = Operator(tmp_path, database_url).settle_in()
    operator.migrated()
    heads = "id,name,certificate,certificate_until,pools\n"
    rows = "".join(f"Z{n},张{n},A-{n},2099-12-31,bureau;east\n" for n in (1, 2))
    operator.well("roster", "import", "inspectors", operator.file("staff.csv", heads + rows), "--agency", "bureau")
    firms = operator.file("firms.csv", "code,name,pool\nTEST00000000000001,某某,eats\n")
    operator.well("roster", "import", "objects", firms, "--agency", "bureau", "--uncovered")
    said = operator.say("policy", "check", "--office")
    assert said.code == 1
    (line,) = [one for one in said.out.splitlines() if "town eats" in one]
    assert "no officer of bureau has this town → enter the town eats" in line
    assert "(the nearest town they have: east)" in line
    held = operator.say("policy", "check", "--office", "--json").json
    (hole,) = [one for one in held["holes"] if one["lack"] == "area"]
    assert (hole["town"], hole["since"], hole["until"]) == ("eats", held["since"], held["until"])
    assert "最接近的区域：east" in hole["mend_zh"]
    assert {one["lack"] for one in held["holes"]} == {"area", "source", "agency"}
    assert operator.say("policy", "check", "--office", "--folder", str(tmp_path)).code == 2
