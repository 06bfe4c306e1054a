"""Files that others send us: how they come in a message, how large they may be, and how they are given back."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated

from pydantic import StringConstraints

from inspector.domain.errors import Invalid
from inspector.web.fields import Strict

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of a stranger's file: whatever it holds, nothing in it is carried out."""


class FileIn(Strict):
    """A message with a file in base64: JPEG, PNG or PDF."""

    content: Annotated[str, StringConstraints(min_length=1)]

    def decoded(self, most: int) -> bytes:
        """The file, of `most` bytes at most. Raises Invalid (`material_not_base64`, `material_too_large`)."""
        try:
            return fitting(b64decode(self.content, validate=True), most)
        except ValueError as error:  # binascii.Error is one; so is what is no ASCII
            raise Invalid("material_not_base64", field="content") from error


def fitting(content: bytes, most: int) -> bytes:
    """A file that is not too large. Raises Invalid (`material_too_large`)."""
    if len(content) > most:
        raise Invalid("material_too_large", field="material", most=most // 1_000_000)
    return content
