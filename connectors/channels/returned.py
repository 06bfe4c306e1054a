"""What a supervision platform sends back of a visit, read in its own form: findings, check sheet, signature, the firm's words, photos.

Whatever is in no list is refused by its place there: it is no finding, and nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.channels.form import FormConfig
from connectors.config import Words
from inspector.domain.errors import Invalid

Told = Mapping[str, object]
RESULT = ("seen", "remarks", "visited_on")
SIGNATURE = ("signing", "signer", "signing_reason", "witness", "statement")
FINDING = ("case_id", "claim", "verdict", "note")
ROW = ("item", "outcomes", "modes", "follow_ups", "followed_on", "words")
LISTS = ("outcomes", "modes", "follow_ups")
FILE = ("number", "content", "digest", "case_id", "claim", "remark", "captured_at", "place", "latitude", "longitude", "within")
_PLACE = ("latitude", "longitude", "within")
_EMPTY: tuple[object, ...] = (None, "", [], {})
_NUMBER = re.compile(r"[!-~]{1,500}")
"""A file's number there, or its address: it travels in a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnConfig(FormConfig):
    """Where (dotted) the parts of a result stand in a platform's message, and what its words mean in ours; without a list they are ours.

    `returns`: `seen`, `remarks`, `visited_on`, and of the check sheet `signing`, `signer`, `signing_reason`, `witness`, `statement`;
    `findings_field` the list of findings, `rows_field` that of the sheet's rows, `files_field` that of photos, and `finds`, `rows`,
    `files` where in each of them its parts stand. Without `rows_field` or `files_field` none are taken. Several codes in one text are
    parted by `between`.
    """

    returns: Mapping[str, str] = field(default_factory=dict)
    findings_field: str = "findings"
    finds: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    rows_field: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    between: str = ","
    items: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)
    follow_ups: Mapping[str, str] = field(default_factory=dict)
    signings: Mapping[str, str] = field(default_factory=dict)
    files_field: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def flaws(self) -> Iterator[tuple[str, bool, Words]]:
        """Each setting that may be wrong, whether it is right, and what would be."""
        for key, told, known in (
            ("returns", self.returns, (*RESULT, *SIGNATURE)),
            ("finds", self.finds, FINDING),
            ("rows", self.rows, ROW),
            ("files", self.files, FILE),
        ):
            yield key, {*told} <= {*known}, ", ".join(known)
        verdicts = ("match", "mismatch", "not_found", "cannot_say")
        seen = ("NOTHING", "FINDING", "UNREACHABLE", "REFUSED", "CEASED", "NOT_ACTIVE", "UNVERIFIABLE")
        for key, means, ours in (
            ("verdicts", self.verdicts, verdicts),
            ("seen", self.seen, seen),
            ("signings", self.signings, ("SIGNED", "REFUSED", "ABSENT")),
        ):
            yield key, {*means.values()} <= {*ours}, ", ".join(ours)
        yield "between", bool(self.between), "parts_codes"

    def alone(self) -> Iterator[tuple[str, str]]:
        """Settings that say nothing without another one, which is not there."""
        if self.rows and not self.rows_field:
            yield "rows", "rows_field"
        if self.files and not self.files_field:
            yield "files", "files_field"


