"""Every row of the tables of EKS's features names a test that is there, and every argument that is there."""

import re
from pathlib import Path

import pytest
from pydantic.alias_generators import to_camel

from gpuplane.nodepools.eks.args import EksGpuPoolShape
from gpuplane.nodepools.eks.replaces import REPLACES
from gpuplane.nodepools.karpenter.args import KarpenterGpuPoolShape
from projects import ROOT

TEXT = (ROOT / "docs" / "eks-node-pools.md").read_text()
GROUPS, _, KARPENTER = TEXT.partition("## What a Karpenter pool")
PLACES = [ROOT / "tests" / "unit", ROOT / "tests" / "cluster"]


def rows(text: str) -> list[list[str]]:
    table = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table if "::" in line]


@pytest.mark.parametrize("row", [*rows(GROUPS), *rows(KARPENTER)], ids=lambda row: row[0][:50])
def test_a_feature_has_its_test(row: list[str]) -> None:
    name, _, test = row[-1].strip("`").partition("::")
    found = [path for place in PLACES for path in place.rglob(name)]
    assert len(found) == 1
    assert f"def {test}(" in Path(found[0]).read_text()


@pytest.mark.parametrize(("text", "shape"), [(GROUPS, EksGpuPoolShape), (KARPENTER, KarpenterGpuPoolShape)])
def test_every_argument_of_a_pool_is_in_its_table(text: str, shape: type[EksGpuPoolShape]) -> None:
    quoted = [name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[1])]
    named = {name.partition(".")[0].partition(":")[0] for name in quoted}
    assert {to_camel(name) for name in shape.model_fields if name not in ("transforms", "catalogue")} - named == set()


def test_what_replaces_a_pool_is_told() -> None:
    told = TEXT.partition("## Which changes replace a pool")[2].partition("At once")[0]
    assert all(f"`{to_camel(name)}`" in told for name in REPLACES)
