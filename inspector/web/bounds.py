"""How large a request may be, by what it is for."""

from __future__ import annotations

from inspector.settings import Web

PAGES = ("/show/", "/subject/", "/credit/", "/notices/")
"""Pages whose form takes a file."""
AROUND = 50_000
"""Bytes of the words that go with a file."""


def shows(path: str) -> bool:
    """Whether an address takes a file: what a subject shows, or an inspector's photo."""
    if path.startswith("/v1/seats/") and path.rpartition("/")[0].endswith("/result"):
        return True  # a platform's result, with its photos
    ours = ("/v1/self-proofs/", "/materials"), ("/v1/seats/", "/photos"), ("/v1/subject-notices/", "/words")
    return path.startswith(PAGES) or any(path.startswith(begins) and path.endswith(ends) for begins, ends in ours)


def most(path: str, settings: Web) -> int:
    """How many bytes a request to an address may have: a file may be larger than any message, and in base64 by a third more."""
    if not shows(path):
        return settings.max_body_bytes
    return max(settings.max_body_bytes, settings.max_material_bytes * (3 if path.startswith(PAGES) else 4) // 3 + AROUND)
