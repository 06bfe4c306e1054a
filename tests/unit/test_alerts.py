"""Each alert of config/prometheus fires in its disaster, only it fires there, and its runbook leads out."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from inspector.telemetry.metrics import Metrics
from tests import needs

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "config" / "prometheus"
RULES = FOLDER / "inspector.rules.yaml"
DASHBOARD = ROOT / "config" / "grafana" / "inspector.json"
RUNBOOKS = ROOT / "docs" / "how-to" / "runbooks.md"
STEP, SOUND, BAD = 30, 10, 160
"""Minutes between samples; samples of five hours in which all is well, and of more than three days of the disaster."""

BANK = '{connector="bank"}'
CALM: Mapping[str, str] = {
    'up{job="inspector"}': "1",
    'inspector_invariants{of="adverse_without_review"}': "0",
    'inspector_invariants{of="clock_without_step"}': "0",
    'inspector_deadlines_at_risk{of="review",within_working_days="1"}': "0",
    'inspector_deadlines_at_risk{of="review",within_working_days="5"}': "7",
    'inspector_deadlines_at_risk{of="assistance",within_working_days="1"}': "3",
    "inspector_credit_retractions_open": "0",
    'inspector_visits{state="SHORT"}': "0",
    'inspector_visits{state="ASSIGNED"}': "9",
    'inspector_coverage_holes{lack="inspectors"}': "0",
    "inspector_catalogue_filings_late": "0",
    "inspector_visit_filings_late": "0",
    'inspector_publications_late{state="OWED", of="push"}': "0",
    'inspector_self_proofs{agency="county",state="RECEIVED"}': "0",
    'inspector_attention{kind="work_stopped"}': "0",
    'inspector_attention{kind="push_undelivered"}': "0",
    'inspector_attention{kind="held_beyond"}': "0",
    'inspector_attention{kind="publication_contradicted"}': "0",
    f"inspector_connector_breaker_open{BANK}": "0",
    'inspector_connector_waiting{connector="bank",reason="breaker"}': "3",
    f"inspector_connector_barred{BANK}": "0",
    f"inspector_connector_paused{BANK}": "0",
    f"inspector_mailbox_unread_seconds{BANK}": "15",
    f"inspector_delivery_age_seconds{BANK}": "90000",
    f"inspector_delivery_longest_seconds{BANK}": "172800",
    f"inspector_delivery_unseen_seconds{BANK}": "0",
    f"inspector_connector_quota_left{BANK}": "50",
    'inspector_source_drifting{connector="bank",fact="deposit"}': "0",
    'inspector_channels_off{channel="sms"}': "0",
    'inspector_credit_differences{connector="bank",kind="missing"}': "0",
    f"inspector_credit_compared_seconds{BANK}": "3600",
    'inspector_tick_last_timestamp_seconds{tick="promote"}': f"0+{STEP * 60}",
    'inspector_schedule_next_seconds{schedule="plan:q"}': "3600",
    'inspector_work_oldest_due_seconds{kind="ask"}': "20",
    'inspector_work{kind="ask",state="quarantined"}': "0",
    'inspector_work{kind="ask",state="ready"}': "400",
    "inspector_snapshot_age_seconds": "4",
    "inspector_settlements_failed_total": "3",
    "inspector_ledger_unsealed_seconds": "2",
    "inspector_pulse_failures_total": "1",
    'inspector_http_requests_total{route="/v1/cases",method="POST",status="5xx"}': "2",
    'inspector_http_requests_total{route="/health/ready",method="GET",status="5xx"}': "0+9",
    "inspector_clock_ahead_seconds": "0.2",
    "inspector_law_refused": "0",
    "inspector_calendar_horizon_seconds": "17280000",
}
"""An office on a good day, by series; `0+9` grows by nine a step. None of it is an alarm, a busy queue and a restarting probe included."""

DISASTERS: Mapping[str, tuple[str, str]] = {
    "InspectorAdverseWithoutReview": ('inspector_invariants{of="adverse_without_review"}', "1"),
    "InspectorInvariantBroken": ('inspector_invariants{of="clock_without_step"}', "1"),
    "InspectorDeadlineTomorrow": ('inspector_deadlines_at_risk{of="review",within_working_days="1"}', "2"),
    "InspectorRetractionOpen": ("inspector_credit_retractions_open", "1"),
    "InspectorVisitShort": ('inspector_visits{state="SHORT"}', "1"),
    "InspectorCoverageHole": ('inspector_coverage_holes{lack="inspectors"}', "1"),
    "InspectorPublicationLate": ('inspector_publications_late{state="OWED", of="push"}', "1"),
    "InspectorPublicationAltered": ('inspector_attention{kind="publication_contradicted"}', "1"),
    "InspectorCatalogueFilingLate": ("inspector_catalogue_filings_late", "1"),
    "InspectorVisitFilingLate": ("inspector_visit_filings_late", "1"),
    "InspectorSelfProofUnread": ('inspector_self_proofs{agency="county",state="RECEIVED"}', "1"),
    "InspectorMatterWaits": ('inspector_attention{kind="work_stopped"}', "1"),
    "InspectorPushUndelivered": ('inspector_attention{kind="push_undelivered"}', "1"),
    "InspectorAgreementTooLate": ('inspector_attention{kind="held_beyond"}', "1"),
    "InspectorConnectorAway": (f"inspector_connector_breaker_open{BANK}", "1"),
    "InspectorConnectorBarred": (f"inspector_connector_barred{BANK}", "1"),
    "InspectorConnectorPaused": (f"inspector_connector_paused{BANK}", "1"),
    "InspectorMailboxAway": (f"inspector_mailbox_unread_seconds{BANK}", "5000"),
    "InspectorDeliveryLate": (f"inspector_delivery_age_seconds{BANK}", "180000"),
    "InspectorDeliveryUnseen": (f"inspector_delivery_unseen_seconds{BANK}", "5000"),
    "InspectorQuotaSpent": (f"inspector_connector_quota_left{BANK}", "0"),
    "InspectorSourceDrifts": ('inspector_source_drifting{connector="bank",fact="deposit"}', "1"),
    "InspectorChannelOff": ('inspector_channels_off{channel="sms"}', "2"),
    "InspectorCreditDiffers": ('inspector_credit_differences{connector="bank",kind="missing"}', "1"),
    "InspectorCreditNotCompared": (f"inspector_credit_compared_seconds{BANK}", "200000"),
    "InspectorDown": ('up{job="inspector"}', "0"),
    "InspectorReplicaDown": ('up{job="inspector"}', "0"),
    "InspectorClockStands": ('inspector_tick_last_timestamp_seconds{tick="promote"}', str(SOUND * STEP * 60)),
    "InspectorScheduleLate": ('inspector_schedule_next_seconds{schedule="plan:q"}', "-5000"),
    "InspectorWorkLate": ('inspector_work_oldest_due_seconds{kind="ask"}', "5000"),
    "InspectorWorkStopped": ('inspector_work{kind="ask",state="quarantined"}', "1"),
    "InspectorSnapshotStale": ("inspector_snapshot_age_seconds", "5000"),
    "InspectorReplicaStale": ("inspector_snapshot_age_seconds", "5000"),
    "InspectorSettlementsFail": ("inspector_settlements_failed_total", "3+2"),
    "InspectorLedgerUnsealed": ("inspector_ledger_unsealed_seconds", "5000"),
    "InspectorPulseUnheard": ("inspector_pulse_failures_total", "1+5"),
    "InspectorServerErrors": ('inspector_http_requests_total{route="/v1/cases",method="POST",status="5xx"}', "2+3"),
    "InspectorClockAhead": ("inspector_clock_ahead_seconds", "-9"),
    "InspectorLawRefused": ("inspector_law_refused", "1"),
    "InspectorCalendarEnds": ("inspector_calendar_horizon_seconds", "500000"),
}
BESIDE = {
    one: {"InspectorMatterWaits"}
    for one in ("InspectorAgreementTooLate", "InspectorPublicationAltered", "InspectorPushUndelivered")
}
"""What may fire beside another: a matter of that kind that lies for days is one that waits, too."""
OF_ONE = {"InspectorReplicaDown", "InspectorReplicaStale"}
"""What only one of several daemons has, while another one does its duty."""
OF_EACH = {"InspectorClockAhead"}
"""What is said of each machine by itself, for each is to be mended."""
OVER = "without (instance, pod, node)"
"""How rules take what several daemons say alike of the whole office: once."""


def rules() -> Iterator[dict[str, Any]]:
    """Every alert as it is written."""
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        yield from group["rules"]


def drawn() -> Iterator[tuple[str, str]]:
    """Every expression of the dashboard, with its drawing's title."""
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        yield from ((panel["title"], one["expr"]) for one in panel.get("targets", ()))


