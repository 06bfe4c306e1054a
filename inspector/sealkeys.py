"""The keys that seal personal data at rest: read from files that nobody else may read, and made."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from inspector.domain.errors import Invalid
from inspector.store.keyring import SECRET, Keyring, Secret

_FORM = re.compile(rf"[0-9a-f]{{{2 * SECRET}}}")


def read(sealing: Sequence[Path], lookup: Sequence[Path]) -> Keyring:
    """The keys of these files; the first of each kind seals, the others open what was sealed before. None of both: nothing is sealed.

    Raises Invalid: `key_file_unfit` (not there, readable by others, or no 64 hex digits), `keys_incomplete` (of one kind alone),
    `key_repeated` (one secret in two files).
    """
    ring = Keyring([_secret(file) for file in sealing], [_secret(file) for file in lookup])
    if bool(sealing) != bool(lookup):
        raise Invalid("keys_incomplete")
    if len({*ring.sealing, *ring.lookup}) != len(sealing) + len(lookup):
        raise Invalid("key_repeated")
    return ring


def write(file: Path) -> str:
    """A new secret in a new file for its owner alone; its id. Raises Invalid (`key_file_exists`): a key that is gone cannot be had back."""
    held = secrets.token_bytes(SECRET)
    keep(file, held.hex() + "\n")
    return Secret(held=held).id


def keep(file: Path, text: str) -> None:
    """A key in a new file for its owner alone. Raises Invalid as `write` does."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Invalid("key_file_exists", file=str(file)) from error
    except FileNotFoundError as error:
        raise Invalid("seal_folder_missing", folder=str(file.parent)) from error
    except OSError as error:
        raise Invalid("key_file_unfit", file=str(file)) from error
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(text)


def _secret(file: Path) -> Secret:
    try:
        text, mode = file.read_text(encoding="ascii").strip(), stat.S_IMODE(file.stat().st_mode)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("key_file_unfit", file=str(file)) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO) or not _FORM.fullmatch(text):
        raise Invalid("key_file_unfit", file=str(file))
    return Secret(held=bytes.fromhex(text))
