"""The program as it is not: without one of its branches, or with a text of its own in the place of another.

`python -m tests.without MODULE FUNCTION BRANCH TEST [INSTEAD]` runs a test without a branch, or with a statement instead; whole bugs are
planted by `tests.plants`. What is changed is changed in memory while its module is loaded: no file is touched, nothing of it is kept, and
a process that a test starts has the program as it is.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


def lacking(module: str, function: str, branch: str, instead: str = "") -> ast.Module:
    """A module's tree without the one statement of a function that begins with `branch`, or with another `instead`.

    Raises ValueError unless there is one. Where others need the name that it sets, or what it returns, another has to stand there: that
    a test meets a name which is none shows nothing.
    """
    text = (ROOT / module).read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    within = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == function]
    found = [
        (block, place)
        for holder in within
        for block in _blocks(holder)
        for place, one in enumerate(block)
        if lines[one.lineno - 1].strip().startswith(branch)
    ]
    if len(found) != 1:
        raise ValueError(f"{module}::{function} has {len(found)} of “{branch}”")
    ((block, place),) = found
    block[place] = ast.copy_location(ast.parse(instead).body[0] if instead else ast.Pass(), block[place])
    return ast.fix_missing_locations(tree)


def otherwise(module: str, old: str, new: str) -> ast.Module:
    """A module's tree with a text in the place of another. Raises ValueError unless that one stands there once."""
    text = (ROOT / module).read_text(encoding="utf-8")
    if (count := text.count(old)) != 1:
        raise ValueError(f"{module} has {count} of “{old.strip()}”")
    return ast.parse(text.replace(old, new))


def _blocks(holder: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(holder):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


class _Changed(Loader, MetaPathFinder):
    """Loads one module as it was changed, never from a cache nor into one."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self._path = ROOT / module
        self._name = module.removesuffix(".py").replace("/", ".")
        self._tree = tree

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self._path, loader=self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._tree, str(self._path), "exec"), module.__dict__)  # noqa: S102 - our own module, but for a few lines


def run(tests: Sequence[str], module: str = "", tree: ast.Module | None = None, *further: str) -> int:
    """Run tests on SQLite in this process, against a module that was changed, where one was; pytest's own code. `further`: for pytest."""
    if tree is not None:
        sys.meta_path.insert(0, _Changed(module, tree))
    os.environ.pop("INSPECTOR_TEST_TURN", None)  # whose turn it is, is asked of the run that starts this one
    asked = ["-q", "-n", "0", "-m", "", "-k", "not postgres", "-p", "no:cacheprovider", *further]
    asked += [str(ROOT / test) for test in tests]
    return int(pytest.main(asked))


if __name__ == "__main__":
    module_, function_, branch_, test_, *instead_ = sys.argv[1:]
    sys.exit(run([test_], module_, lacking(module_, function_, branch_, *instead_)))
