"""Scripts and styles as they leave the house: without the whole-line comments and the indentation that only their readers need.

A phone with one bar of signal need not carry them. No build step: what lies in `static` is what is written, and every line of it keeps its
number. A script therefore opens no text that goes on in the next line (`tests/unit/test_scripts.py`).
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_COMMENT = re.compile(rb"^[ \t]*//[^\n]*$", re.MULTILINE)
_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)


class Static(StaticFiles):
    """What pages bring along; everything but scripts and styles as it lies there."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """As starlette's own."""
        file = Path(full_path)
        if file.suffix not in _TYPES:
            return super().file_response(full_path, stat_result, scope, status_code)
        answer = script(file)
        return NotModifiedResponse(answer.headers) if self.is_not_modified(answer.headers, Headers(scope=scope)) else answer


def script(file: Path, **headers: str) -> Response:
    """A script or a style as it goes out."""
    lean = _lean(file, file.stat().st_mtime_ns)
    told = {
        "ETag": f'"{hashlib.sha256(lean).hexdigest()[:32]}"',
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Response(lean, media_type=_TYPES[file.suffix], headers=told)


@lru_cache(maxsize=64)
def _lean(file: Path, _written: int) -> bytes:
    content = file.read_bytes()
    return _INDENT.sub(b"", _COMMENT.sub(b"", content) if file.suffix == ".js" else content)
