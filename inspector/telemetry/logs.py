"""Structured logs: one chain for our events and the standard library's, with personal data and secrets masked last.

Event names are static and past tense; ids are bound to the context at the worker's and the request's edge.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

_NAMES = frozenset(
    {
        "authorization",
        "token",
        "secret",
        "password",
        "name",
        "subject",
        "code",
        "subject_code",
        "subject_name",
        "signer",
        "address",
    }
)
_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8}(\d{3}[\dXx])(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_LINK = re.compile(r"(/(?:assist|seat)/[^/\s\"]+/)[A-Za-z0-9_-]{16,}")
_TOKEN = re.compile(r"ins_[A-Za-z0-9_-]{8,}")


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask what must not be written: fields by name, identity numbers, phone numbers, link secrets and tokens by shape."""
    return {key: "***" if key in _NAMES else _mask(value) for key, value in event.items()}


def configure(*, level: str = "INFO", json: bool = True, stream: TextIO | None = None) -> None:
    """Send our events and the standard library's loggers through one chain to one stream."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    transformer = ExceptionDictTransformer(show_locals=False)
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.ExceptionRenderer(transformer) if json else structlog.processors.format_exc_info,
        redact,
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(colors=False),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "apscheduler", "uvicorn", "uvicorn.error", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        masked = _PHONE.sub(r"\1****\2", _ID.sub(r"\1********\2", value))
        return _TOKEN.sub("ins_***", _LINK.sub(r"\1***", masked))
    if isinstance(value, Mapping):
        return {key: "***" if key in _NAMES else _mask(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(inner) for inner in value]
    return value
