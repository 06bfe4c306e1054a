"""Issue 8, second: of every file that leaves the house, each kind of change at each byte that was tried is seen by a head of another hand.

Three things leave: a case's file, an officer's duty file, and the public register. Of each, each of its files is taken away, cut, edited,
put in another order and exchanged with another, with its list as it was and with one that was made to fit; and each is laid anew whole,
with digests, proofs and a tree that fit each other (re-chained). Positions are sampled so that both ends and each part of a file are met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pytest

from inspector import gazette as pages
from inspector.domain import folio, manifest
from inspector.domain.folio import Entry, Lack
from inspector.domain.ledger import body_digest, digest
from inspector.domain.suite import Suite, paths
from inspector.domain.treehead import Frontier, Proof, TreeHead, consistency
from tests.integration.test_gazette import lines
from tests.unit.test_folio import OTHERS, PAGES, entry, purge, without

Files = Mapping[str, bytes]
FEW, MANY = 12, 160
"""So many places of a file are tried every day, and with the slow tests."""


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What was handed out: its files, and whether a checker who has a head of the ledger says that they are as they were.

    `fit` makes the list fit, as whoever changes a file would; `read` is what its proofs say of entries and head, however they are laid
    out. That the ledger grew to there from an earlier head shows nothing to whoever has the head itself.
    """

    files: dict[str, bytes]
    judge: Callable[[Files], bool]
    fit: Callable[[Files], dict[str, bytes]]
    read: Callable[[bytes], object]

    def says(self, files: Files) -> object:
        """What the proofs of a folder say; None for what cannot be read."""
        try:
            return self.read(files[folio.LEDGER])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None


def filed(rule: str) -> tuple[dict[str, bytes], TreeHead]:
    """A case's or an officer's file with its entries: some withheld, some erased lawfully."""
    gone = without(entry(2), Lack.ERASED)
    own = [entry(0), without(entry(1), Lack.WITHHELD), gone, entry(3), purge(gone.digest)]
    made = entry(
        99,
        rule,
        of_moment=max(one.at for one in own),
        **folio.facts([one.digest for one in own], {own[1].digest: Lack.WITHHELD, gone.digest: Lack.ERASED}, PAGES),
    )
    return bound([*own, made], PAGES)


def bound(own: Sequence[Entry], held: Files) -> tuple[dict[str, bytes], TreeHead]:
    """The folder of some entries among those of others, and the head of its ledger."""
    ledger = [*OTHERS[:7], *(one.digest for one in own)]
    places = [ledger.index(one.digest) for one in own]
    ways = paths(Suite(), map(bytes.fromhex, ledger), places)
    entries = [replace(one, place=place, path=way) for one, place, way in zip(own, places, ways, strict=True)]
    head = Frontier().grown(ledger).head
    growth = [Proof(size=head.size, root=head.root, path=consistency(ledger, 5), since=5)]
    return folio.bound(held, entries, head, growth), head


def folder(rule: str) -> Handed:
    files, head = filed(rule)

    def fit(held: Files) -> dict[str, bytes]:
        rest = {name: content for name, content in held.items() if name != folio.MANIFEST}
        return {**rest, folio.MANIFEST: folio.json_of({"form": folio.FORM, "files": folio.sums(rest)})}

    return Handed(
        files=files, judge=lambda held: folio.judge(held, [head]).holds, fit=fit, read=lambda told: folio._ledger(told)[:2]
    )


def sums(held: Files) -> dict[str, str]:
    beside = (manifest.MANIFEST, manifest.LEDGER)
    return {name: of(content) for name, content in held.items() if name not in beside}


of = lru_cache(maxsize=256)(manifest.digest)
"""Of thousands of changed registers each has one file that is not of before."""


def posted(held: Files) -> tuple[dict[str, bytes], TreeHead]:
    """A register with its list and the proof of its posting."""
    listed = manifest.listing(sums(held))
    one = entry(3, manifest.POSTED, manifest=manifest.digest(listed))
    ledger = [*OTHERS[:11], one.digest, *OTHERS[11:]]
    (way,) = paths(Suite(), map(bytes.fromhex, ledger), [11])
    head = Frontier().grown(ledger).head
    return {**held, manifest.MANIFEST: listed, manifest.LEDGER: manifest.proof(replace(one, place=11, path=way), head, [])}, head


def site() -> Handed:
    files, head = posted(dict(pages.files(pages.Register(title="云溪区", lines=lines(30)))))

    def judge(held: Files) -> bool:
        return manifest.judge(sums(held), held.get(manifest.MANIFEST, b""), held.get(manifest.LEDGER, b""), [head]).holds

    def fit(held: Files) -> dict[str, bytes]:
        return {**held, manifest.MANIFEST: manifest.listing(sums(held))}

    return Handed(files=files, judge=judge, fit=fit, read=lambda told: manifest._read(told)[:2])


HANDED = {"a case's file": lambda: folder("case.file"), "a duty file": lambda: folder("duty.file"), "the register": site}


