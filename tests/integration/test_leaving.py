"""An office leaves with all that it holds: readable without us, whole or not at all, and held to what was noted elsewhere."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Invalid
from inspector.domain.material import MaterialKind
from inspector.flows import leaving
from inspector.store import migrate, moving
from inspector.store.store import Store
from tests.former import dump
from tests.house import START, Hand, application, open_office, open_store, post, settle
from tests.operator import Operator, one_database, operated
from tests.sealing import sealed_store

database_url = one_database

CARD = b"%PDF-1.4 shown"


def unseen(_table: str, _done: int, _count: int) -> None:
    """Nobody watches."""


@pytest.fixture
def former(tmp_path: Path) -> Operator:
    """The office that a release has left, with everything under way, at this release."""
    file = tmp_path / "inspector.sqlite3"
    dump.restore(dump.offices()[-1], file)
    with closing(Store(f"sqlite:///{file}", synchronous="OFF")) as held:
        migrate.upgrade(held, copy=False)
        with held.begin() as tx:
            case = tx.connection.execute(sa.text("SELECT min(id) FROM case_file")).scalar_one()
            for about in ("proof-1", "proof-2"):
                tx.materials.keep(about, hashlib.sha256(CARD).hexdigest(), MaterialKind.PDF, CARD, START, case)
            tx.ledger.seal(START)
            tx.tree.grow()
    return Operator(tmp_path, f"sqlite:///{file}").settle_in()


def rows_of(folder: Path, table: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"tables/{table}.jsonl").read_text("utf-8").splitlines()]


def array_hash(*told: str) -> str:
    """As the folder's own README says."""
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def in_utc(told: object) -> str:
    return datetime.fromisoformat(str(told)).astimezone(UTC).isoformat()


