"""The duties of documents that packs carry out, each list a file beside the packs: who cites such a document leaves no duty of it out.

The list is the document's, in its own words, and says nothing of how anybody fulfils it; that is the pack's, clause by clause.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.domain.signs import cited as plain
from inspector.labels import toml
from inspector.policybook.clauses import articles_of
from inspector.policybook.flaws import Flaw
from inspector.policybook.part import Part, nearest
from inspector.policybook.rows import Draft

DOCUMENTS = "documents"
"""The folder beside the packs whose files are these lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty: its number, the article that it stands in, and its words."""

    code: str
    article: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document by its number and title, and all that it asks for."""

    number: str
    title: str
    duties: tuple[Duty, ...]


def documents(folders: tuple[Path, ...], flaws: list[Flaw]) -> dict[str, Document]:
    """The lists of these folders by the names of their files; of one name the first folder's. What cannot be read is noted."""
    held = dict[str, Document]()
    for folder in folders:
        for file in sorted((folder / DOCUMENTS).glob("*.toml")):
            if file.stem not in held and (found := _read(file, flaws)) is not None:
                held[file.stem] = found
    return held


def _read(file: Path, flaws: list[Flaw]) -> Document | None:
    name = f"{DOCUMENTS}/{file.name}"
    try:
        part = Part(name, "", toml.parsed(file.read_bytes()), flaws)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        flaws.append(Flaw(code="file_unreadable", file=name, facts=toml.facts(error, "value")))
        return None
    part.keys(("number", "title", "duty"))
    seen: set[str] = set()
    duties = tuple(_duty(one, seen) for one in part.rows("duty", "id"))
    held = Document(number=part.text("number"), title=part.text("title"), duties=duties)
    return held if part.clean else None


def _duty(part: Part, seen: set[str]) -> Duty:
    part.keys(("id", "article", "says"))
    part.once("id", seen)
    return Duty(code=part.text("id"), article=part.text("article"), says=part.text("says"))


def founded(draft: Draft, file: str, known: Mapping[str, Document]) -> Iterator[Flaw]:
    """What is wrong between a pack and the documents that it cites: each is carried out whole, or the pack says that it only cites it."""
    cited = set(draft.cites_only)
    if "clause" in draft.broken or "sources" in draft.broken:
        return
    for code in sorted(cited - draft.sources.keys()):
        told = {"value": code, "nearest": nearest(code, sorted(draft.sources)), "known": ", ".join(sorted(draft.sources))}
        yield Flaw(code="value_unknown", file=file, field="cites_only", facts=told)
    for clause in draft.clauses:
        if both := sorted(cited & {one.partition(":")[0] for one in articles_of(clause.cites)}):
            yield Flaw(
                code="cited_only_carried_out", file=file, row=f"clause {clause.code}", field="cites", facts={"value": both[0]}
            )
    for code, title in draft.sources.items():
        name = draft.founding.get(code)
        like = [one for one, document in known.items() if _named(document, title)]
        if name is None and like and code not in cited:
            yield Flaw(
                code="duties_unmarked", file=file, field=f"sources.{code}", facts={"value": title, "fix": like[0], "code": code}
            )
        elif name is not None and name not in known:
            told = {"value": name, "nearest": nearest(name, sorted(known)) or "-", "known": ", ".join(sorted(known)) or "-"}
            yield Flaw(code="duties_unknown", file=file, field=f"sources.{code}.duties", facts=told)
        elif name is not None and name not in like:
            facts = {"value": name, "title": known[name].title, "number": known[name].number}
            yield Flaw(code="duties_of_another", file=file, field=f"sources.{code}.duties", facts=facts)
        elif name is not None and code not in cited:
            yield from _carried_out(draft, file, code, known[name])


def _carried_out(draft: Draft, file: str, code: str, document: Document) -> Iterator[Flaw]:
    """Each duty has its clause in the document's words, and each clause that cites the document its duty."""
    wanted = {(f"{code}:{duty.article}", duty.says): duty for duty in document.duties}
    stated = {(cited, clause.says): clause for clause in draft.clauses for cited in articles_of(clause.cites)}
    for place, duty in wanted.items():
        if place not in stated:
            told = {"value": duty.code, "cites": place[0], "says": duty.says, "number": document.number}
            yield Flaw(code="duty_left_out", file=file, row="clause", field="says", facts=told)
    for place, clause in stated.items():
        if place[0].partition(":")[0] == code and place not in wanted:
            near = nearest(clause.says, [duty.says for duty in document.duties])
            told = {"value": clause.says, "cites": place[0], "nearest": near, "number": document.number}
            yield Flaw(code="clause_no_duty", file=file, row=f"clause {clause.code}", field="says", facts=told)


def _named(document: Document, title: str) -> bool:
    """Whether a source is this document, by its number, however the brackets are written, or by its name."""
    return any(plain(name) in plain(title) for name in (document.number, document.title))
