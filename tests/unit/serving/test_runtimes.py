"""Runtime presets: one data file each, with a member of the enum."""

from importlib.resources import files

import pytest

from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime
from gpuplane.serving.runtimes.template import TemplateValues


def test_every_runtime_has_one_file_and_one_name() -> None:
    rows = files("gpuplane.serving.runtimes").joinpath("data").iterdir()
    assert {row.name for row in rows} == {f"{name.value}.json" for name in RuntimeName}


@pytest.mark.parametrize("name", RuntimeName)
def test_a_preset_has_its_sources_and_measures_requests_and_their_duration(name: RuntimeName) -> None:
    found = runtime(name)
    assert found.source
    assert found.metrics.source
    assert found.metrics.requests
    assert bool(found.metrics.latency_histogram) != bool(found.metrics.latency_sum)


@pytest.mark.parametrize("name", RuntimeName)
def test_every_placeholder_of_a_preset_has_a_value(name: RuntimeName) -> None:
    values = TemplateValues("/models/a", "a", 8000, 8002, 2)
    found = runtime(name)
    texts = [*found.command, *found.args, *found.env.values()]
    assert not any("{" in text for text in values.fill_all(texts))


def test_without_a_model_nothing_names_one() -> None:
    values = TemplateValues("", "model", 8000, 8000, 1)
    assert values.fill_all(["--model-id={model}", "--port={port}"]) == ["--port=8000"]
