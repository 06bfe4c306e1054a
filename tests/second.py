"""What the browser's verifier says, run under Node as it stands in the page that is shipped (see second.mjs)."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from inspector import verifier
from tests import needs
from tests.needs import ROOT


def judged(folders: Sequence[Path]) -> list[str]:
    """One line for each folder."""
    with _program() as command:
        return subprocess.run([*command, *map(str, folders)], capture_output=True, text=True, check=True).stdout.splitlines()


def opinions(bundles: Iterable[Mapping[str, bytes]]) -> Iterator[str]:
    """One line for each bundle of files by name, while they are still being made; a file `receipt` is judged as one of that draw.

    A file `witness` holds what outside hands say of its time, "W AT SEEDAT"; a file `figures` what the minutes say was thrown.
    """
    with (
        _program() as command,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running,
    ):
        feeding = Thread(target=_feed, args=(running, bundles))
        feeding.start()
        assert running.stdout is not None
        yield from (line.rstrip("\n") for line in running.stdout)
        feeding.join()
        assert running.wait() == 0


def _feed(running: subprocess.Popen[str], bundles: Iterable[Mapping[str, bytes]]) -> None:
    assert running.stdin is not None
    with running.stdin as pipe:
        for files in bundles:
            pipe.write(json.dumps({name: b64encode(content).decode() for name, content in files.items()}) + "\n")


@contextmanager
def _program() -> Iterator[list[str]]:
    with TemporaryDirectory() as folder:
        page = Path(folder) / verifier.PAGE
        page.write_text(verifier.page(), encoding="utf-8")
        yield [needs.require("node"), str(ROOT / "tests" / "second.mjs"), str(page)]