class Reader:
    """Reads what one platform sends back."""

    def __init__(self, held: ReturnConfig) -> None:
        self._held = held

    def read(self, told: Told) -> dict[str, object]:
        """A result as one of ours (`ReturnedIn`).

        Raises Invalid (`result_field_missing`; `result_word_unknown` for a word that is in no list: it is no finding).
        """
        made = {name: value for name in RESULT if (value := at(told, self._where(name))) not in _EMPTY}
        if "seen" in made:
            made["seen"] = _meant(made["seen"], self._held.seen, self._where("seen"))
        findings = self._list(told, self._held.findings_field, needed="seen" not in made)  # a visit that asks no fact has none
        made["findings"] = [self._finding(one, number) for number, one in enumerate(findings)]
        if sheet := self._sheet(told):
            made["sheet"] = sheet
        if self._held.files_field:
            files = self._list(told, self._held.files_field)
            made["files"] = [self._file(one, number) for number, one in enumerate(files)]
        return made

    def theirs(self, place: Sequence[str | int]) -> str:
        """Where in the platform's own form it told what stands at a place of ours: a refusal names what its people know."""
        first, *rest = place
        if first == "sheet":
            first, *rest = rest or ["rows"]
        lists = {
            "findings": (self._held.findings_field, self._held.finds),
            "rows": (self._held.rows_field, self._held.rows),
            "files": (self._held.files_field, self._held.files),
        }
        if first not in lists:
            return self._where(str(first))
        field, names = lists[str(first)]
        return ".".join([field, *(names.get(str(one), str(one)) for one in rest)])

    def _where(self, name: str) -> str:
        return self._held.returns.get(name, name)

    def _list(self, told: Told, field: str, *, needed: bool = False) -> Sequence[object]:
        found = at(told, field)
        if found is None and not needed:
            return ()
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise Invalid("result_field_missing", field=field)
        return found

    def _finding(self, told: object, number: int) -> dict[str, object]:
        given = {name: at(told, self._held.finds.get(name, name)) for name in FINDING}
        given["verdict"] = _meant(given["verdict"], self._held.verdicts, self.theirs(("findings", number, "verdict")))
        return {name: value for name, value in given.items() if value is not None}

    def _sheet(self, told: Told) -> dict[str, object]:
        """The check sheet, where anything of one is told and the settings say where."""
        given = {name: at(told, self._held.returns[name]) for name in SIGNATURE if name in self._held.returns}
        made = {name: value for name, value in given.items() if value not in _EMPTY}
        if "signing" in made:
            made["signing"] = _meant(made["signing"], self._held.signings, self._held.returns["signing"])
        rows = self._list(told, self._held.rows_field) if self._held.rows_field else ()
        return {**made, "rows": [self._row(one, number) for number, one in enumerate(rows)]} if made or rows else {}

    def _row(self, told: object, number: int) -> dict[str, object]:
        given = {name: value for name in ROW if (value := at(told, self._held.rows.get(name, name))) not in _EMPTY}
        if "item" in given:
            given["item"] = _meant(given["item"], self._held.items, self.theirs(("rows", number, "item")))
        for name, words in zip(LISTS, (self._held.outcomes, self._held.modes, self._held.follow_ups), strict=True):
            if name in given:
                place = self.theirs(("rows", number, name))
                given[name] = [_meant(one, words, place) for one in self._several(given[name], place)]
        return given

    def _several(self, told: object, place: str) -> Sequence[object]:
        """The codes of one field: a list of them, or one text with something between."""
        if isinstance(told, str):
            return [one.strip() for one in told.split(self._held.between) if one.strip()]
        if isinstance(told, int) and not isinstance(told, bool):
            return [told]
        if not isinstance(told, Sequence):
            raise Invalid("result_field_missing", field=place)
        return told

    def _file(self, told: object, number: int) -> dict[str, object]:
        given = {name: value for name in FILE if (value := at(told, self._held.files.get(name, name))) not in _EMPTY}
        place = {name: given.pop(name) for name in _PLACE if name in given}
        if "place" in given:
            place["words"] = given.pop("place")
        if isinstance(given.get("digest"), str):
            given["digest"] = str(given["digest"]).lower()
        named = str(given.get("number", ""))
        if not _NUMBER.fullmatch(named):
            raise Invalid("result_field_missing", field=self.theirs(("files", number, "number")))
        return {**given, "number": named, **({"place": place} if place else {})}


def at(told: object, place: str) -> object:
    """What stands at a dotted place; None where nothing does."""
    for step in place.split("."):
        told = told.get(step) if isinstance(told, Mapping) else None
    return told


def _meant(told: object, words: Mapping[str, str], place: str) -> object:
    """Our word for theirs; without a list theirs are ours. Raises Invalid (`result_word_unknown`)."""
    if not words:
        return told
    if isinstance(told, bool) or not isinstance(told, str | int) or str(told) not in words:
        raise Invalid("result_word_unknown", field=place, known=", ".join(words))
    return words[str(told)]
