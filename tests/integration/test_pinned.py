"""By whose word a register or a file was proven: no head that comes with the folder counts; a pinned key shows who said it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from inspector import visitkeys
from inspector.domain import folio
from inspector.domain.headlist import FILE
from tests import house
from tests.house import application, closing, open_office, post
from tests.integration.test_affix import ADDRESS, head
from tests.operator import Operator, one_database, settled

database_url = one_database
pytestmark = pytest.mark.slow


def signing(operator: Operator, name: str) -> tuple[Operator, str]:
    """The same office with a key of its own for what it posts and hands out; the fingerprint."""
    private, public = visitkeys.new()
    (operator.folder / name).write_bytes(private)
    (operator.folder / f"{name}.pub").write_bytes(public)
    text = operator.config.read_text(encoding="utf-8")
    first, rest = text.split("[agencies.", 1)
    agency, body = rest.split("]\n", 1)
    file = json.dumps(str(operator.folder / name))
    operator.config.write_text(f"{first}[agencies.{agency}]\nvisit_key_file = {file}\n{body}", encoding="utf-8")
    keys = operator.well("key", "list", "--json").json
    return operator, str(keys[0]["fingerprint"])


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> tuple[Operator, str]:
    return signing(settled(database_url, tmp_path), "key.pem")


def test_a_register_is_proven_by_a_head_of_another_hand_or_by_the_key_that_was_pinned_and_never_by_itself(
    operator: tuple[Operator, str],
) -> None:
    held, key = operator
    site, other = held.folder / "site", held.folder / "other"
    held.well("publication", "site", str(site), "--post", ADDRESS)
    shutil.copytree(site, other)
    (other / "laid-out.json").write_text(json.dumps(json.loads((site / "ledger.json").read_bytes())))
    for own in (site / "ledger.json", other / "ledger.json", other / "laid-out.json"):
        told = held.say("publication", "verify", str(site), "--head", str(own), "--json")
        assert (told.code, told.json["holds"], told.json["own_heads"]) == (1, False, [str(own)])
    said = held.say("publication", "verify", str(site), "--head", str(site / "ledger.json"), lang="zh-Hans")
    assert "只能说明文件夹自身一致" in said.out + said.err
    given = held.well("publication", "verify", str(site), "--head", head(site), "--json").json
    assert (given["proven_by"], given["signed_by"]) == ([{"head": head(site), "file": None, "key": None}], key)
    for pin in (key, key.upper(), str(held.folder / "key.pem.pub")):
        pinned = held.well("publication", "verify", str(site), "--key", pin, "--json").json
        assert [one["key"] for one in pinned["proven_by"]] == [key]
    assert "alone" in held.well("publication", "verify", str(site), "--key", key).out, "what a key does not show is said, too"
    stranger = held.say("publication", "verify", str(site), "--key", "0" * 64, "--json")
    assert (stranger.code, {one["code"] for one in stranger.json["troubles"]}) == (1, {"signed_by_other"})
    assert held.say("publication", "verify", str(site), "--key", "0" * 63).code == 2
    assert held.say("publication", "verify", str(site)).code == 2


def test_a_forged_register_of_another_office_is_not_certified_by_the_key_that_was_pinned(
    operator: tuple[Operator, str], tmp_path: Path
) -> None:
    _, key = operator
    (tmp_path / "forger").mkdir()
    forger, _ = signing(settled(f"sqlite:///{tmp_path / 'forger' / 'x.sqlite3'}", tmp_path / "forger"), "own.pem")
    site = forger.folder / "site"
    forger.well("publication", "site", str(site), "--post", ADDRESS)
    for heads in ((), ("--head", str(site / FILE)), ("--head", str(site / "ledger.json"))):
        assert forger.say("publication", "verify", str(site), "--key", key, *heads).code == 1


def test_a_file_is_signed_and_a_changed_page_is_named_though_its_list_was_made_anew(operator: tuple[Operator, str]) -> None:
    held, key = operator
    with closing(held.store()) as store:
        office = open_office(store, house.Hand())
        post(office, application(1, "business-licence", {"registration-status": "存续"}))
    folder = held.folder / "file"
    made = held.well("case", "dossier", "R-000001", "--to", str(folder), "--json").json
    told = held.well("case", "dossier-check", str(folder), "--key", key, "--json").json
    assert (told["holds"], told["signed_by"], [one["key"] for one in told["proven_by"]]) == (True, key, [key])
    assert held.well("case", "dossier-check", str(folder), "--head", made["head"]).code == 0
    page = folder / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("存续", "注销"), encoding="utf-8")
    files = {one.name: one.read_bytes() for one in folder.iterdir()}
    there = folio.sums({name: content for name, content in files.items() if name != folio.MANIFEST})
    listed = json.loads(files[folio.MANIFEST]) | {"files": there}
    for anew, wrong in ((listed, "signature_wrong"), ({"form": folio.FORM, "files": there}, "unsigned")):
        (folder / folio.MANIFEST).write_bytes(folio.json_of(anew))
        broken = held.say("case", "dossier-check", str(folder), "--key", key, "--json")
        named = {(one["code"], one["about"]) for one in broken.json["troubles"]}
        assert (broken.code, ("pages_differ", "index.html") in named) == (1, True)
        assert wrong in {code for code, _ in named}
    assert held.say("case", "dossier-check", str(folder), "--head", made["head"]).code == 1


def test_a_replay_counts_what_was_computed_and_what_was_not(operator: tuple[Operator, str]) -> None:
    held, _ = operator
    with closing(held.store()) as store:
        post(open_office(store, house.Hand()), application(1, "business-licence", {"registration-status": "存续"}))
    told = held.well("case", "replay", "R-000001", "--json").json
    assert sum(told["counts"].values()) == len(told["decisions"])
    assert told["counts"]["SAME"] == sum(one["again"] == "SAME" for one in told["decisions"]) > 0
    said = held.well("case", "replay", "R-000001").out
    assert f"{told['counts']['SAME']} of {len(told['decisions'])} computed" in said


def test_a_key_into_a_folder_that_is_not_there_says_that_the_folder_lacks(operator: tuple[Operator, str]) -> None:
    told = operator[0].say("key", "secret", str(operator[0].folder / "keys" / "x.key"))
    assert (told.code, "is not there" in told.err) == (2, True)
