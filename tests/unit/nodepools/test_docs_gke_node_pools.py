"""Every row of the table of GKE's features names a test that is there, and every argument that is there."""

import re
from pathlib import Path

import pytest
from pydantic.alias_generators import to_camel

from gpuplane.nodepools.gke.args import GkeGpuPoolShape
from projects import ROOT

TEXT = (ROOT / "docs" / "gke-node-pools.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]
FEATURES = [row for row in ROWS if "::" in row[-1]]
PLACES = [ROOT / "tests" / "unit", ROOT / "tests" / "cluster"]


def test_the_table_is_found() -> None:
    assert len(FEATURES) == len(ROWS) - 4 > 40


@pytest.mark.parametrize("row", FEATURES, ids=[row[0][:50] for row in FEATURES])
def test_a_feature_has_its_test(row: list[str]) -> None:
    name, _, test = row[-1].strip("`").partition("::")
    found = [path for place in PLACES for path in place.rglob(name)]
    assert len(found) == 1
    assert f"def {test}(" in Path(found[0]).read_text()


def test_every_argument_of_a_pool_is_in_the_table() -> None:
    named = {name.partition(".")[0].partition(":")[0] for row in FEATURES for name in re.findall(r"`([^`]+)`", row[1])}
    arguments = {to_camel(name) for name in GkeGpuPoolShape.model_fields if name not in ("transforms", "catalogue")}
    assert arguments - named == set()
