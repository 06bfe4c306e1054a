"""What came back over a wire, and how to read it: UTF-8 JSON or an error with the digest of what came instead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from inspector.domain import days
from inspector.domain.days import Since
from inspector.ports import Card, Garbled, Provenance, Receipt

_SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_NUMBER = 200
"""Characters of a number that the other side gives what it has taken."""

_EMPTY: tuple[object, ...] = (None, "", [], {})
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A 2xx answer. Header names are lower case; digests are SHA-256 (hex) of the bytes sent and received.

    `json_in`: the field (dotted) whose text is JSON of its own; dotted names go on through it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    attempts: int
    request_digest: str
    reply_digest: str
    asked_at: datetime
    json_in: str = ""

    def said(self) -> dict[str, object]:
        """The body as a JSON object in UTF-8 (RFC 8259, 8.1); decimals stay text as written, for a float would change figures.

        Raises Garbled (`wrong_charset`, `not_json`, `not_object`).
        """
        declared = charset_of(self.headers.get("content-type", ""))
        if declared not in _UTF_8:
            raise self.garbled("wrong_charset", f"declared {declared}")
        try:
            told = self._json(self.body.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise self.garbled("wrong_charset", f"not UTF-8 at byte {error.start + 1}") from None
        if not isinstance(told, dict):
            raise self.garbled("not_object", type(told).__name__)
        return told

    def _json(self, text: str, where: str = "") -> object:
        """Raises Garbled (`not_json`) with the place, and nothing of what stands there."""
        try:
            return json.loads(text, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_unique)
        except json.JSONDecodeError as error:
            raise self.garbled("not_json", f"{where}line {error.lineno}, column {error.colno}") from None
        except (ValueError, RecursionError) as error:
            raise self.garbled("not_json", f"{where}{type(error).__name__}") from None

    def text(self, field: str, *, optional: bool = False) -> str | None:
        """The text at a dotted `field` of the body; None where the other side left it empty.

        Whole numbers and truth values are told as text. A field that should be there and is not is no answer: silence must not
        pass for "no such record". Raises Garbled (`field_missing` unless optional, `field_type` and those of `said`).
        """
        return self.value(field, optional=optional)[1]

    def value(self, field: str, *, optional: bool = False) -> tuple[bool, str | None]:
        """Whether the record is there that holds a dotted `field`, and the field's text in it as `text` tells it.

        `{"data": null}` has no record for `data.value`; `{"data": {"value": null}}` has one that is empty at this place. A list of one is
        that one, and an empty one has no record; of several nobody knows which is meant: Garbled (`rows_differ`).
        Raises as `text` does.
        """
        held: object = self.said()
        *outer, last = field.split(".")
        for place, step in enumerate(outer, start=1):
            held = self._step(held, step, field, optional=optional)
            if self.json_in and outer[:place] == self.json_in.split("."):
                held = self._unfolded(held)
            if held in _EMPTY:
                return False, None
        held = self._step(held, last, field, optional=optional)
        return True, None if held in _EMPTY else self._scalar(held, field)

    def _unfolded(self, held: object) -> object:
        """What stands in the text of `json_in`. Raises Garbled (`field_type` where there is no text, `not_json`)."""
        if held in _EMPTY or (isinstance(held, str) and not held.strip()):
            return None
        if not isinstance(held, str):
            raise self.garbled("field_type", f"{self.json_in}: no text")
        return self._json(held, f"{self.json_in}: ")

    def _step(self, held: object, step: str, field: str, *, optional: bool) -> object:
        if isinstance(held, list):
            if len(held) > 1:  # which of them is meant nobody knows, and a person is told
                raise self.garbled("rows_differ", f"{field}: {len(held)} in a list")
            held = held[0] if held else {}
        if not isinstance(held, dict):
            raise self.garbled("field_type", field)
        if step not in held and not optional:
            raise self.garbled("field_missing", field)
        return held.get(step)

    def _scalar(self, held: object, field: str) -> str | None:
        match held:
            case bool():
                return "true" if held else "false"
            case str() | int() if storable(str(held)):
                return str(held).strip() or None
            case _:
                raise self.garbled("field_type", field)

    def moment(self, field: str, since: Since | None = None) -> datetime | None:
        """The moment at `field` if one is told; without an offset it is Beijing time, a date its midnight. `since`: told as a number.

        Raises Garbled (`field_type`).
        """
        told = self.text(field, optional=True)
        if told is None:
            return None
        try:
            return placed(days.counted(told, since) if since is not None else days.moment(told))
        except (ValueError, OverflowError):
            raise self.garbled("field_type", f"{field}: no date") from None

    def receipt(self, field: str = "receipt", *, dated: str = "") -> Receipt:
        """The other side has it: its number where it gave one, and its date where it gives one in the field `dated`.

        Raises Garbled when a body came that is not what was agreed: many platforms answer 200 and put the error into the body.
        """
        told = bool(self.body.strip())
        reference, at = self.text(field) if told else None, self.moment(dated) if told and dated else None
        if reference is not None and len(reference) > LONGEST_NUMBER:
            raise self.garbled("field_type", f"{field}: too long for a number")
        return Receipt(reference=reference or "", at=at, attempts=self.attempts)

    def repeats(self, key: str) -> bool:
        """Whether this is the 409 of somebody who has what was sent under `key` already: it names the key and gives a receipt."""
        try:
            return self.status == 409 and self.text("key", optional=True) == key and bool(self.text("receipt", optional=True))
        except Garbled:
            return False

    def provenance(self, card: Card, *, as_of: datetime | None, version: str, live: bool = False) -> Provenance:
        """Where this answer comes from."""
        return Provenance(
            source=card.name,
            owner=card.owner,
            asked_at=self.asked_at,
            as_of=as_of,
            source_version=version,
            request_digest=self.request_digest,
            reply_digest=self.reply_digest,
            attempts=self.attempts,
            live=live,
        )

    def garbled(self, code: str, detail: str = "", *, said: str = "") -> Garbled:
        """The error for this answer; `detail` names fields and types, never values. `said` is a code of theirs that is in no list."""
        came, sent = self.reply_digest, self.request_digest
        return Garbled(code, digest=came, detail=detail, attempts=self.attempts, sent=sent, said=said)


def charset_of(content_type: str) -> str:
    """The charset that a Content-Type declares, in lower case and letters of charset names only; empty when it declares none.

    Short Chinese texts in GB 18030 can happen to be valid UTF-8 that says something else: what is declared must be believed.
    """
    told = _CHARSET.search(content_type)
    return told[1].lower() if told else ""


def placed(read: datetime) -> datetime:
    """A moment as another side wrote it; without an offset it is Beijing time. Raises OverflowError at the calendar's edges."""
    moment = read if read.tzinfo is not None else read.replace(tzinfo=_SHANGHAI)
    for zone in (UTC, _SHANGHAI):  # kept in the one, shown in the other: neither may overflow
        moment.astimezone(zone)
    return moment


def storable(text: str) -> bool:
    """Whether it can be kept: half a character cannot be encoded, and a PostgreSQL text column takes no NUL.

    Better garbled here than at the settlement, where it would look like a fault of ours and be asked again.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def shown(name: str | bytes) -> str:
    """A name of theirs as it can be kept and shown: what is no character, or none that can be seen, stands there by its number."""
    told = name.encode(errors="backslashreplace").decode() if isinstance(name, str) else name.decode(errors="backslashreplace")
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in told)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Which of two values of one name is meant nobody knows (RFC 8259, 4)."""
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a name stands twice")
    return held


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not JSON")
