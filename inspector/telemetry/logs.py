"""Structured logs: one chain for our events and the standard library's, with personal data and secrets masked last.

Event names are static and past tense; ids are bound to the context at the worker's and the request's edge.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from functools import cache
from typing import Any, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from inspector.domain.errors import InspectorError
from inspector.ports import PortError

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
_FRAMES = "exception"
"""A traceback's own fields are called `name` and the like; there only shapes are masked."""
_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8}(\d{3}[\dXx])(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])|(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
"""Or one of our own ids (`store.chance.Ids`), which stays: one in a thousand has eleven digits that look like a phone's."""
_LINK = re.compile(r"(/(?:assist|oversee|seat|show|mine|subject)/[^/\s\"]+/)[A-Za-z0-9_-]{16,}")
_TOKEN = re.compile(r"(ins_|whsec_)[A-Za-z0-9_+/=-]{8,}")
_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")
_BEARER = re.compile(r"\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_FIELD = re.compile(rf"(['\"]?\b(?:{'|'.join(sorted(_NAMES - {'code'}))})['\"]?\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\")")
"""A named field inside a text: the repr of a value, or its JSON. Not `code`, which in texts is an error's."""
_SUSPECT = re.compile(r"\d{11}|/(?:assist|oversee|seat|show|mine|subject)/|ins_|whsec_|://|(?i:bearer|basic) |['\"]")
"""What every shape above has in it: a text without any of this needs no masking, and one look is cheaper than seven."""


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask what must not be written: fields by name; identity numbers, phone numbers, link secrets and tokens by shape."""
    return {key: _shapes(value) if key == _FRAMES else "***" if key in _NAMES else _mask(value) for key, value in event.items()}


def _own() -> frozenset[str]:
    """The names of our own errors: their texts are codes and facts. What another library says of a value may repeat the value."""
    held, names = [InspectorError, PortError], set[str]()
    while held:
        kind = held.pop()
        names.add(kind.__name__)
        held += kind.__subclasses__()
    return frozenset(names)


def _without_texts(exceptions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Exceptions as the transformer tells them, with type and frames; the text only where it is ours."""
    own = _own()
    return [
        one
        | ({} if one["exc_type"] in own else {"exc_value": "***", "exc_notes": []})
        | {"exceptions": [_without_texts(group) for group in one.get("exceptions", [])]}
        for one in exceptions
    ]


def _exception(exc_info: Any) -> list[dict[str, Any]]:
    return _without_texts(ExceptionDictTransformer(show_locals=False)(exc_info))


def _traceback(exc_info: Any) -> str:
    """The same as people read it: the frames of each cause, the oldest first."""
    own, told, error = _own(), list[str](), exc_info[1]
    while error is not None:
        text = str(error) if type(error).__name__ in own else "***"
        told.insert(0, "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}: {text}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(told)


_NAMED = cache(logging.getLogger)
"""A logger by its name; the library's own factory takes logging's one lock at every event, for which a hundred threads wait."""


def configure(*, level: str = "INFO", json: bool = True, stream: TextIO | None = None) -> None:
    """Send our events and the standard library's loggers through one chain to one stream."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.ExceptionRenderer(_exception if json else _traceback),
        redact,
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=_NAMED,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream) if stream is not None else _Stderr()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "apscheduler", "uvicorn", "uvicorn.error", "alembic", "procrastinate", "psycopg"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("apscheduler.scheduler").addFilter(_worth_telling)


def _worth_telling(record: logging.LogRecord) -> bool:
    """Not that a tick was left out because the one before still ran: the next one asks again, and the tick's lag is a metric."""
    return "maximum number of running instances" not in str(record.msg)


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the time.

    Where that is a file and the disk is full, a line is lost; the library would tell so in raw text, which stands among the lines once
    there is room. The next line that can be written begins as one, whatever was left of the one before.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self._torn = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        if self._torn:
            try:
                self.stream.write(self.terminator)
                self.flush()
            except OSError:
                return
            self._torn = False
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """What could not be written is lost; a line that could not be made is a fault of ours, and told."""
        if isinstance(sys.exc_info()[1], OSError):
            self._torn = True
        else:
            super().handleError(record)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Where to."""
        return sys.stderr


def _mask(value: Any) -> Any:
    """A value of any depth with fields masked by name and texts by shape."""
    if isinstance(value, Mapping):
        return {_shapes(key): "***" if key in _NAMES else _mask(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_mask(inner) for inner in value]
    return _shapes(value)


def _shapes(value: Any) -> Any:
    """The same by shape alone. What is no plain value is written as its repr, so it is masked as that."""
    if isinstance(value, Mapping):
        return {_shapes(key): _shapes(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shapes(inner) for inner in value]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if _text(str(value)) == str(value) else _text(str(value))
    return _text(value if isinstance(value, str) else repr(value))


def _phone(found: re.Match[str]) -> str:
    return f"{found[1]}****{found[2]}" if found[1] else found[0]


def _text(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    masked = _PHONE.sub(_phone, _ID.sub(r"\1********\2", text))
    masked = _TOKEN.sub(r"\1***", _LINK.sub(r"\1***", masked))
    masked = _BEARER.sub(r"\1 ***", _PASSWORD.sub(r"\1***", masked))
    return _FIELD.sub(r"\1'***'", masked)
