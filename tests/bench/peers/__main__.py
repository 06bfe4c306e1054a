"""`python -m tests.bench.peers <peer> work|enqueue`: an asyncio peer on uvloop, its app in a module of its own."""

from __future__ import annotations

import sys
from importlib import import_module

import uvloop

peer, action = sys.argv[1:]
uvloop.run(getattr(import_module(f"tests.bench.peers.{peer}"), action)())
