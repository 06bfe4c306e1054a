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


LEAVES = (ast.Name, ast.Constant, ast.alias)
"""Nodes that hold no others but how a name is used."""
BARE = {"ctx", "op", "ops", "attr", "arg", "module", "level", "conversion", "type_comment", "simple"}
"""Fields in which stands no node, or one of which there is nothing more to say: that a name is read or written, which operator it is."""


def branches(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that lead on."""
    if kind not in _BRANCHES:
        _BRANCHES[kind] = () if issubclass(kind, LEAVES) else tuple(name for name in kind._fields if name not in BARE)
    return _BRANCHES[kind]


_BRANCHES = dict[type[ast.AST], tuple[str, ...]]()


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Every node of a file but for operators and contexts, outer ones first. Nobody may change them: they are everybody's."""
    with unswept():
        held: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
        for node in held:  # as `ast.walk`, but for fields that lead nowhere: there are a million nodes
            for name in branches(type(node)):
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