def values(told: str, count: int) -> str:
    """A series in promtool's own notation: a value that stays, or one that grows."""
    start, _, step = told.partition("+")
    return f"{start}+{step or 0}x{count - 1}"


def of_daemon(series: str, number: int) -> str:
    """A series as Prometheus keeps it of one of several daemons: with the place that it was scraped from."""
    name, _, labels = series.partition("{")
    own = f'instance="10.0.0.{number}:8080",pod="inspector-{number}"'
    return f"{name}{{{own}{',' + labels if labels else '}'}"


def office(name: str | None, daemons: int = 1) -> dict[str, Any]:
    """Days of an office: first all is well, then comes the disaster, if there is one; to each daemon, or to one of them alone."""
    series, bad = DISASTERS[name] if name else ("", "")
    daemons = max(2, daemons) if name in OF_ONE else daemons
    told = []
    for number in range(daemons):
        struck = series if name not in OF_ONE or number == 0 else ""
        for one, calm in CALM.items():
            held = f"{values(calm, SOUND)} {values(bad, BAD)}" if one == struck else values(calm, SOUND + BAD)
            told.append({"series": of_daemon(one, number) if daemons > 1 else one, "values": held})
    firing = {name, *BESIDE.get(name, ())} if name else set()

    def asked(sample: int, which: set[str | None]) -> dict[str, Any]:
        counts = [(one, daemons if one in OF_EACH else 1) for one in sorted(map(str, which))]
        samples = [{"labels": f'{{alertname="{one}"}}', "value": count} for one, count in counts]
        expression = 'count by (alertname) (ALERTS{alertstate="firing"})'
        return {"expr": expression, "eval_time": f"{sample * STEP}m", "exp_samples": samples}

    return {
        "interval": f"{STEP}m",
        "name": f"{name or 'a good day'}, daemons: {daemons}",
        "input_series": told,
        "promql_expr_test": [asked(SOUND - 1, set()), asked(SOUND + BAD - 1, firing), *figures(name, bad)],
    }


