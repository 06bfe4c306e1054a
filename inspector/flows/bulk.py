"""A whole file of cases in: every row or none. Real intake judges each row in a transaction that is undone when any row is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched as _batched  # type: ignore[attr-defined]

from inspector.domain.errors import InspectorError
from inspector.flows.diagnosis import RowFlaw, of_error
from inspector.flows.importing import Line
from inspector.flows.intake import take
from inspector.flows.office import Office
from inspector.store.tx import Tx
