"""Issue 8, second: whatever is done to a file that was handed out, or to a register that was posted, its check sees it and never breaks.

Each property runs over a few changes every day and over thousands of them with the slow tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain import folio, manifest
from inspector.domain.calendar import SHANGHAI
from inspector.domain.folio import LEDGER, Entry, Lack
from inspector.domain.suite import Suite, paths
from inspector.domain.treehead import Frontier, Proof, consistency
from tests.damage import damaged
from tests.unit.test_folio import ENTRIES, FILES, FORMER, FOUR, HEAD, OTHERS, PAGES, bound, entry, purge, remade, without

FEW, MANY = (settings(max_examples=count, deadline=None) for count in (60, 2000))
MORE = [*ENTRIES, *OTHERS[:9]]
LATER = Frontier().grown(MORE).head
GROWN = Proof(size=LATER.size, root=LATER.root, path=consistency(MORE, HEAD.size), since=HEAD.size)
WITNESSED = ([HEAD], [LATER], [FORMER, HEAD], [HEAD, LATER], [FORMER])
"""What a witness may have been given."""


def text(told: object) -> bytes:
    return json.dumps(told, indent=1).encode()


def said(ledger: bytes) -> object:
    """What the entries of a file say; None where it cannot be read."""
    try:
        return folio._ledger(ledger)[:2]
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def a_file_that_was_changed(data: st.DataObject) -> None:
    """With a list of files that was made to fit, as whoever changes a file would make it, or without."""
    ledger = text(data.draw(damaged(json.loads(FILES[LEDGER]))))
    files = {**FILES, LEDGER: ledger}
    files = remade(files) if data.draw(st.booleans()) else files
    same = said(ledger) == said(FILES[LEDGER]) and files[folio.MANIFEST] != FILES[folio.MANIFEST]
    for held in WITNESSED:
        judged = folio.judge(files, held, [GROWN])
        assert not judged.holds or same, judged


def a_file_whose_list_was_changed(data: st.DataObject) -> None:
    told = data.draw(damaged(json.loads(FILES[folio.MANIFEST])))
    files = {**FILES, folio.MANIFEST: text(told)}
    assert not folio.judge(files, [HEAD]).holds


def a_file_whose_parts_changed_places(data: st.DataObject) -> None:
    names = data.draw(st.permutations(sorted(FILES)))
    there = {name: FILES[other] for name, other in zip(sorted(FILES), names, strict=True)}
    taken = data.draw(st.sets(st.sampled_from(sorted(FILES)), max_size=2))
    there = {name: content for name, content in there.items() if name not in taken}
    there |= data.draw(st.dictionaries(st.sampled_from(["en.html", "a.html", "\udcff.html"]), st.binary(max_size=4), max_size=1))
    for files in (there, remade(there)) if "\udcff.html" not in there else (there,):
        assert folio.judge(files, [HEAD]).holds == (files == FILES)


def a_file_that_was_laid_anew(data: st.DataObject) -> None:
    """Entries left out, added or rewritten, with digests, proofs, tree and list that fit: all but the head of another hand."""
    some = data.draw(
        st.lists(st.sampled_from([*FOUR, entry(7), entry(2, told="other"), without(FOUR[3], Lack.ERASED)]), min_size=1)
    )
    some = list(dict.fromkeys(some))
    pages = {**PAGES, **data.draw(st.dictionaries(st.sampled_from(sorted(PAGES)), st.binary(max_size=3), max_size=1))}
    files, ledger = bound(some, pages)
    own = Frontier().grown(ledger).head
    forged = Proof(size=own.size, root=own.root, path=GROWN.path, since=HEAD.size)
    same = some == FOUR and pages == PAGES
    for held in WITNESSED:
        assert not folio.judge(files, held, [GROWN, forged]).holds or same


def a_lawful_purge_and_one_that_was_none(data: st.DataObject) -> None:
    """Words are gone by an entry behind them that names them, or a check says that nothing shows why."""
    erased = data.draw(st.sets(st.integers(0, 5)))
    named = data.draw(st.sets(st.integers(0, 5)))
    place = data.draw(st.integers(0, 6))
    some = [without(entry(number), Lack.ERASED) if number in erased else entry(number) for number in range(6)]
    own = [*some[:place], purge(*(some[number].digest for number in sorted(named))), *some[place:]]
    files, ledger = bound(own, PAGES)
    judged = folio.judge(files, [Frontier().grown(ledger).head])
    lawful = {number for number in named if number < place}
    assert judged.erased == len(erased)
    assert {one.about for one in judged.troubles} == {f"{number:036d}" for number in erased - lawful}
    assert {one.code for one in judged.troubles} <= {"erasure_unproven"}
    assert judged.holds == (erased <= lawful)


SITE = {
    "index.html": b"<p>\xe5\x85\xac\xe7\xa4\xba</p>",
    "en.html": b"<p>results</p>",
    "data/results.json": b"[1]\n",
    "feed.csv": b"a,b\r\n",
}


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: manifest.digest(content) for name, content in files.items()}


def posted(listed: bytes, **facts: object) -> tuple[Entry, list[str]]:
    """The entry that a register was posted, among those of others; all digests of the ledger."""
    one = entry(3, manifest.POSTED, **{"manifest": manifest.digest(listed), **facts})
    ledger = [*OTHERS[:11], one.digest, *OTHERS[11:]]
    (way,) = paths(Suite(), map(bytes.fromhex, ledger), [11])
    return replace(one, place=11, path=way), ledger


LIST = manifest.listing(digests(SITE))
POSTED, BOOK = posted(LIST)
BOOK_HEAD = Frontier().grown(BOOK).head
SHOWN = manifest.proof(POSTED, BOOK_HEAD, [])


def holds(there: Mapping[str, str], listed: bytes, ledger: bytes) -> bool:
    return manifest.judge(there, listed, ledger, [BOOK_HEAD]).holds


def a_register_whose_files_were_changed(data: st.DataObject) -> None:
    """Edited, cut, emptied, renamed, exchanged, taken out or added, with a list that was made to fit or without."""
    there = dict(zip(sorted(SITE), (SITE[name] for name in data.draw(st.permutations(sorted(SITE)))), strict=True))
    for name in data.draw(st.sets(st.sampled_from(sorted(SITE)))):
        content = there[name]
        at = data.draw(st.integers(0, len(content)))
        changed = data.draw(st.sampled_from([content[:at], content[:at] + b"0" + content[at:], b"", None]))
        there = {**there, name: changed} if changed is not None else {one: held for one, held in there.items() if one != name}
    there |= data.draw(st.dictionaries(st.sampled_from(["x.html", "data/results.json.gz"]), st.binary(max_size=3), max_size=1))
    assert holds(digests(there), LIST, SHOWN) == (there == SITE)
    assert holds(digests(there), manifest.listing(digests(there)), SHOWN) == (there == SITE)


def a_register_whose_list_or_proof_was_changed(data: st.DataObject) -> None:
    listed = text(data.draw(damaged(json.loads(LIST))))
    assert not holds(digests(SITE), listed, SHOWN)
    told = data.draw(damaged(json.loads(SHOWN)))
    judged = manifest.judge(digests(SITE), LIST, text(told), [BOOK_HEAD])
    manifest.head_of(text(told))
    if judged.holds:
        assert (Entry.read(told["entry"]), told["head"]) == (POSTED, json.loads(SHOWN)["head"])


def a_register_that_was_laid_anew(data: st.DataObject) -> None:
    there = {**SITE, data.draw(st.sampled_from(sorted(SITE))): data.draw(st.binary(max_size=3))}
    listed = manifest.listing(digests(there))
    one, book = posted(listed, note=data.draw(st.integers(0, 9)))
    own = Frontier().grown(book).head
    assert manifest.judge(digests(there), listed, manifest.proof(one, own, []), [own]).holds, (
        "by its own head, which shows nothing"
    )
    growth = [Proof(size=own.size, root=own.root, path=consistency(BOOK, size), since=size) for size in (5, 11, 12)]
    for held in ([BOOK_HEAD], [Frontier().grown(BOOK[:5]).head], [Frontier().grown(BOOK[:12]).head]):
        assert not manifest.judge(digests(there), listed, manifest.proof(one, own, growth), held, growth).holds


def a_former_register_that_is_served_again(data: st.DataObject) -> None:
    """Whole, with a proof that the ledger only grew: it is as it was posted, and the proof of a later posting shows that it is old."""
    listed = manifest.listing(digests({**SITE, "index.html": data.draw(st.binary(max_size=3))}))
    later = replace(entry(60, manifest.POSTED, manifest=manifest.digest(listed)), place=len(BOOK))
    book = [*BOOK, later.digest]
    (way,) = paths(Suite(), map(bytes.fromhex, book), [len(BOOK)])
    last = Frontier().grown(book).head
    grown = [Proof(size=last.size, root=last.root, path=consistency(book, BOOK_HEAD.size), since=BOOK_HEAD.size)]
    proof = manifest.proof(replace(later, path=way), last, grown)
    said, judged = manifest.posting(SHOWN), manifest.judge(digests(SITE), LIST, SHOWN, [last], grown)
    assert said is not None
    assert (judged.holds, said.at, said.head) == (True, POSTED.at, BOOK_HEAD), "it says of when it is"
    (old,) = (manifest.outdated(SHOWN, proof, [last], grown),)
    assert old is not None
    assert (old.code, old.about) == ("not_newest", later.at.astimezone(SHANGHAI).isoformat())
    assert manifest.outdated(proof, SHOWN, [last], grown) is None
    assert manifest.outdated(SHOWN, SHOWN, [last], grown) is None
    changed = text(data.draw(damaged(json.loads(proof))))
    shown = manifest.outdated(SHOWN, changed, [BOOK_HEAD] if data.draw(st.booleans()) else [last], grown)
    assert shown is not None, "a proof that does not hold never makes an old register pass for the newest"


ALL = (
    a_file_that_was_changed,
    a_file_whose_list_was_changed,
    a_file_whose_parts_changed_places,
    a_file_that_was_laid_anew,
    a_lawful_purge_and_one_that_was_none,
    a_register_whose_files_were_changed,
    a_register_whose_list_or_proof_was_changed,
    a_register_that_was_laid_anew,
    a_former_register_that_is_served_again,
)
names = pytest.mark.parametrize("held", ALL, ids=[one.__name__ for one in ALL])


@names
def test_of_what_was_handed_out_or_posted_nothing_is_changed_unseen(held: Callable[[st.DataObject], None]) -> None:
    FEW(given(st.data())(held))()


@pytest.mark.slow
@names
def test_in_thousands_of_ways_nothing_is_changed_unseen(held: Callable[[st.DataObject], None]) -> None:
    MANY(given(st.data())(held))()