def figures(name: str | None, bad: str) -> Iterator[dict[str, Any]]:
    """What an alert says in its disaster: the figure of the office, whoever many daemons tell it."""
    if name is None or not bad.isdigit() or name in {*OF_ONE, "InspectorClockStands"}:
        return
    (told,) = (rule["expr"] for rule in rules() if rule["alert"] == name)
    samples = [{"labels": "{}", "value": float(bad)}]
    yield {"expr": f"max({told})", "eval_time": f"{(SOUND + BAD - 1) * STEP}m", "exp_samples": samples}


FEW = ["InspectorDown", "InspectorReplicaDown"]


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("daemons", [1, 2])
@pytest.mark.parametrize("names", [FEW, pytest.param([*DISASTERS], marks=pytest.mark.slow)], ids=["few", "all"])
def test_each_alert_is_silent_on_a_good_day_and_fires_alone_and_once_in_its_disaster(
    tmp_path: Path, names: list[str], daemons: int
) -> None:
    told = {
        "rule_files": [str(RULES)],
        "evaluation_interval": f"{STEP}m",
        "tests": [office(None, daemons), *(office(name, daemons) for name in names)],
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


def test_what_several_daemons_say_of_one_office_is_taken_once_by_every_rule() -> None:
    for rule in rules():
        if rule["alert"] in OF_EACH:
            continue
        told = re.sub(r"increase\(inspector_[a-z_]+", "", rule["expr"])
        bare = re.sub(rf"(max|min) {re.escape(OVER)} \((max_over_time\()?inspector_[a-z_]+", "", told)
        assert not re.search(r"inspector_", bare), (rule["alert"], bare)
        assert re.search(rf"(sum|max|min) {re.escape(OVER)}|^sum\(increase", rule["expr"]), rule["alert"]


def test_no_alert_is_without_its_disaster() -> None:
    assert [rule["alert"] for rule in rules()] == [*DISASTERS]


@pytest.mark.needs("promtool")
@pytest.mark.slow
def test_a_disaster_that_no_alert_sees_would_be_noticed(tmp_path: Path) -> None:
    """The proof above can fail: with the rule's number moved out of reach it does."""
    dull = RULES.read_text("utf-8").replace('{of="adverse_without_review"}) > 0', '{of="adverse_without_review"}) > 9')
    assert dull != RULES.read_text("utf-8")
    (tmp_path / "rules.yaml").write_text(dull, encoding="utf-8")
    told = {"rule_files": ["rules.yaml"], "evaluation_interval": f"{STEP}m", "tests": [office("InspectorAdverseWithoutReview")]}
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    ran = subprocess.run(
        [needs.require("promtool"), "test", "rules", str(tmp_path / "tests.yaml")], capture_output=True, timeout=250, check=False
    )
    assert ran.returncode == 1


@pytest.mark.needs("promtool")
def test_prometheus_takes_rules_configuration_and_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    recorded = [{"record": f"drawn_{number}", "expr": expression} for number, (_, expression) in enumerate(drawn())]
    (tmp_path / "drawn.yaml").write_text(yaml.safe_dump({"groups": [{"name": "drawn", "rules": recorded}]}), encoding="utf-8")
    files = (
        ("rules", str(RULES)),
        ("rules", str(tmp_path / "drawn.yaml")),
        *(("config", "--syntax-only", str(FOLDER / name)) for name in ("prometheus.yaml", "kubernetes.yaml")),
    )
    for words in files:
        ran = subprocess.run(
            [needs.require("promtool"), "check", *words], capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_alerts_and_dashboard_ask_for_what_the_house_says_and_by_labels_that_it_has() -> None:
    held = Metrics()
    families = {family.name: family for family in held.registry.collect()}
    labels = {name: set(getattr(family, "_labelnames", ())) for name, family in families.items()}
    labels |= {one._name: set(one._labelnames) for one in vars(held).values() if hasattr(one, "_labelnames")}
    for title, expression in (*((rule["alert"], rule["expr"]) for rule in rules()), *drawn()):
        asked = re.findall(r"(inspector_[a-z_]+)(?:\{([^}]*)\})?", expression)
        assert asked or "up{" in expression, title
        grouped = {name.strip() for names in re.findall(r"by \(([^)]*)\)", expression) for name in names.split(",")} - {"le"}
        for name, given in asked:
            family = re.sub("_(total|bucket)$", "", name)
            assert family in families, (title, name)
            assert {*grouped, *re.findall(r"([a-z_]+)!?=", given)} <= labels[family], (title, name)


def test_the_dashboard_speaks_both_languages_and_each_drawing_has_its_place() -> None:
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    assert all(re.search("[一-鿿]", one["title"]) and re.search("[A-Za-z]", one["title"]) for one in panels)
    taken = [
        (x, y)
        for at in (one["gridPos"] for one in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(taken) == len(set(taken))
    assert len({one["id"] for one in panels}) == len(panels)


def test_each_alert_speaks_both_languages_says_how_urgent_it_is_and_has_a_runbook_with_commands() -> None:
    chapters = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", RUNBOOKS.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    assert list(chapters) == sorted(chapters, key=[rule["alert"] for rule in rules()].index), "in the order of the rules"
    for rule in rules():
        name, told = rule["alert"], rule["annotations"]
        assert rule["labels"]["severity"] in {"page", "work"}, name
        assert re.search(r"[一-鿿]", told["summary_zh"]), name
        assert not re.search(r"[一-鿿]", told["summary"]), name
        assert re.search(r"^\./run [a-z]", chapters[name], re.MULTILINE), f"{name}: a way out is a command"
        assert re.search(r"[一-鿿]", chapters[name]), name
