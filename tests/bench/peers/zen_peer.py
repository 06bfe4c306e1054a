"""zen-engine on an equivalent table. Run by an interpreter that has it, from this file alone: the task comes in and the rate goes out.

The graph is compiled once and kept by the engine's loader, the fastest way that zen-engine offers; `trace` is its explanation.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version

import zen  # type: ignore[import-not-found]  # in an environment of its own


def graph(rules: list[list[str]]) -> str:
    """A decision table of profile and level, first hit."""
    columns = ("row", "basis", "methods", "before_decision", "visit_all", "stratum")
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "p", "name": "profile", "field": "profile"}, {"id": "l", "name": "level", "field": "level"}],
        "outputs": [{"id": name, "name": name, "field": name} for name in columns],
        "rules": [
            {"_id": str(number), "p": json.dumps(row[0]), "l": json.dumps(row[1])}
            | {name: json.dumps(value) for name, value in zip(columns, row[2:], strict=True)}
            for number, row in enumerate(rules)
        ],
    }
    at = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": at},
        {"id": "table", "name": "strategy", "type": "decisionTableNode", "position": at, "content": content},
        {"id": "out", "name": "out", "type": "outputNode", "position": at},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def main() -> None:
    """Read the task, check each answer once, then count."""
    task = json.load(sys.stdin)
    content = zen.ZenDecisionContent(graph(task["rules"]))
    engine = zen.ZenEngine({"loader": lambda _key: content})
    options = {"trace": task["trace"]}
    for profile, level, row in task["inputs"]:
        answer = engine.evaluate("strategy", {"profile": profile, "level": level}, options)["result"]
        if answer["row"] != row:
            raise SystemExit(f"{profile}/{level}: {answer} is not {row}")
    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < task["seconds"]:
        for profile, level, _ in task["inputs"]:
            engine.evaluate("strategy", {"profile": profile, "level": level}, options)
        count += len(task["inputs"])
    print(json.dumps({"rate": count / spent, "version": version("zen-engine")}))


main()