@pytest.mark.slow
def test_an_office_with_everything_under_way_leaves_whole_and_its_ledger_holds_by_the_readme_alone(
    former: Operator, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    told = former.well("export", "office", str(folder), "--json").json
    with closing(former.store()) as store:
        with store.read() as tx:
            held = moving.content(tx.connection)
            files = {one: tx.draws.files(one) for one in tx.connection.execute(sa.text("SELECT number FROM draw")).scalars()}
        kept = [facts for rule, facts in operated(store) if rule == "operator.export"]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    before = {name: count - (name == "ledger") for name, (count, _) in held.items()}  # the export's own entry came behind it
    assert (manifest["rows"], manifest["unread"]) == (before, [])
    assert {name: len(rows_of(folder, name)) for name in before} == before
    assert all(
        (folder / f"files/draws/{number}/{name}").read_bytes() == content
        for number in files
        for name, content in files[number].items()
    )
    shown = [one for one in rows_of(folder, "material") if one["about"] in ("proof-1", "proof-2")]
    assert [one["file"] for one in shown] == [f"files/materials/{hashlib.sha256(CARD).hexdigest()}.pdf"] * 2
    assert (folder / str(shown[0]["file"])).read_bytes() == CARD
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.rglob("*") if one.is_file()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [(one["what"], one["manifest"], one["count"]) for one in kept] == [("office", told["manifest"], told["rows"])]
    assert hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest() == told["manifest"]
    _follows_the_readme(folder, manifest["ledger"])


def _follows_the_readme(folder: Path, said: dict[str, object]) -> None:
    entries = sorted(rows_of(folder, "ledger"), key=lambda one: (one["seal"] or 0, one["id"]))
    for one in entries:
        if one["body"]:
            assert array_hash(str(one["salt"]), str(one["body"])) == one["body_digest"]
        assert one["digest"] == array_hash(
            str(one["id"]), in_utc(one["at"]), str(one["about"]), str(one["rule"]), str(one["body_digest"])
        )
    sealed = {seal: [str(one["digest"]) for one in some] for seal, some in groupby(entries, key=lambda one: one["seal"])}
    head = "0" * 64
    for seal in rows_of(folder, "seal"):
        head = array_hash(head, str(seal["number"]), in_utc(seal["at"]), *sealed[seal["number"]])
        assert head == seal["head"]
    assert (head, seal["number"]) == (said["head"], said["seals"])


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.needs("postgres")
def test_both_databases_leave_alike_byte_for_byte(former: Operator, postgres_url: str, tmp_path: Path) -> None:
    with closing(former.store()) as here, closing(Store(postgres_url, synchronous="OFF")) as there:
        migrate.upgrade(there)
        moving.copy(here, there, unseen)
        left = [leaving.leave(store, tmp_path / name, START, unseen) for store, name in ((here, "file"), (there, "server"))]
    assert left[0] == left[1]
    names = {one.relative_to(tmp_path / "file") for one in (tmp_path / "file").rglob("*") if one.is_file()}
    assert len(names) > 2 * len(left[0].rows)
    assert [one for one in names if (tmp_path / "file" / one).read_bytes() != (tmp_path / "server" / one).read_bytes()] == []


def cases(store: Store, hand: Hand, *names: str) -> None:
    office = open_office(store, hand)
    for number, name in enumerate(names, 1):
        post(office, application(number, "business-licence", {"registration-status": "存续"}, subject_name=name))
    settle(office)


def everything(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


def test_what_is_sealed_comes_out_open_and_what_opens_the_office_stays(hand: Hand, tmp_path: Path) -> None:
    with closing(sealed_store(f"sqlite:///{tmp_path / 'inspector.sqlite3'}")) as store:
        cases(store, hand, "暗记有限公司")
        with store.begin() as tx:
            now = tx.machine_now()
            tx.office.found(now, now, 1.0, skip_closed=False)
            text = tx.tokens.issue("hall", "bureau", "system", now, now)
            secret = tx.office.get()
        assert secret is not None
        leaving.leave(store, tmp_path / "out", START, unseen)
    told = everything(tmp_path / "out")
    assert "暗记有限公司".encode() in told
    assert not any(
        one in told for one in (b"~s1.", b"~c1.", secret.secret.encode(), hashlib.sha256(text.encode()).hexdigest().encode())
    )


def test_a_text_that_a_spreadsheet_would_take_for_a_formula_begins_with_an_apostrophe_in_it_alone(
    hand: Hand, tmp_path: Path
) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'inspector.sqlite3'}")) as store:
        post(open_office(store, hand), application(1, "business-licence", {"registration-status": "存续"}, reference="=1+1"))
        leaving.leave(store, tmp_path / "out", START, unseen)
    (row,) = rows_of(tmp_path / "out", "case_file")
    with (tmp_path / "out/tables/case_file.csv").open(encoding="utf-8-sig", newline="") as sheet:
        (shown,) = csv.DictReader(sheet)
    assert (row["reference"], shown["reference"], shown["state"], "body" in shown) == ("=1+1", "'=1+1", row["state"], False)


def test_what_is_broken_off_leaves_nothing_and_no_name_is_taken_twice(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(table: str, done: int, _count: int) -> None:
        if table == "case_file" and done:
            assert (tmp_path / "out.part").is_dir(), "it has begun"
            raise KeyboardInterrupt

    with closing(open_store(f"sqlite:///{tmp_path / 'inspector.sqlite3'}")) as store:
        cases(store, hand, "某某有限公司")
        with pytest.raises(KeyboardInterrupt):
            leaving.leave(store, tmp_path / "out", START, dies)
        assert not list(tmp_path.glob("out*"))
        leaving.leave(store, tmp_path / "out", START, unseen)
        with pytest.raises(Invalid, match="export_exists"):
            leaving.leave(store, tmp_path / "out", START, unseen)
        with pytest.raises(Invalid, match="seal_folder_missing"):
            leaving.leave(store, tmp_path / "not-mounted" / "out", START, unseen)


def test_what_was_altered_at_rest_is_told_as_it_reads_and_by_name(tmp_path: Path, hand: Hand) -> None:
    clerk = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    with closing(open_store(clerk.url)) as store:
        cases(store, hand, "某某有限公司")
        with store.begin() as tx:
            tx.connection.execute(sa.text("UPDATE case_file SET body = 'spoilt'"))
    told = clerk.say("export", "office", str(tmp_path / "out"))
    (row,) = rows_of(tmp_path / "out", "case_file")
    assert (told.code, f"case_file.body: {row['id']}" in told.out, row["body"]) == (1, True, "spoilt")


def test_a_folder_is_held_to_what_was_noted_elsewhere_and_each_change_to_it_is_named(hand: Hand, tmp_path: Path) -> None:
    clerk = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    with closing(open_store(clerk.url)) as store:
        cases(store, hand, "某某有限公司", "另一有限公司")
        with store.begin() as tx:
            tx.ledger.seal(hand())
            tx.tree.grow()
    note = clerk.well("export", "office", str(tmp_path / "out"), "--json").json["manifest"]
    head = clerk.well("ledger", "head").out.strip()
    stranger = Operator(tmp_path / "nowhere", "")  # no settings and no database
    stranger.folder.mkdir()
    stranger.config.write_text("", "utf-8")

    def said(*more: str, folder: str = "out") -> tuple[int, list[dict[str, str]]]:
        told = stranger.say("export", "check", str(tmp_path / folder), *more, "--json")
        return told.code, told.json["wrong"]

    assert (said("--manifest", note), said("--head", head), said()) == ((0, []), (0, []), (1, []))
    assert said("--manifest", "0" * 64) == (1, [{"what": "manifest_other", "of": "manifest.json"}])
    assert said("--head", f"1:{'0' * 64}") == (1, [{"what": "head", "of": f"1:{'0' * 64}"}])

    def changed(change: Callable[[Path], object]) -> list[str]:
        shutil.copytree(tmp_path / "out", tmp_path / "changed")
        change(tmp_path / "changed")
        code, wrong = said("--manifest", note, folder="changed")
        shutil.rmtree(tmp_path / "changed")
        assert code == 1
        return [f"{one['what']} {one['of']}" for one in wrong]

    assert changed(lambda at: (at / "more.txt").write_text("x")) == ["surplus more.txt"]
    assert changed(lambda at: (at / "tables/event.csv").unlink()) == ["gone tables/event.csv"]
    assert changed(lambda at: _append(at / "README.md", "x")) == ["altered README.md"]
    assert changed(_linked) == ["gone README.md"]
    found = changed(lambda at: _append(at / "tables/case_file.jsonl", "{}\n"))
    assert found == ["altered tables/case_file.jsonl", "count case_file"]
    assert [one.split()[0] for one in changed(_forged)] == ["ledger", "manifest_other"], "a manifest that fits a changed ledger"


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.write(text)


def _linked(folder: Path) -> None:
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to(folder / "README.zh-Hans.md")


def _forged(folder: Path) -> None:
    """An entry says another thing, and the manifest is made to fit."""
    file = folder / "tables/ledger.jsonl"
    first, *rest = rows_of(folder, "ledger")
    forged = first | {"body": str(first["body"]).replace("{", '{"forged": true, ', 1)}
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in (forged, *rest)), "utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"]["tables/ledger.jsonl"] = {
        "bytes": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"form": "inspector.office/1"}',
        '{"form": "inspector.office/1", "rows": {}, "ledger": {}, "files": {"../x": {"bytes": 1, "sha256": ""}}}',
    ],
)
def test_what_is_no_manifest_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(Invalid, match="exported_unreadable"):
        leaving.look(tmp_path, (), lambda _done, _of: None)
