"""Strict reading of a connector's configuration: nothing unknown, nothing of the wrong type, no secret in plain sight."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from inspector.domain.errors import Invalid
from inspector.ports import Card

_LONGEST_SECRET = 65_536

BORNE: Mapping[str, tuple[str, ...]] = {
    "source": ("subject.code", "claim.value"),
    "agency": ("subject.code", "claim.value"),
    "credit": ("subject.code", "case.result"),
    "channel": ("address",),
    "callback": ("case.result",),
}
"""Which personal data every call of a port bears, whatever its settings say; ports that are not here send none."""

BRIEFED = ("address", "claim.value")
"""What pushes bear that bring the brief of a visit beside the link: it says what was promised."""

_Config = TypeVar("_Config", bound="ConnectorConfig")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorConfig:
    """What every connector may be told: who stands behind it, in which version, and which personal data it sends out besides its own."""

    owner: str = ""
    version: str = "1"
    personal_data: tuple[str, ...] = ()

    def bears(self, port: str) -> tuple[str, ...]:
        """Which personal data its calls bear by themselves: those of its port, where a kind does not know better."""
        return BORNE.get(port, ())

    @property
    def longest_seconds(self) -> float | None:
        """The longest time one call may take; None for a connector that waits for nobody."""
        return None

    @property
    def once_seconds(self) -> float | None:
        """For how long the other side shows what comes again under its key once; None: always, or nothing is shown there."""
        return None

    def card(self, name: str, *, port: str, kind: str) -> Card:
        """The connector's card. Its personal data are never less than what really leaves (PIPL art. 55): nothing has to be declared."""
        return Card(
            name=name,
            port=port,
            kind=kind,
            owner=self.owner or name,
            version=self.version,
            personal_data=tuple(dict.fromkeys((*self.bears(port), *self.personal_data))),
            longest_seconds=self.longest_seconds,
            once_seconds=self.once_seconds,
        )


Words = str | tuple[str, str]
"""What a setting may be: in signs that are read in every language, or by the code of its words (labels, group `setting`), with a detail."""


def unfit(connector: str, key: str, wanted: Words) -> Invalid:
    """The error of a setting that cannot be used as it is, to be raised: `wanted` is what it may be."""
    if isinstance(wanted, str):
        return Invalid("connector_key_range", connector=connector, key=key, wanted=wanted)
    code, detail = wanted
    return Invalid("connector_key_range", connector=connector, key=key, wanted=code, detail=detail)


_KNOWN: dict[type[ConnectorConfig], Mapping[str, Any]] = {}
"""The keys of each shape and their types, worked out once: it takes longer than to read a configuration."""


def parse(shape: type[_Config], name: str, given: Mapping[str, object]) -> _Config:
    """`given` as a `shape`. `name` is the connector's, for the error.

    Raises Invalid: `connector_key_unknown` (names the nearest valid key), `connector_key_missing`, `connector_key_type`.
    """
    known = _KNOWN.get(shape) or _KNOWN.setdefault(shape, get_type_hints(shape))
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            raise Invalid("connector_key_unknown", connector=name, key=key, nearest="".join(near), known=", ".join(sorted(known)))
    for wanted in fields(shape):
        if wanted.name not in given and wanted.default is MISSING and wanted.default_factory is MISSING:
            raise Invalid("connector_key_missing", connector=name, key=wanted.name)
    held: dict[str, Any] = {key: _as(known[key], value, name, key) for key, value in given.items()}
    return shape(**held)


def secret(path: str, name: str, key: str) -> str:
    """The secret kept in the file at `path`, its line end stripped.

    Raises Invalid: `connector_secret_missing`, `connector_secret_open` (others may read the file: mend with chmod 600),
    `connector_secret_unreadable` (empty, or not one line of printable ASCII).
    """
    text = confined(path, name, key).decode("utf-8", "replace").rstrip("\r\n")
    if not text or not (text.isascii() and text.isprintable()):
        raise Invalid("connector_secret_unreadable", connector=name, key=key, file=path)
    return text


def confined(path: str, name: str, key: str) -> bytes:
    """What a file of secrets holds, which only its owner may read. Raises Invalid as `secret` does, `…_unreadable` for a long one."""
    try:
        with Path(path).open("rb") as held:
            # The open file is judged, not its name: nobody can exchange it in between.
            mode = stat.S_IMODE(os.fstat(held.fileno()).st_mode)
            content = held.read(_LONGEST_SECRET + 1)
    except OSError as error:
        raise Invalid("connector_secret_missing", connector=name, key=key, file=path, reason=type(error).__name__) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Invalid("connector_secret_open", connector=name, key=key, file=path, mode=f"{mode:04o}", mend="chmod 600")
    if len(content) > _LONGEST_SECRET:
        raise Invalid("connector_secret_unreadable", connector=name, key=key, file=path)
    return content


def _as(wanted: Any, value: object, name: str, key: str) -> object:
    """`value` when it is what the field wants. A whole number will do for a decimal; nothing else is converted silently."""
    if get_origin(wanted) is tuple and isinstance(value, list | tuple):
        return tuple(_as(get_args(wanted)[0], part, name, key) for part in value)
    if get_origin(wanted) is Mapping and isinstance(value, Mapping):
        return {_as(str, left, name, key): _as(get_args(wanted)[1], right, name, key) for left, right in value.items()}
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is wanted or (wanted is object and isinstance(value, str | int)):
        return value
    raise Invalid("connector_key_type", connector=name, key=key, wanted=_told(wanted), given=_told(type(value)))


def _told(wanted: Any) -> str:
    """A type as its values are written in TOML; no value of ours, which may be a secret."""
    shown = {str: '"…"', int: "0", float: "0.0", bool: "true | false", object: '"…" | 0', list: "[…]", dict: "{…}"}
    if get_origin(wanted) is tuple:
        return f"[{_told(get_args(wanted)[0])}]"
    if get_origin(wanted) is Mapping:
        return f'{{"…" = {_told(get_args(wanted)[1])}}}'
    return shown.get(wanted, getattr(wanted, "__name__", str(wanted)))
