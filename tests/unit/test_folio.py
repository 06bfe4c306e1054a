"""A file that was handed out: whatever is changed in it afterwards is seen by whoever holds a head of the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain import folio
from inspector.domain.calendar import SHANGHAI
from inspector.domain.folio import LEDGER, MANIFEST, Entry, Lack
from inspector.domain.ledger import body_digest, digest
from inspector.domain.suite import Suite, paths
from inspector.domain.taking import PURGED
from inspector.domain.treehead import Frontier, Proof, TreeHead, consistency

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PAGES = {"index.html": "<p>办件</p>".encode(), "en.html": b"<p>case</p>", "case.json": b"{}\n"}
LAST = AT.date() + timedelta(days=365)
OTHERS = [Suite().hex(f"of others {number}") for number in range(20)]


FEW = settings(max_examples=25, deadline=None)


def entry(number: int, rule: str = "officer.review", **facts: object) -> Entry:
    """`of_moment` among the facts is when it was made."""
    at = facts.pop("of_moment", AT)
    assert isinstance(at, datetime)
    body, salt = json.dumps({"facts": facts or {"number": number}}), f"{number:032x}"
    hidden = body_digest(salt, body)
    name = f"{number:036d}"
    told = digest(name, at, "case-1", rule, hidden)
    return Entry(
        id=name, at=at, about="case-1", rule=rule, body_digest=hidden, digest=told, place=0, path=(), salt=salt, body=body
    )


def purge(*digests: str, **changed: object) -> Entry:
    """The entry of a lawful purge, a good year later; or one that says something else."""
    facts: dict[str, object] = {"record": "ENFORCEMENT", "since": AT.isoformat(), "keep": "1y", "until": str(LAST), "digest": "d"}
    told = {name: value for name, value in (facts | {"entries": list(digests)} | changed).items() if value is not None}
    return entry(50, PURGED, of_moment=AT + timedelta(days=400), **told)


def filed(entries: list[Entry], pages: dict[str, bytes]) -> tuple[list[Entry], list[str]]:
    """The entries with that of the making and their proofs, among those of others; all digests of the ledger."""
    lacking = {one.digest: one.lacks for one in entries if one.lacks is not None}
    made = entry(
        99,
        "case.file",
        of_moment=max((AT, *(one.at for one in entries))),
        **folio.facts([one.digest for one in entries], lacking, pages),
    )
    own = [*entries, made]
    ledger = [*OTHERS[:7], own[0].digest, *OTHERS[7:], *(one.digest for one in own[1:])]
    places = [ledger.index(one.digest) for one in own]
    ways = paths(Suite(), map(bytes.fromhex, ledger), places)
    return [replace(one, place=place, path=way) for one, place, way in zip(own, places, ways, strict=True)], ledger


def bound(entries: list[Entry], pages: dict[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    own, ledger = filed(entries, pages)
    head = Frontier().grown(ledger).head
    growth = [Proof(size=head.size, root=head.root, path=consistency(ledger, 5), since=5)]
    return folio.bound(pages, own, head, growth), ledger


def without(one: Entry, why: Lack) -> Entry:
    return replace(one, salt=None, body=None, lacks=why)


FOUR = [entry(0), without(entry(1), Lack.WITHHELD), entry(2), entry(3)]
FILES, ENTRIES = bound(FOUR, PAGES)
HEAD = Frontier().grown(ENTRIES).head
FORMER = Frontier().grown(ENTRIES[:5]).head


def remade(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same with a list that fits, as whoever changes a file would make it."""
    rest = {name: content for name, content in files.items() if name != MANIFEST}
    told = json.dumps({"form": folio.FORM, "files": folio.sums(rest)}, ensure_ascii=False, indent=1)
    return {**rest, MANIFEST: f"{told}\n".encode()}


