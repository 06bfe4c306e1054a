"""The check sheet over the interface and by form: what an inspector filled in, and what a team's sheets come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.checksheet import Sheet, SheetRow, Signature, Signing
from inspector.domain.collated import DAY, SIGNATURE, Collated
from inspector.labels import Lang, label, of
from inspector.web.answers import Shown
from inspector.web.fields import LINE, Day, MaybeLine, Strict, Text
from inspector.web.pages import Fields

Codes = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100, pattern=LINE)], ...], Field(max_length=40)]
_LISTS = ("outcomes", "modes", "follow_ups")
_WHOLE = 4
"""Items whose boxes a page writes out beside each: some four thousand bytes an item."""


class SheetRowIn(Strict):
    """What one inspector says of one item, in the codes of the pack; `item` is empty where the visit is for no case."""

    item: Annotated[str, Field(max_length=100)] = ""
    outcomes: Codes = ()
    modes: Codes = ()
    follow_ups: Codes = ()
    followed_on: Day | None = None
    words: Text = ""


class SheetIn(Strict):
    """A check sheet, or a part of it. `signing`: what became of the subject's signature; `statement`: what the subject had to say."""

    rows: Annotated[tuple[SheetRowIn, ...], Field(max_length=100)] = ()
    signing: Signing | None = None
    signer: MaybeLine = ""
    signing_reason: Text = ""
    witness: MaybeLine = ""
    statement: Text = ""

    def sheet(self) -> Sheet:
        """As the domain has it."""
        return Sheet(
            rows=tuple(SheetRow(**one.model_dump()) for one in self.rows),
            signature=Signature(how=self.signing, signer=self.signer, reason=self.signing_reason, witness=self.witness),
            statement=self.statement,
        )


NO_SHEET = SheetIn()


class SheetRowShown(Shown):
    """A row as it was filled in."""

    item: str
    outcomes: tuple[str, ...]
    modes: tuple[str, ...]
    follow_ups: tuple[str, ...]
    followed_on: date | None
    words: str


class SheetShown(Shown):
    """A sheet as it was filled in."""

    rows: tuple[SheetRowShown, ...]
    signing: Signing | None
    signer: str
    signing_reason: str
    witness: str
    statement: str


class SignatureShown(Shown):
    """How the subject signed or did not, by which inspector's word."""

    inspector: str
    signing: Signing
    signer: str
    signing_reason: str
    witness: str


class LineShown(Shown):
    """A line of the sheet, `signature` or a list and item (`outcomes~item`), and what holds of it."""

    line: str
    said: tuple[str, ...]


class SaidShown(Shown):
    """Words, by the item or inspector that they are of."""

    of: str
    words: str


class SheetVersionShown(Shown):
    """One inspector's word on a line, by the `note` that a choice names."""

    note: str
    inspector: str
    said: tuple[str, ...]
    words: str
    received_at: datetime


class SheetClashShown(Shown):
    """Words of one team on one line that cannot all hold: the lead's to settle."""

    line: str
    versions: tuple[SheetVersionShown, ...]


class CollatedShown(Shown):
    """What a team's sheets come to."""

    lines: tuple[LineShown, ...]
    words: tuple[SaidShown, ...]
    signatures: tuple[SignatureShown, ...]
    statements: tuple[SaidShown, ...]
    clashes: tuple[SheetClashShown, ...]


def of_form(form: Fields) -> dict[str, object]:
    """The sheet of a form, as the message has it: `outcomes:<item>` and so on; `sheet.js` reads a form in the same way."""
    rows = []
    for name in form.kept():
        kind, _, item = name.partition(":")
        if kind != "sheet_words":
            continue
        lists: dict[str, object] = {one: [code for code in form.all(f"{one}:{item}") if code] for one in _LISTS}
        plain = {"followed_on": form.one(f"followed_on:{item}") or None, "words": form.one(name)}
        if any((lists | plain).values()):
            rows.append({"item": item, **lists, **plain})
    told = {one: form.one(one) for one in ("signer", "signing_reason", "witness", "statement")}
    return {"rows": rows, "signing": form.one("signing") or None, **told}


def sheet_shown(held: Sheet) -> SheetShown:
    """A sheet as it goes out."""
    signed = held.signature
    return SheetShown(
        rows=tuple(SheetRowShown.model_validate(one) for one in held.rows),
        signing=signed.how,
        signer=signed.signer,
        signing_reason=signed.reason,
        witness=signed.witness,
        statement=held.statement,
    )


def collated_shown(held: Collated) -> CollatedShown:
    """A team's sheet as it goes out."""
    return CollatedShown(
        lines=tuple(LineShown(line=line, said=said) for line, said in held.lines),
        words=_said(held.words),
        signatures=tuple(
            SignatureShown(inspector=who, signing=one.how, signer=one.signer, signing_reason=one.reason, witness=one.witness)
            for who, one in held.signatures
            if one.how is not None
        ),
        statements=_said(held.statements),
        clashes=tuple(
            SheetClashShown(
                line=clash.line,
                versions=tuple(
                    SheetVersionShown(note=one.note, inspector=one.inspector, said=one.said, words=one.words, received_at=one.at)
                    for one in clash.versions
                ),
            )
            for clash in held.clashes
        ),
    )


def unnamed(told: CollatedShown) -> CollatedShown:
    """The same without who of the team has filled in what: the firm's words and signature are the firm's."""
    return CollatedShown(
        lines=told.lines,
        words=told.words,
        signatures=tuple(one.model_copy(update={"inspector": ""}) for one in told.signatures),
        statements=tuple(one.model_copy(update={"of": ""}) for one in told.statements),
        clashes=(),
    )


def _said(held: Iterable[tuple[str, str]]) -> tuple[SaidShown, ...]:
    return tuple(SaidShown(of=of, words=words) for of, words in held)


class SheetWords:
    """The sheet in the words of a page: its codes and items by name, in the language of whoever reads. An unknown code stays itself."""

    def __init__(self, codes: Sequence[CodeRow], items: Mapping[str, str], lang: Lang) -> None:
        self.codes = codes
        self.items = items
        self._lang = lang

    @property
    def lean(self) -> bool:
        """Whether the boxes are written once and not beside each item: of many items the page were too heavy for a phone."""
        return len(self.items) > _WHOLE

    @property
    def lists(self) -> list[tuple[str, list[CodeRow]]]:
        """The lists that the pack has, by the names of their fields."""
        told = zip(_LISTS, CodeList, strict=True)
        return [(name, own) for name, among in told if (own := [one for one in self.codes if one.list is among])]

    def name(self, row: CodeRow) -> str:
        """A code's name."""
        return row.name if self._lang == "zh-Hans" else row.name_en

    def line(self, line: str) -> str:
        """What a line is about."""
        among, _, item = line.partition("~")
        if among == SIGNATURE:
            return label("ui.signing", self._lang)
        if among == DAY:
            return label("fact.visited_on", self._lang)
        about = label(f"ui.sheet_{among.replace('-', '_')}", self._lang)
        return f"{about} · {self.items.get(item, item)}" if item else about

    def said(self, line: str, said: Iterable[str]) -> str:
        """What holds of it, or what somebody says."""
        if line == DAY:
            return label("ui.names_gap", self._lang).join(said)
        among = dict(zip(_LISTS, CodeList, strict=True)).get(line.partition("~")[0].replace("-", "_"))
        if among is None:
            return label("ui.names_gap", self._lang).join(of(Signing(one), self._lang) for one in said)
        names = {one.code: self.name(one) for one in self.codes if one.list is among}
        return label("ui.names_gap", self._lang).join(names.get(one, one) for one in said)
