"""Mutants: which there are of a module, made by mutmut's operators, and a sample of all of them that a seed names again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from functools import lru_cache

import libcst
from mutmut.configuration import config
from mutmut.mutation.file_mutation import Mutation, create_mutations

from tests.without import ROOT

ROOMS = tuple(path.as_posix() for path in config().source_paths)
"""Where rules are and where they are carried out (`tool.mutmut` of pyproject.toml): what is mutated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """The so manieth change of a module: its whole text, the lines that read otherwise, and both as a person compares them."""

    module: str
    number: int
    text: str
    lines: range
    told: str


def modules() -> list[str]:
    """The modules of the rooms, by their paths from the root."""
    return sorted(path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py"))


@lru_cache(maxsize=4)
def _changes(module: str) -> tuple[libcst.Module, list[Mutation]]:
    """What mutmut would change: within functions alone, for what is said once at the start has no moment in which it could be otherwise."""
    tree, found, _, _ = create_mutations(module, (ROOT / module).read_text(encoding="utf-8"))
    return tree, [one for one in found if isinstance(one.contained_by_top_level_function, libcst.FunctionDef)]


def counts(of: list[str]) -> Iterator[tuple[str, int]]:
    """How many mutants each module has."""
    for module in of:
        yield module, len(_changes(module)[1])


def mutant(module: str, number: int) -> Mutant:
    """One of a module's mutants. Raises IndexError where it has none of that number."""
    tree, found = _changes(module)
    old = tree.code
    new = tree.deep_replace(found[number].original_node, found[number].mutated_node).code
    before, after = old.splitlines(), new.splitlines()
    pairs = list(zip(before, after, strict=False))
    first = next((place for place, (one, other) in enumerate(pairs) if one != other), len(pairs))
    same = next((place for place, (one, other) in enumerate(zip(before[::-1], after[::-1], strict=False)) if one != other), 0)
    lines = range(first + 1, max(first + 1, len(before) - same) + 1)
    told = "\n".join(line for line in unified_diff(before, after, lineterm="", n=0) if line[:2] not in ("--", "++", "@@"))
    return Mutant(module=module, number=number, text=new, lines=lines, told=told)


def drawn(of: Mapping[str, int], size: int, seed: int) -> list[tuple[str, int]]:
    """As many of all mutants as asked, each as likely as any other and the same for the same seed, by the least digests of their names."""
    every = ((module, number) for module, count in of.items() for number in range(count))
    return sorted(every, key=lambda one: hashlib.sha256(f"{seed}:{one[0]}:{one[1]}".encode()).digest())[:size]
