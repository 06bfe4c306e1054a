"""Files that a command hands out: whole, and new. What is there already is somebody's, and is never written over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.domain.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path


def write_new(out: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises Invalid (`file_exists`) where one is, and leaves it as it is."""
    try:
        with out.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise Invalid("file_exists", file=str(out)) from error
