"""Packs and calendars read once a test process for each content of their folder.

Nearly every command at the command line, and every office of a daemon, reads and proves all packs anew: a sixth of the suite's time,
almost always for the shipped folder as it lies there. What is read depends on nothing but names and bytes (`Policybook.read`), so they
are the key; a folder in which a test has changed one byte, or added a file, is read. Flaws are never kept.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from inspector import calendars
from inspector.domain.almanac import YearTable
from inspector.policybook import Policybook

SHIPPED = Path(__file__).parent.parent / "policies"
"""No test changes it, for others read it at the same time: it is looked through once."""
_KEPT = 32
"""Folders remembered at the most, those read first going first: a book of the shipped packs takes some megabytes."""


def remember() -> None:
    """From here on this process reads no folder twice that is the same to the last byte."""
    read, books = Policybook.read, dict[tuple[object, ...], Policybook]()

    def reread(folder: Path, *more: Path, approving: bool = True) -> Policybook:
        try:
            key = (approving, *((where, _shipped() if where == SHIPPED else _content(where)) for where in (folder, *more)))
        except OSError:  # what nobody may read is told as a flaw, by whom it is about
            return read(folder, *more, approving=approving)
        if key not in books:
            held = read(folder, *more, approving=approving)
            if len(books) == _KEPT:
                del books[next(iter(books))]
            books[key] = held
        return replace(books[key], _later={})  # what it learns of packs elsewhere is one installation's affair

    pytest.MonkeyPatch().setattr(Policybook, "read", staticmethod(reread))
    pytest.MonkeyPatch().setattr(calendars, "_read_year", _years(calendars._read_year))


def _years(read: Callable[[Path], YearTable]) -> Callable[[Path], YearTable]:
    """Years of the calendar, which each of them reads as well: known by the file's name and bytes, by which alone they are told."""
    known = dict[tuple[str, bytes], YearTable]()

    def reread(file: Path) -> YearTable:
        try:
            key = file.name, file.read_bytes()
        except OSError:
            return read(file)
        if key not in known:
            held = read(file)
            if len(known) == _KEPT:
                del known[next(iter(known))]
            known[key] = held
        return known[key]

    return reread


@cache
def _shipped() -> str:
    return _content(SHIPPED)


def _content(folder: Path) -> str:
    """The SHA-256 of all that lies below a folder: kinds, names and bytes."""
    told = hashlib.sha256()
    for where, folders, files in os.walk(folder, followlinks=True):
        folders.sort()
        for name in (*folders, *sorted(files)):
            file = Path(where, name)
            raw = file.read_bytes() if file.is_file() else b""
            told.update(f"{file.relative_to(folder)}\0{file.is_dir()}\0{file.is_symlink()}\0{len(raw)}\0".encode())
            told.update(raw)
    return told.hexdigest()
