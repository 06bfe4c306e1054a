"""Files that a command hands out: whole, and new. What is there already is somebody's, and is never written over."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from inspector.domain.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path


def write_new(out: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file that is not there yet. Raises Invalid (`file_exists`) where one is, and leaves it as it is.

    `private`: it holds personal data, and is for its owner's eyes alone.
    """
    try:
        with open(out, "xb", opener=_private if private else None) as file:
            file.write(content)
    except FileExistsError as error:
        raise Invalid("file_exists", file=str(out)) from error


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
