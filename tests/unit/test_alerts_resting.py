"""A connector that is away wakes nobody while a maintenance lasts, in which it is not asked; and does once that is over."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests import needs
from tests.unit.test_alerts import RULES

AWAY = 'inspector_connector_breaker_open{connector="bank",instance="%s"}'
WAITS = 'inspector_connector_waiting{connector="bank",reason="breaker",instance="%s"}'
RESTS = 'inspector_maintenance{instance="%s"}'
FIRING = 'count(ALERTS{alertstate="firing",alertname="InspectorConnectorAway"})'


@pytest.mark.needs("promtool")
def test_a_connector_that_is_away_wakes_nobody_while_a_maintenance_lasts(tmp_path: Path) -> None:
    series = [
        {"series": name % instance, "values": values}
        for instance in ("one:8321", "two:8321")
        for name, values in ((AWAY, "1+0x60"), (WAITS, "3+0x60"), (RESTS, "1+0x20 0+0x40"))
    ]
    asked = [
        {"expr": f"{FIRING} > bool 0", "eval_time": "100m", "exp_samples": []},
        {"expr": f"{FIRING} > bool 0", "eval_time": "200m", "exp_samples": [{"labels": "{}", "value": 1}]},
    ]
    told = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "5m",
        "tests": [{"interval": "5m", "input_series": series, "promql_expr_test": asked}],
    }
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    ran = subprocess.run(
        [needs.require("promtool"), "test", "rules", str(tmp_path / "tests.yaml")],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
