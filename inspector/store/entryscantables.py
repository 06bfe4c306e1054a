"""The table of readings of visit codes by firms' phones."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed
from inspector.store.tables import Code, Moment, metadata

entry_scan = sa.Table(
    "entry_scan",
    metadata,
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("phone", sa.String(40), primary_key=True),
    sa.Column("visit", sa.String(200), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("body", Sealed("entry_scan.body", "code", "phone"), nullable=False),
)
"""`code` is the digest of what was signed, `phone` the random name that a phone gave itself."""
