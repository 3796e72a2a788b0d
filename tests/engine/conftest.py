"""The tests here run where the real Pulumi engine is."""

import shutil

import pytest

NEEDED = ("pulumi", "pulumi-language-python", "pulumi-resource-kubernetes")


@pytest.fixture(autouse=True)
def engine() -> None:
    missing = [command for command in NEEDED if not shutil.which(command)]
    if missing:
        pytest.skip(f"not on PATH: {', '.join(missing)}; the rehearsal by the real engine is not tested")