def places(content: bytes, most: int) -> list[int]:
    """Places in a file: all of a short one; of a longer one both ends, and others evenly between them."""
    if len(content) <= most:
        return list(range(len(content)))
    return sorted({0, len(content) - 1, *(at * (len(content) - 1) // most for at in range(most))})


def edits(content: bytes, at: int) -> Iterator[tuple[str, bytes]]:
    """A file cut there, with another byte there, with one more, with one less, and with what follows put before what precedes."""
    yield f"cut at {at}", content[:at]
    yield f"byte {at}", content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    yield f"bit 7 of byte {at}", content[:at] + bytes([content[at] ^ 0x80]) + content[at + 1 :]
    yield f"more at {at}", content[:at] + b"0" + content[at:]
    yield f"less at {at}", content[:at] + content[at + 1 :]
    yield f"turned at {at}", content[at:] + content[:at]


def rows(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Lines of a file put in another order, taken out, and doubled."""
    held = content.splitlines(keepends=True)
    for at in range(min(len(held), 40)):
        yield f"line {at} out", b"".join(held[:at] + held[at + 1 :])
        yield f"line {at} twice", b"".join([*held[: at + 1], *held[at:]])
        if at + 1 < len(held):
            yield f"line {at} and the next turned", b"".join([*held[:at], held[at + 1], held[at], *held[at + 2 :]])
    yield "its lines backwards", b"".join(reversed(held))


def changed(files: Files, most: int) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each change of each file."""
    for name, content in files.items():
        yield f"{name} gone", {other: held for other, held in files.items() if other != name}
        yield f"{name} renamed", {**{other: held for other, held in files.items() if other != name}, f"{name}.old": content}
        for other in files:
            yield f"{name} for {other}", {**files, name: files[other], other: content}
        told = [*rows(content), *(one for at in places(content, most) for one in edits(content, at))]
        yield from ((f"{name}: {how}", {**files, name: new}) for how, new in told)


def unseen(held: Handed, most: int) -> list[str]:
    """The changes that a checker would not see. Proofs that say the same in other bytes are none, where the list was made to fit."""
    found, said = list[str](), held.says(held.files)
    for how, files in changed(held.files, most):
        if files == held.files:
            continue
        found += [how] * held.judge(files) * (held.says(files) != said or files.keys() != held.files.keys())
        fitted = held.fit(files)
        rest = {name: content for name, content in fitted.items() if name not in (folio.LEDGER, folio.MANIFEST)}
        same = held.says(fitted) == said and all(held.files.get(name) == content for name, content in rest.items())
        found += [f"{how}, with a list that fits"] * (held.judge(fitted) and not (same and fitted.keys() == held.files.keys()))
    return found


@pytest.mark.parametrize("kind", HANDED)
def test_what_left_the_house_is_changed_nowhere_unseen(kind: str) -> None:
    held = HANDED[kind]()
    assert held.judge(held.files)
    assert held.judge(held.fit(held.files)), "what was made to fit though nothing was changed is as it was"
    assert unseen(held, FEW) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", HANDED)
def test_what_left_the_house_is_changed_at_no_byte_that_was_tried_unseen(kind: str) -> None:
    assert unseen(HANDED[kind](), MANY) == []


@pytest.mark.parametrize("rule", sorted(folio.MADE))
def test_a_file_that_was_chained_anew_is_seen_by_a_head_of_another_hand_alone(rule: str) -> None:
    files, head = filed(rule)
    entries, _, _ = folio._ledger(files[folio.LEDGER])
    for at, one in enumerate(entries[:-1]):
        forged = reworded(one) if one.body is not None else entry(40 + at)
        for some in (
            [*entries[:at], forged, *entries[at + 1 : -1]],
            [*entries[:at], *entries[at + 1 : -1]],
            [*entries[:at], one, one if at == 0 else entries[at - 1], *entries[at + 1 : -1]],
        ):
            own = list({each.digest: each for each in some}.values())
            lacking = {each.digest: each.lacks for each in own if each.lacks is not None}
            made = entry(
                99, rule, of_moment=max(each.at for each in own), **folio.facts([each.digest for each in own], lacking, PAGES)
            )
            anew, other = bound([*own, made], PAGES)
            if [each.digest for each in own] == [each.digest for each in entries[:-1]]:
                continue
            assert not folio.judge(anew, [head]).holds
            troubles = {trouble.code for trouble in folio.judge(anew, [other]).troubles}
            assert troubles <= {"erasure_unproven"}, "by its own head it fits in itself, which shows nothing"


def test_a_register_that_was_chained_anew_is_seen_by_a_head_of_another_hand_alone() -> None:
    held = dict(pages.files(pages.Register(title="云溪区", lines=lines(30))))
    _, head = posted(held)
    for name in held:
        forged, other = posted({**held, name: held[name][:-1] or b" "})
        for heads, seen in (([head], True), ([other], False)):
            judged = manifest.judge(sums(forged), forged[manifest.MANIFEST], forged[manifest.LEDGER], heads)
            assert judged.holds is not seen, name


def reworded(one: Entry) -> Entry:
    """The same entry with other words, and digests that fit them."""
    body = (one.body or "") + " "
    hidden = body_digest(one.salt or "", body)
    return replace(one, body=body, body_digest=hidden, digest=digest(one.id, one.at, one.about, one.rule, hidden))
