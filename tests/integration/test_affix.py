"""The register's files: checked where they are served before anything is said to be public, and bound to the ledger."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.domain import manifest
from inspector.domain.errors import Invalid
from inspector.domain.publicationduty import PublicationState
from inspector.flows import affix, gazette
from tests import house
from tests.integration.test_gazette import lines, over, registered
from tests.integration.test_publications import look
from tests.integration.test_publications import office as made_office
from tests.operator import Operator, one_database, settled

database_url = one_database
ADDRESS = "https://example.org/results"


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    """An office of which one result may become public."""
    held, hand = settled(database_url, tmp_path), house.Hand()
    with house.closing(held.store()) as store:
        office = made_office.__wrapped__(store, hand)  # type: ignore[attr-defined]
        look(office, hand)
        over(office)
    return held


def states(operator: Operator) -> set[str]:
    """Where the duties stand."""
    return {one["state"] for one in operator.well("publication", "list", "--json").json}


def head(folder: Path) -> str:
    """The head that a folder is proven by, as the witness would have it."""
    told = json.loads((folder / manifest.LEDGER).read_bytes())["head"]
    return f"{told['size']}:{told['root']}"


@pytest.mark.slow
def test_what_was_not_brought_whole_to_where_it_is_served_is_not_said_to_be_public(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, served = operator.folder / "site", operator.folder / "served"
    copy = affix.copy

    def cut(folder: Path, to: Path) -> tuple[int, int]:
        done = copy(folder, to)
        page = to / "results-00001.html"
        page.write_bytes(page.read_bytes()[:-1])
        return done

    monkeypatch.setattr(affix, "copy", cut)
    asked = ("publication", "site", str(site), "--post", ADDRESS, "--to", str(served))
    said = operator.say(*asked)
    assert (said.code, "results-00001.html" in said.err) == (2, True), said.err
    assert states(operator) == {"OWED"}
    monkeypatch.undo()
    assert operator.well(*asked, "--json").json["posted"] == 1
    assert states(operator) == {"PUBLISHED"}
    assert operator.well("publication", "verify", str(served), "--head", head(served)).code == 0
    assert operator.well("publication", "verify", str(site), "--head", head(site)).code == 0
    assert operator.say("publication", "site", str(site), "--to", str(served)).code == 2


@pytest.mark.parametrize("broken", ["copy", "check", "say", "bind", "prove"])
@pytest.mark.slow
def test_whoever_is_broken_off_gives_the_command_again_and_nothing_is_lost_or_said_twice(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    site, served = operator.folder / "site", operator.folder / "served"
    asked = ("publication", "site", str(site), "--post", ADDRESS, "--to", str(served))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(gazette if broken == "say" else affix, broken, killed)
    assert operator.say(*asked).code != 0
    monkeypatch.undo()
    operator.well(*asked)
    operator.well(*asked)
    assert operator.well("publication", "verify", str(served), "--head", head(served)).code == 0
    with house.closing(operator.store()) as store, store.read() as tx:
        (duty,) = tx.publications.page(("bureau",), None, "", 9)
        rules = [row["rule"] for row in tx.ledger.about(duty.visit)]
        posted = [row["rule"] for row in tx.ledger.about(affix.ABOUT)]
    assert (duty.state, rules.count("publication.done")) == (PublicationState.PUBLISHED, 1)
    assert posted.count(manifest.POSTED) == 1


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (lambda folder: (folder / "index.html").write_text("x"), "file_changed"),
    "cut": (lambda folder: (folder / "results-00001.html").write_bytes(b""), "file_changed"),
    "gone": (lambda folder: (folder / "find.js").unlink(), "file_lacking"),
    "added": (lambda folder: (folder / "en" / "more.html").write_text("x"), "file_added"),
    "linked": (lambda folder: (folder / "more").symlink_to(folder / "index.html"), "file_added"),
    "listed anew": (
        lambda folder: (folder / manifest.MANIFEST).write_bytes(
            manifest.listing(dict(affix.sums_of(folder)) | {"more.html": "0" * 64})
        ),
        "list_differs",
    ),
    "no list": (lambda folder: (folder / manifest.MANIFEST).unlink(), "unreadable"),
    "no proof": (lambda folder: (folder / manifest.LEDGER).unlink(), "unposted"),
    "garbled proof": (lambda folder: (folder / manifest.LEDGER).write_text("[" * 200_000), "unreadable"),
    "another entry": (
        lambda folder: (folder / manifest.LEDGER).write_text(
            (folder / manifest.LEDGER).read_text(encoding="utf-8").replace("example.org", "example.com"), encoding="utf-8"
        ),
        "entry_changed",
    ),
}


@pytest.mark.slow
def test_every_change_since_the_posting_is_found_offline_with_an_exit_code_that_says_so(operator: Operator) -> None:
    site = operator.folder / "site"
    operator.well("publication", "site", str(site), "--post", ADDRESS)
    known = head(site)
    for name, (change, code) in WRONG.items():
        copied = operator.folder / f"copy of {name}"
        shutil.copytree(site, copied, symlinks=True)
        change(copied)
        said = operator.say("publication", "verify", str(copied), "--head", known, "--json")
        assert (said.code, code in [one["code"] for one in said.json["troubles"]]) == (1, True), (name, said.json)
    other = f"{known.split(':')[0]}:{'0' * 64}"
    assert operator.say("publication", "verify", str(site), "--head", other).code == 1
    assert operator.say("publication", "verify", str(site)).code == 2
    assert operator.say("publication", "verify", str(operator.folder / "none"), "--head", known).code == 2
    preview = operator.folder / "preview"
    operator.well("publication", "site", str(preview))
    said = operator.say("publication", "verify", str(preview), "--head", known)
    assert (said.code, "without --post and is bound to nothing" in said.out) == (1, True), said


@pytest.mark.slow
def test_a_former_register_that_is_served_again_says_of_when_it_is_and_a_later_proof_shows_that_it_is_old(
    operator: Operator,
) -> None:
    site, old = operator.folder / "site", operator.folder / "old"
    operator.well("publication", "site", str(site), "--post", ADDRESS)
    shutil.copytree(site, old)
    assert "截至" in (site / "index.html").read_text(encoding="utf-8")
    (duty,) = operator.well("publication", "list", "--json").json
    operator.well("publication", "recall", duty["id"], "--why", "REVOKED")
    operator.well("publication", "site", str(site), "--post", ADDRESS)
    heads = [word for one in (old, site) for word in ("--head", head(one))]
    newer = str(site / manifest.LEDGER)
    said = operator.say("publication", "verify", str(old), *heads, "--newer", newer, "--json")
    assert (said.code, [one["code"] for one in said.json["troubles"]], said.json["head"]) == (1, ["not_newest"], head(old)), said
    assert said.json["posted_at"]
    assert operator.say("publication", "verify", str(site), *heads, "--newer", str(old / manifest.LEDGER)).code == 0
    alone = operator.say("publication", "verify", str(old), *heads)
    assert (alone.code, "--newer" in alone.out, ADDRESS in alone.out) == (0, True, True), alone


@pytest.mark.slow
def test_whoever_lists_altered_files_anew_is_found_by_the_entry_that_the_register_was_posted(operator: Operator) -> None:
    site = operator.folder / "site"
    operator.well("publication", "site", str(site), "--post", ADDRESS)
    known = head(site)
    (site / "index.html").write_text("x", encoding="utf-8")
    (site / manifest.MANIFEST).write_bytes(manifest.listing(dict(affix.sums_of(site))))
    said = operator.say("publication", "verify", str(site), "--head", known, "--json")
    assert (said.code, said.json["troubles"]) == (1, [{"code": "list_differs", "about": ""}])


def test_a_later_register_takes_away_what_only_the_former_one_had_and_leaves_what_others_put_there(tmp_path: Path) -> None:
    affix.write(tmp_path, registered(lines(620)))
    (tmp_path / "robots.txt").write_text("x", encoding="utf-8")
    (tmp_path / manifest.LEDGER).write_text("x", encoding="utf-8")
    affix.write(tmp_path, registered(lines(400)))
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert "results-00002.html" not in there
    assert {"robots.txt", "results-00001.html", manifest.MANIFEST} <= there
    assert manifest.LEDGER not in there, "a proof of another list is none"
    listed = (tmp_path / manifest.MANIFEST).read_bytes()
    affix.check(tmp_path, listed)
    (tmp_path / "index.html").unlink()
    with pytest.raises(Invalid, match="publication_copy_differs"):
        affix.check(tmp_path, listed)
