"""The tables of draws: the draws, who takes part, the files their commitments are hashes of, the register of draws and voids.

One metadata with `tables`.
"""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed, SealedFile
from inspector.store.tables import Code, Moment, metadata

draw = sa.Table(
    "draw",
    metadata,
    sa.Column("number", Code, primary_key=True),
    sa.Column("agency", Code, nullable=False, index=True),
    sa.Column("plan", Code, nullable=False),
    sa.Column("slot", Code, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("plan", "slot"),
)

draw_partner = sa.Table(
    "draw_partner",
    metadata,
    sa.Column("number", Code, primary_key=True),
    sa.Column("agency", Code, primary_key=True),
)
"""Who takes part in a joint draw and its visits, beside the agency that leads it."""

visit_agency = sa.Table(
    "visit_agency",
    metadata,
    sa.Column("visit", sa.String(200), primary_key=True),
    sa.Column("agency", Code, primary_key=True, index=True),
    sa.Column("stratum", Code, nullable=False),
    sa.Column("sampled", sa.Boolean, nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),
)
"""Who goes, the lead too. `stratum` is that of the list in which the agency drew the object, empty for one that only joins;
`counts`: this is one more that it has drawn, and stands for no earlier one."""

MEMBERS = "members.json"
"""A private file of a draw: whom the keys of its frames stand for, natural persons among them."""

draw_file = sa.Table(
    "draw_file",
    metadata,
    sa.Column("number", Code, primary_key=True),
    sa.Column("name", Code, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False, server_default="0"),
    sa.Column("bytes", SealedFile("draw_file.bytes", "number", "name", "part", only=("name", MEMBERS)), nullable=False),
    sa.Column("first", sa.LargeBinary, nullable=True),
    sa.Column("node", sa.LargeBinary, nullable=True),
)
"""A file, in parts of `draws.PART` rows where it has a row for each object: then a single row can be had without the others.

`first` is the key of a part's first row, `node` what the Merkle tree has above the part. Both save time and prove nothing.
"""

draw_register = sa.Table(
    "draw_register",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("draw", Code, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("prev", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)

challenge = sa.Table(
    "challenge",
    metadata,
    sa.Column("visit", Code, primary_key=True),
    sa.Column("inspector", Code, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("body", Sealed("challenge.body", "visit", "inspector", "number"), nullable=False),
)
"""Applications that an inspector who holds a seat be recused."""

annual_plan = sa.Table(
    "annual_plan",
    metadata,
    sa.Column("plan", Code, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("edition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

seed_used = sa.Table(
    "seed_used",
    metadata,
    sa.Column("mark", sa.String(64), primary_key=True),
    sa.Column("number", Code, nullable=False),
    sa.Column("party", Code, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
HOLDERS = "holders.json"
"""The private file of whom the staff codes of a frame stand for; no bundle has it."""
