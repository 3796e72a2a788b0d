"""Every value of the plugin's chart, and every key of its config file, has a row in the docs that is true."""

import csv
import re
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

import gpuplane
from gpuplane.arguments.base import Args
from gpuplane.arguments.models import models_in
from gpuplane.devices.nvidia_device_plugin.args import DevicePluginShape
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig
from gpuplane.plain.nested import field
from gpuplane.testing import record
from projects import ROOT

TEXT = (ROOT / "docs" / "devices.md").read_text().partition("## Every value of the chart")[2]
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| `")]
PODS = "spec.template.spec"


def paths(model: type[Args], prefix: str = "") -> set[str]:
    """The arguments of a model as a stack spells them, those of its parts with the way to them."""
    found: set[str] = set()
    for name, info in model.model_fields.items():
        path = prefix + to_camel(name)
        parts = [] if name == "configs" else models_in(info.annotation)
        found |= {path}.union(*(paths(part, f"{path}.") for part in parts if issubclass(part, Args)))
    return found


ARGUMENTS = paths(DevicePluginShape) | paths(DevicePluginConfig)


def leaves(found: set[str]) -> set[str]:
    return {path for path in found if not any(other.startswith(f"{path}.") for other in found)}


def test_every_value_of_the_chart_has_a_row_and_no_other() -> None:
    text = (ROOT / "tests" / "unit" / "devices" / "nvidia_device_plugin_chart.csv").read_text()
    assert sorted(row[0].strip("`") for row in ROWS) == sorted(row["key"] for row in csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_value_is_an_argument_or_has_its_reason_and_a_test(row: list[str]) -> None:
    _, here, test = row
    if here.startswith("`") and here != "`v1`, the only one":
        assert re.match(r"`([^`]+)`", here)[1] in ARGUMENTS  # pyright: ignore[reportOptionalSubscript]
    else:
        assert re.match(r"(-, |always o|by `transforms`|`v1`)", here)
    found = [
        path
        for path in (ROOT / "tests" / "unit" / "devices").glob("test_*.py")
        if f"def {test.strip('`')}(" in path.read_text()
    ]
    assert len(found) == 1


def test_every_argument_is_there_for_a_value() -> None:
    named = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[1])}
    assert leaves(ARGUMENTS) - named == set()


@pytest.mark.parametrize(
    ("child", "path", "value"),
    [
        ("daemonset", "metadata.name", "gpus"),
        ("gpu-feature-discovery", "metadata.name", "features"),
        ("daemonset", "spec.template.metadata.annotations", {"acme.example/owner": "ml"}),
        ("daemonset", f"{PODS}.securityContext", {"seccompProfile": {"type": "RuntimeDefault"}}),
        ("daemonset", f"{PODS}.priorityClassName", "gpu-critical"),
        (
            "daemonset",
            f"{PODS}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
            [{"matchExpressions": [{"key": "acme.example/canary", "operator": "DoesNotExist"}]}],
        ),
        ("node-feature-discovery", "values.nameOverride", "nfd"),
        ("node-feature-discovery", "values.master.serviceAccount", {"create": False, "name": "nfd"}),
        ("node-feature-discovery", "values.master.config.extraLabelNs", ["nvidia.com", "acme.example"]),
        ("node-feature-discovery", "values.worker.tolerations", []),
        ("node-feature-discovery", "values.worker.config.sources.pci.deviceClassWhitelist", ["03"]),
        ("node-feature-discovery", "values.worker.config.sources.pci.deviceLabelFields", ["class"]),
    ],
)
def test_what_is_no_argument_is_said_by_a_transform(child: str, path: str, value: Any) -> None:
    patch: Any = value
    for key in reversed(path.split(".")):
        patch = {key: patch}
    said = {"pools": [], "feature_discovery": {}, "transforms": {child: patch}}
    found = record(lambda: gpuplane.NvidiaDevicePlugin("it", said))
    made = found.one("Release" if child == "node-feature-discovery" else "DaemonSet", f"it-{child}")
    assert field(made.inputs, path) == value
