"""Verifiers for strangers: they share no code with the engine, and lie beside every exported draw.

`verify_draw.py` needs Python alone; `verify_draw.html` a browser alone. The page's sources lie in `page/`; it is put together when
it is asked for, so there is one text of it and nothing to build.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_PARTS = {
    "STYLE": ("page.css",),
    "PROTOCOL": ("hash.js", "read.js", "draw.js", "verdict.js", "void.js", "desk.js"),
    "PAGE": ("words.js", "page.js"),
}
RELEASED: dict[str, str] = {}
"""Of earlier releases: by the SHA-256 of a verifier that lay beside their exports, which release it was."""
PROGRAM = "verify_draw.py"
PAGE = "verify_draw.html"


@cache
def programs() -> dict[str, bytes]:
    """What lies beside an export, by file name."""
    return {PROGRAM: (_HERE / PROGRAM).read_bytes(), PAGE: page().encode()}


@cache
def page() -> str:
    """The browser's verifier as one file that works from a disk, with a policy that lets nothing in or out."""
    text = (_HERE / "page" / "page.html").read_text(encoding="utf-8").replace("{POLICY}", policy())
    for name, files in _PARTS.items():
        text = text.replace(f"{{{name}}}", _joined(files))
    return text


@cache
def policy() -> str:
    """The page's content security policy: its own two scripts and its style by their hashes, and no network at all."""
    style, *scripts = (_hash(files) for files in _PARTS.values())
    return (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src {style}; worker-src blob:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(files: tuple[str, ...]) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(_joined(files).encode()).digest()).decode()}'"


def _joined(files: tuple[str, ...]) -> str:
    return "\n" + "\n".join((_HERE / "page" / name).read_text(encoding="utf-8") for name in files)
