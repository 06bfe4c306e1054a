"""The manifests for Kubernetes, for want of a cluster, are read: every key is one there is, and they fit image, settings and commands."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from inspector import settings
from inspector.cli.app import app
from inspector.domain.errors import Invalid
from tests.needs import ROOT
from tests.unit.test_packaging import LONGEST_STOP, last_stage

FILES = ("inspector", "migrate")
META = {"name", "labels"}
POD = {
    *(
        "serviceAccountName",
        "automountServiceAccountToken",
        "enableServiceLinks",
        "terminationGracePeriodSeconds",
        "securityContext",
    ),
    *("initContainers", "containers", "volumes", "restartPolicy"),
}
CONTAINER = {
    *("name", "image", "command", "args", "env", "ports", "securityContext", "startupProbe", "livenessProbe", "readinessProbe"),
    *("resources", "volumeMounts"),
}
SPECS: dict[tuple[str, str], set[str]] = {
    ("v1", "ServiceAccount"): {"automountServiceAccountToken"},
    ("apps/v1", "Deployment"): {"replicas", "strategy", "selector", "template"},
    ("v1", "Service"): {"selector", "ports", "clusterIP", "publishNotReadyAddresses"},
    ("policy/v1", "PodDisruptionBudget"): {"minAvailable", "selector"},
    ("networking.k8s.io/v1", "NetworkPolicy"): {"podSelector", "policyTypes", "ingress"},
    ("batch/v1", "Job"): {"backoffLimit", "template"},
}
"""What each object of these may say in its `spec` (of an account: beside it), after Kubernetes 1.32: a slip of the pen is none."""


def objects(name: str) -> list[dict[str, Any]]:
    text = (ROOT / f"config/kubernetes/{name}.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load_all(text))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in FILES:
        yield from ((name, one["spec"]["template"]["spec"]) for one in objects(name) if "template" in one.get("spec", {}))


def containers() -> Iterator[dict[str, Any]]:
    for _, pod in pods():
        yield from (*pod["initContainers"], *pod["containers"])


@pytest.mark.parametrize("name", FILES)
def test_every_key_of_a_manifest_is_one_there_is(name: str) -> None:
    for one in objects(name):
        known = SPECS[one["apiVersion"], one["kind"]]
        said = one.get("spec") or {key: one[key] for key in one.keys() - {"apiVersion", "kind", "metadata"}}
        assert said.keys() <= known, one["kind"]
        assert one["metadata"].keys() <= META
    for _, pod in pods():
        assert pod.keys() <= POD
    for one in containers():
        assert one.keys() <= CONTAINER


def test_the_pods_are_nobody_in_particular_can_write_only_what_they_must_and_ask_nothing_of_the_cluster() -> None:
    user = int(last_stage()["USER"].split(":")[0])
    for _, pod in pods():
        held = pod["securityContext"]
        assert (held["runAsNonRoot"], held["runAsUser"], held["seccompProfile"]["type"]) == (True, user, "RuntimeDefault")
        assert pod["automountServiceAccountToken"] is False
    for one in containers():
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in one["resources"]["limits"]


def test_what_is_mounted_is_a_volume_and_selectors_meet_labels() -> None:
    for _, pod in pods():
        volumes = {one["name"] for one in pod["volumes"]}
        used = {mount["name"] for one in (*pod["initContainers"], *pod["containers"]) for mount in one["volumeMounts"]}
        assert used == volumes
    held = {one["kind"]: one for one in objects("inspector")}
    labels = held["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert held["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert all(one["spec"]["selector"] == labels for one in objects("inspector") if one["kind"] == "Service")
    assert held["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert held["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    assert held["Deployment"]["spec"]["template"]["spec"]["serviceAccountName"] == held["ServiceAccount"]["metadata"]["name"]
    (job,) = objects("migrate")
    assert job["spec"]["template"]["metadata"]["labels"] != labels, "else requests are sent to a migration"


def test_prometheus_asks_for_each_daemon_by_a_name_that_there_is_at_the_port_that_they_listen_on() -> None:
    told = yaml.safe_load((ROOT / "config/prometheus/kubernetes.yaml").read_text(encoding="utf-8"))
    (scraped,) = told["scrape_configs"]
    (asked,) = scraped["dns_sd_configs"]
    held = {one["metadata"]["name"]: one["spec"] for one in objects("inspector") if one["kind"] == "Service"}
    (name,) = asked["names"]
    service = held[name.partition(".")[0]]
    assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True), (
        "each pod, and not one of them at a time"
    )
    main = next(pod["containers"][0] for file, pod in pods() if file == "inspector")
    assert [port["containerPort"] for port in main["ports"]] == [asked["port"]]
    assert scraped["job_name"] == "inspector", "by which the rules know its targets"


def test_they_call_commands_that_there_are_ask_the_port_and_health_that_there_are_and_give_time_to_drain() -> None:
    commands = {one.name for one in app.registered_commands}
    mains = {name: pod["containers"][0] for name, pod in pods()}
    assert {main["args"][0] for main in mains.values()} <= commands
    main, (_, pod) = mains["inspector"], next(pods())
    assert [port["containerPort"] for port in main["ports"]] == [int(last_stage()["EXPOSE"])]
    asked = {probe: main[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")}
    assert {probe: one["path"] for probe, one in asked.items()} == {
        "startup": "/health/live",
        "liveness": "/health/live",
        "readiness": "/health/ready",
    }
    assert {one["port"] for one in asked.values()} == {"http"}
    assert pod["terminationGracePeriodSeconds"] >= LONGEST_STOP


def test_the_settings_of_image_and_manifest_together_name_the_database_and_no_variable_of_the_cluster_is_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inspector.toml").write_text("", encoding="utf-8")
    for pair in last_stage()["ENV"].split():
        if pair.startswith("INSPECTOR_"):
            monkeypatch.setenv(*pair.split("=", 1))
    for _, pod in pods():
        for told in pod["containers"][0]["env"]:
            monkeypatch.setenv(told["name"], told["value"])
        held = settings.load(tmp_path / "inspector.toml")
        assert held.database.url.startswith("postgresql://")
        assert pod["enableServiceLinks"] is False
    monkeypatch.setenv("INSPECTOR_SERVICE_HOST", "10.0.0.1")
    with pytest.raises(Invalid, match="settings_variable_unknown"):  # which is why
        settings.load(tmp_path / "inspector.toml")


def test_a_secret_is_copied_for_its_owner_alone_and_nothing_secret_stands_in_a_manifest() -> None:
    for _, pod in pods():
        (first,) = pod["initContainers"]
        assert "umask 077" in first["command"][-1]
        assert next(one for one in pod["volumes"] if one["name"] == "secrets")["emptyDir"]["medium"] == "Memory"
    assert not [one for name in FILES for one in objects(name) if one["kind"] in {"Secret", "ConfigMap"}]


@pytest.mark.needs("systemd-analyze")
def test_systemd_reads_the_unit_and_finds_the_daemon_well_confined(tmp_path: Path) -> None:
    text = (ROOT / "config/inspector.service").read_text(encoding="utf-8")
    unit = tmp_path / "inspector.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE), encoding="utf-8")
    read = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert [line for line in read.stderr.splitlines() if "inspector.service" in line] == []
    judged = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    confined = subprocess.run(judged, capture_output=True, text=True, check=False)
    assert confined.returncode == 0, confined.stdout[-400:]
