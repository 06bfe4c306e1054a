"""Python files as trees, each parsed once a test process: half a dozen modules look through the whole tree for what is written in it."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def unswept() -> Iterator[None]:
    """Nobody looks for garbage: a tree being parsed has none, and looking for it anyway takes two thirds of the time."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:
            gc.enable()


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Every node of a file, outer ones first, as `ast.walk` has them. Nobody may change them: they are everybody's."""
    with unswept():
        held: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
        for node in held:  # what `ast.walk` does, in three fifths of its time: there are 1.3 million of them
            for name in node._fields:
                within = getattr(node, name, None)
                if isinstance(within, list):
                    held += [one for one in within if isinstance(one, ast.AST)]
                elif isinstance(within, ast.AST):
                    held.append(within)
        return tuple(held)


@cache
def shipped() -> tuple[Path, ...]:
    """Every Python file of the engine and of its connectors."""
    return tuple(file for top in ("inspector", "connectors") for file in sorted((ROOT / top).rglob("*.py")))
