"""A draw's folder, read and judged before anything is told of it: what `draw verify` would not accept is shown to nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.cli.bundle import Bundle, events_of, frames_of, json_object, judge, registers, unheld, void_of
from inspector.cli.offline import papers
from inspector.cli.offline.carry import COMMIT, RESULT, SEED
from inspector.cli.offline.spool import tickets
from inspector.cli.progress import Advance, unwatched
from inspector.domain import voidrecord
from inspector.domain.commitment import Commitment
from inspector.domain.commitment import read as read_commitment
from inspector.domain.draw import Result, carry_out, unaltered
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.frame import Frame
from inspector.domain.publish import Voided
from inspector.domain.replay import replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A draw recomputed from its files. `result` is None before it is carried out; `events` are by list what followed.

    `void`: why it is void, under no number, for a laptop has no register of draws.
    """

    where: Path
    bundle: Bundle
    commitment: Commitment
    frames: Mapping[str, Frame]
    result: Result | None
    events: Mapping[str, Sequence[Mapping[str, Any]]]
    void: Voided | None

    @classmethod
    def of(cls, where: Path, begins: Callable[[str], Advance] = unwatched) -> Drawn:
        """Read it, and recompute it from the seed that lies there.

        Raises Invalid (`bundle_…`, `draw_folder_public`), Refusal (`draw_folder_contradicted`) where anything in it disagrees with the
        rest, and OSError.
        """
        commitment = committed(where)
        bundle = _read(where, commitment)
        if bundle.public:
            raise Invalid("draw_folder_public", folder=str(where))
        finished = {SEED, RESULT} <= bundle.names
        reason = voided(commitment, bundle.record, drawn=finished)
        try:
            if finished or reason:
                _agrees(bundle, where, begins)
            raw = registers(bundle, commitment, set())
            frames, result = frames_of(commitment, raw, begins), None
            if finished:
                parts = json_object(SEED, bundle.files[SEED])["parts"]
                with tickets(unheld(raw), commitment.suite) as beside:
                    result = carry_out(commitment, frames, parts, begins, beside)
            elif not reason:
                unaltered(commitment, frames, begins)
        except Invalid as error:
            if error.code in ("bundle_incomplete", "bundle_unreadable"):
                raise
            raise contradicted(where) from error
        void = Voided(reason=reason, numbers=()) if reason else None
        return cls(
            where=where,
            bundle=bundle,
            commitment=commitment,
            frames=frames,
            result=result,
            events=events_of(bundle, commitment),
            void=void,
        )

    @property
    def finished(self) -> Result:
        """The result. Raises Refusal (`draw_folder_undrawn`, `draw_folder_stopped`) where there is none."""
        if self.result is None and self.void is not None:
            raise Refusal("draw_folder_stopped", draw=self.commitment.number, reason=self.void.reason)
        if self.result is None:
            raise _undrawn(self.where, self.commitment)
        return self.result

    def teams(self, name: str) -> Mapping[str, tuple[str | None, ...]]:
        """Who holds which seat of a list's visits, after all that followed; of one that is no more every seat is empty."""
        return replay(self.commitment, self.frames[name], self.finished, name, self.events[name])

    def list_named(self, name: str) -> str:
        """The list of a name; without one the first. Raises Invalid (`draw_no_list_of`)."""
        known = [one.name for one in self.commitment.lists]
        if name and name not in known:
            raise Invalid("draw_no_list_of", draw=self.commitment.number, agency=name, known=", ".join(known))
        return name or known[0]


def committed(where: Path) -> Commitment:
    """The commitment in a folder. Raises Invalid (`bundle_incomplete`), and Refusal where the witness's paper has another value."""
    if not (where / COMMIT).is_file():
        raise Invalid("bundle_incomplete", folder=str(where), file=COMMIT)
    commitment = read_commitment((where / COMMIT).read_bytes())
    if papers.other(where, commitment):
        raise contradicted(where)
    return commitment


def voided(commitment: Commitment, record: Mapping[str, object], *, drawn: bool) -> str:
    """Why a draw is void; "" where it is not, and where nobody has signed that: one line in a record opens nothing before its time."""
    reason = void_of(record)[0]
    return reason if reason and "signed" not in voidrecord.wanting(commitment, record, drawn=drawn) else ""


def refuse_exported(drawn: Drawn) -> None:
    """Raise Refusal (`draw_folder_exported`): what becomes of the daemon's draw, and when it is open, the daemon's records say."""
    if exported(drawn.bundle.record):
        raise Refusal("draw_folder_exported", draw=drawn.commitment.number)


def exported(record: Mapping[str, object]) -> bool:
    """Whether the daemon wrote a folder's record."""
    return "void_numbers" in record or record.get("after") is not None


def _read(where: Path, commitment: Commitment) -> Bundle:
    """The files; of a draw that is announced alone there is neither seed nor result yet."""
    files, huge = Bundle.files_of(where, large=False)
    record = Bundle.record_in(where, commitment)
    if {SEED, RESULT} & {*files} and not {SEED, RESULT} <= {*files}:
        raise _undrawn(where, commitment)
    return Bundle(files=files, record=record, large=huge)


def _agrees(bundle: Bundle, where: Path, begins: Callable[[str], Advance]) -> None:
    if judge(bundle, None, None, begins).verdict.problems:
        raise contradicted(where)


def _undrawn(where: Path, commitment: Commitment) -> Refusal:
    return Refusal("draw_folder_undrawn", draw=commitment.number, folder=str(where))


def contradicted(where: Path) -> Refusal:
    """That a folder disagrees with itself, or cannot be read."""
    return Refusal("draw_folder_contradicted", folder=str(where))