def altered(change: Callable[[dict[str, list[dict[str, object]]]], object]) -> dict[str, bytes]:
    """The file with something changed in what it holds of the ledger, and a list of files that fits."""
    told = json.loads(FILES[LEDGER])
    change(told)
    return remade({**FILES, LEDGER: (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()})


def codes(files: dict[str, bytes], *held: TreeHead) -> set[str]:
    return {one.code for one in folio.judge(files, held or (HEAD,)).troubles}


def test_a_file_holds_by_the_head_that_it_is_proven_by_and_says_how_much_is_withheld() -> None:
    judged = folio.judge(FILES, [HEAD])
    assert (judged.holds, judged.entries, judged.withheld, judged.younger) == (True, 5, 1, 0)


@pytest.mark.parametrize("why", Lack)
@pytest.mark.parametrize("which", [0, 2, 3])
def test_words_that_were_taken_out_of_a_file_are_no_words_withheld_or_erased(which: int, why: Lack) -> None:
    def strip(told: dict[str, list[dict[str, object]]]) -> None:
        one = told["entries"][which]
        del one["salt"], one["body"]
        one["lacks"] = why.value

    judged = folio.judge(altered(strip), [HEAD])
    assert ("words_differ", f"{which:036d}") in [(one.code, one.about) for one in judged.troubles]


def test_words_that_lack_are_named_with_why_and_another_why_is_seen() -> None:
    held = altered(lambda told: told["entries"][1].update(lacks="ERASED"))
    assert codes(held) == {"words_differ", "erasure_unproven"}
    bare = altered(lambda told: told["entries"][1].pop("lacks"))
    assert codes(bare) == {"unreadable"}
    added = altered(lambda told: told["entries"][1].update(salt=f"{1:032x}", body=entry(1).body, lacks=None))
    assert not folio.judge(added, [HEAD]).holds


def test_what_retention_erased_is_told_apart_by_the_entry_of_its_erasure() -> None:
    gone = without(entry(1), Lack.ERASED)
    lawful = purge(gone.digest)
    files, ledger = bound([entry(0), gone, entry(2), lawful], PAGES)
    judged = folio.judge(files, [Frontier().grown(ledger).head])
    assert (judged.holds, judged.withheld, judged.erased) == (True, 0, 1)
    others = [[lawful, gone], [gone, purge(entry(2).digest)], [gone], [gone, entry(50, entries=[gone.digest])]]
    for own in (*others, [gone, without(lawful, Lack.WITHHELD)], [gone, purge(entries=gone.digest)]):
        files, ledger = bound([entry(0), *own], PAGES)
        assert codes(files, Frontier().grown(ledger).head) == {"erasure_unproven"}


def proves(rule: str, **changed: object) -> bool:
    """Whether a purge shows that an entry by a rule went lawfully."""
    gone = without(entry(1, rule), Lack.ERASED)
    files, ledger = bound([entry(0), gone, entry(2), purge(gone.digest, **changed)], PAGES)
    troubles = folio.judge(files, [Frontier().grown(ledger).head]).troubles
    assert {one.code for one in troubles} <= {"erasure_unproven"}
    return not troubles


def test_a_purge_that_says_itself_that_it_went_too_early_or_too_little_shows_nothing() -> None:
    day = AT.astimezone(SHANGHAI).date()
    wrong: list[dict[str, object]] = [
        {"until": str(day + timedelta(days=400))},
        {"until": "2999-01-01"},
        {"until": "never"},
        {"until": None},
        {"since": (AT + timedelta(days=100)).isoformat()},
        {"since": "2999-01-01T00:00:00+08:00"},
        {"since": (AT - timedelta(days=1)).isoformat()},
        {"since": "2026-03-02T09:30:00"},
        {"since": None},
        {"keep": "10y"},
        {"keep": "x"},
        {"record": None},
        {"record": "DISCLOSURE"},
        {"record": "x"},
    ]
    assert proves("officer.review")
    assert [facts for facts in wrong if proves("officer.review", **facts)] == []


def test_a_purge_of_answers_takes_nothing_but_the_wording_of_answers_and_none_takes_what_says_what_went() -> None:
    rules = (
        "assistance.answer",
        "assistance.extend",
        "officer.review",
        "consequence.imposed",
        "disclosure.owe",
        "publication.done",
    )
    assert [rule for rule in rules if proves(rule, record="ANSWER")] == ["assistance.answer", "assistance.extend"]
    assert [rule for rule in (*rules, "self_proof.forget", PURGED) if proves(rule)] == [*rules]


@FEW
@given(st.sampled_from(sorted(FILES)), st.data())
def test_no_byte_of_any_file_is_changed_cut_or_added_unseen(name: str, data: st.DataObject) -> None:
    content = FILES[name]
    at = data.draw(st.integers(0, len(content) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
    for other in (flipped, content[:at], content[:at] + b" " + content[at:]):
        assert not folio.judge({**FILES, name: other}, [HEAD]).holds
        if name not in (MANIFEST, LEDGER):
            assert codes(remade({**FILES, name: other})) == {"pages_differ"}, "a list that fits does not help"


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_is_taken_out_or_put_in_unseen(name: str) -> None:
    rest = {one: content for one, content in FILES.items() if one != name}
    assert not folio.judge(rest, [HEAD]).holds
    assert not folio.judge(remade(rest), [HEAD]).holds or name == MANIFEST
    assert codes({**FILES, f"{name}.bak": b""}) == {"file_added", "pages_differ"}
    assert codes(remade({**FILES, f"{name}.bak": b""})) == {"pages_differ"}


@FEW
@given(st.data())
def test_no_entry_is_left_out_put_in_twice_or_moved_unseen(data: st.DataObject) -> None:
    order = data.draw(st.lists(st.integers(0, 4), max_size=6))
    held = altered(lambda told: told.update(entries=[told["entries"][one] for one in order]))
    assert folio.judge(held, [HEAD]).holds == (order == [0, 1, 2, 3, 4])


@FEW
@given(
    st.integers(0, 4), st.sampled_from(["id", "at", "about", "rule", "body_digest", "digest", "place", "path", "salt", "body"])
)
def test_nothing_of_an_entry_is_changed_unseen(which: int, name: str) -> None:
    def change(told: dict[str, list[dict[str, object]]]) -> None:
        one = told["entries"][which]
        others = {"at": "2026-03-02T01:30:01+00:00", "place": 3, "path": [], "body_digest": "0" * 64, "digest": "0" * 64}
        one[name] = others.get(name, "other")

    assert not folio.judge(altered(change), [HEAD]).holds


def test_whoever_makes_all_of_it_anew_lacks_the_head_of_another_hand() -> None:
    forged, ledger = bound([entry(number) for number in (0, 1, 3)], {**PAGES, "index.html": b"<p>another</p>"})
    own = Frontier().grown(ledger).head
    assert folio.judge(forged, [own]).holds
    assert codes(forged, replace(own, root=Suite().hex("of the witness"))) == {"head_differs"}
    assert folio.judge(forged, [HEAD]).younger == 4, "another size: nothing vouches for it"


def test_an_earlier_head_vouches_for_what_it_covers_and_a_later_one_for_all() -> None:
    judged = folio.judge(FILES, [FORMER])
    assert (judged.troubles, judged.younger, judged.holds) == ((), 5, False)
    more = [*ENTRIES, *OTHERS]
    later = Frontier().grown(more).head
    growth = Proof(size=later.size, root=later.root, path=consistency(more, HEAD.size), since=HEAD.size)
    assert not folio.judge(FILES, [later]).holds, "not without the proof that the ledger only grew"
    assert folio.judge(FILES, [later], [growth]).holds
    assert codes(FILES, replace(FORMER, root="0" * 64)) == {"head_differs"}
    cut = replace(growth, path=growth.path[:-1])
    assert [one.code for one in folio.judge(FILES, [later], [cut]).troubles] == ["head_differs"]


@FEW
@given(st.dictionaries(st.sampled_from([MANIFEST, LEDGER, "index.html"]), st.binary(max_size=60)))
def test_garbage_is_no_file_and_breaks_nothing(files: dict[str, bytes]) -> None:
    assert not folio.judge(files, [HEAD]).holds


def test_json_of_another_shape_is_no_file_and_breaks_nothing() -> None:
    for told in ("[]", "{}", "null", '{"form": "inspector.file/1"}', '{"files": []}', "[" * 3000):
        assert not folio.judge({**FILES, LEDGER: told.encode()}, [HEAD]).holds
        assert not folio.judge({**FILES, MANIFEST: told.encode()}, [HEAD]).holds
