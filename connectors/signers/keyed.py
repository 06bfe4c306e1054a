"""Whose requests are signed after RFC 9421: the keys that settings name for it, and the signer that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from connectors.config import Words, unfit
from connectors.kept import Kept

if TYPE_CHECKING:
    from connectors.signers.message import Sign

COVERED = ("@method", "@target-uri", "content-type", "content-digest")
"""What is covered where nothing else is set: a signature that leaves the body or the address out protects neither."""


class Keyed(Protocol):
    """How requests are signed, if at all: with `key_file`, under `key_id`, over what is `covered`."""

    @property
    def key_file(self) -> str:
        """The file of the key; empty: nothing is signed."""

    @property
    def key_id(self) -> str:
        """The name by which the other side knows the key."""

    @property
    def algorithm(self) -> str:
        """RFC 9421's name for it."""

    @property
    def covered(self) -> tuple[str, ...]:
        """What the signature covers, in this order."""

    @property
    def digest(self) -> str:
        """Of Content-Digest."""

    @property
    def tag(self) -> str:
        """The signature's tag, if any."""

    @property
    def expires_seconds(self) -> int:
        """How long it holds; 0: it does not say."""


class Signing(Protocol):
    """Further headers for a request as it is sent."""

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes, /) -> Mapping[str, str]:
        """Of its method, URL, headers and body. Raises ValueError for what cannot be signed."""


def signing(held: Keyed, name: str) -> tuple[Signing | None, tuple[Kept[Sign], ...]]:
    """What signs, and the key it signs by, so that a wire knows when it was exchanged; None and no key where nothing is signed.

    Raises Invalid (`connector_key_range`, `connector_secret_…`). Its libraries are loaded by who signs.
    """
    if not held.key_file:
        return None, ()
    from connectors.signers.message import MessageSigner, signs

    for key, fine, wanted in _wanted(held):
        if not fine:
            raise unfit(name, key, wanted)
    # The signing function reads the file itself: in PEM a key has many lines.
    own = Kept(held.key_file, name, "key_file", lambda _: signs(held.algorithm, held.key_file, name), read=lambda *_: "")

    def sign(base: bytes) -> bytes:
        return own.now()(base)

    made = MessageSigner(
        sign=sign, covered=held.covered, keyid=held.key_id, digest=held.digest, tag=held.tag, lasts=held.expires_seconds
    )
    return made.headers, (own,)


def _wanted(held: Keyed) -> Iterator[tuple[str, bool, Words]]:
    from connectors.signers.message import DIGESTS, FIELDS, quoted

    for key in ("key_id", "tag"):
        try:
            quoted(getattr(held, key))
        except ValueError:
            yield key, False, "printable_ascii"
    yield "key_id", bool(held.key_id), "name_of_key"
    yield "covered", set(held.covered) <= FIELDS and len({*held.covered}) == len(held.covered), ", ".join(sorted(FIELDS))
    yield "covered", {"@method", "content-digest"} <= {*held.covered}, "covers_method"
    yield "covered", bool({"@target-uri", "@path"} & {*held.covered}), "covers_target"
    yield "digest", held.digest in DIGESTS, ", ".join(DIGESTS)
    yield "expires_seconds", 0 <= held.expires_seconds <= 3600, "0–3600"
