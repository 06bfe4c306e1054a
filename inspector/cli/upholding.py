"""`consequence uphold`: a decision in force stands though what it followed fell, as an officer says."""

from __future__ import annotations

from inspector.cli.command import Reasons
from inspector.cli.consequences import By, Id, step
from inspector.cli.terminal import Terminal


def uphold(terminal: Terminal, consequence: Id, reasons: Reasons = None, by: By = None) -> None:
    """Say that a decision in force stands though what it followed fell; its subject hears why. 登记决定继续有效。"""
    from inspector.flows import upholding

    why = terminal.reason(reasons, "--reasons")
    step(
        terminal,
        "consequence.uphold",
        consequence,
        by,
        lambda office, tx, signed, now: upholding.uphold(office, tx, consequence, why, signed, now),
    )
