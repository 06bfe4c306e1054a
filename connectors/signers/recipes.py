"""The recipes by which platforms want their callers to sign, each by the name that settings choose it by (`signer = "…"`)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.config import unfit
from connectors.signers import md5, sha1, sha256, sm3
from connectors.signers.sm2 import Sm2

Sign = Callable[[str, Mapping[str, str], Mapping[str, object]], bytes]
"""The secret, the signed fields in the platform's order, and the plain body, which few recipes sign."""

ENCODINGS: Mapping[str, Callable[[bytes], str]] = {
    "base64": lambda made: base64.b64encode(made).decode(),
    "hex": lambda made: made.hex(),
    "HEX": lambda made: made.hex().upper(),
}
"""How a signature is written."""

RECIPES: Mapping[str, str] = {
    "hmac-sha256": "base64",
    "hmac-sha1": "base64",
    "hmac-sm3": "base64",
    "sm2": "base64",
    "sm2-raw": "hex",
    "md5": "hex",
    "md5-sorted": "HEX",
}
"""Every recipe, and how its signature is written where nothing else is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One recipe as a connector uses it. `shared`: both sides hold the same secret, so a short-lived one can take its place."""

    sign: Sign
    written: Callable[[bytes], str]
    shared: bool = True

    def signature(self, secret: str, told: Mapping[str, str], asked: Mapping[str, object]) -> str:
        """The signature as it is sent."""
        return self.written(self.sign(secret, told, asked))


def recipe(signer: str, connector: str, *, signed: tuple[str, ...], encoding: str, identity: str, secret: str) -> Recipe:
    """The recipe of that name. `connector` is for the error.

    Raises Invalid: `connector_key_range` (`signer`, `encoding`, `signed` where the secret's place is missing or has none,
    `key_file` for what is no private key) and `connector_library_missing`.
    """
    if signer not in RECIPES:
        raise unfit(connector, "signer", ", ".join(RECIPES))
    if encoding and encoding not in ENCODINGS:
        raise unfit(connector, "encoding", ", ".join(ENCODINGS))
    if (md5.SECRET in signed) is not (signer == "md5"):  # what holds no secret anybody could have made
        without = ("list_without", md5.SECRET)
        wanted = ("list_with", md5.SECRET) if signer == "md5" else without
        raise unfit(connector, "signed", wanted)
    written = ENCODINGS[encoding or RECIPES[signer]]
    if not signer.startswith("sm2"):
        plain: Mapping[str, Sign] = {
            "hmac-sha256": sha256.sign,
            "hmac-sha1": sha1.sign,
            "hmac-sm3": sm3.sign,
            "md5": md5.joined,
            "md5-sorted": md5.sorted_fields,
        }
        return Recipe(sign=plain[signer], written=written)
    held = Sm2(connector, identity, raw=signer == "sm2-raw")
    if not held.fits(secret):
        raise unfit(connector, "key_file", "private_key_hex")
    return Recipe(sign=held.sign, written=written, shared=False)
