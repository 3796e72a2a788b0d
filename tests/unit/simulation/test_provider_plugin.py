import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.provider_plugin.server import PluginServer, serve
from gpuplane.simulation.resource import Resource

POOL_URN = "urn:pulumi:prod::ml::gpuplane:index:GkeGpuNodePool$gcp:container/nodePool:NodePool::t4"
POOL = {"cluster": "ml", "location": "us-central1", "nodeConfig": {"machineType": "e2-standard-4", "spot": True}}


class Engine:
    """Speaks to a plugin as the engine does."""

    def __init__(self, server: PluginServer) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{server.port}")
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def check(self, inputs: dict[str, Any], old: dict[str, Any] | None = None, seed: bytes = b"s") -> Any:
        olds = struct(old) if old else None
        return self.stub.Check(provider_pb2.CheckRequest(urn=POOL_URN, news=struct(inputs), olds=olds, randomSeed=seed))

    def diff(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return self.stub.Diff(provider_pb2.DiffRequest(urn=POOL_URN, old_inputs=struct(old), news=struct(new)))

    def create(self, inputs: dict[str, Any], preview: bool = False) -> Any:
        return self.stub.Create(provider_pb2.CreateRequest(urn=POOL_URN, properties=struct(inputs), preview=preview))


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def plain(message: Any) -> dict[str, Any]:
    return json_format.MessageToDict(message)


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def engine(told: list[tuple[str, str]]) -> Iterator[Engine]:
    def on_change(what: str, resource: Resource) -> None:
        if resource.name == "broken":
            raise RuntimeError("the API server refused the nodes")
        told.append((what, resource.name))

    server = serve("gcp", SimulatedCloud("127.0.0.1:6443", "Q0E="), on_change)
    engine = Engine(server)
    yield engine
    engine.channel.close()
    server.stop()


def test_a_wrong_input_fails_the_check_with_its_property(engine: Engine) -> None:
    failures = engine.check({**POOL, "nodeConfg": {}}).failures
    assert [(failure.property, failure.reason) for failure in failures] == [
        ("nodeConfg", "unknown key, nearest: nodeConfig")
    ]


def test_a_name_is_made_up_once_and_drawn_anew_for_a_replacement(engine: Engine) -> None:
    first = plain(engine.check(POOL).inputs)
    assert plain(engine.check(POOL, first, b"other").inputs)["name"] == first["name"]
    assert plain(engine.check(POOL, None, b"other").inputs)["name"] != first["name"]


def test_a_preview_answers_with_the_inputs_alone(engine: Engine, told: list[tuple[str, str]]) -> None:
    response = engine.create({**POOL, "name": "t4"}, preview=True)
    assert (response.id, plain(response.properties)) == ("", {**POOL, "name": "t4"})
    assert told == []


def test_a_resource_lives_until_it_is_deleted(engine: Engine, told: list[tuple[str, str]]) -> None:
    made = engine.create({**POOL, "name": "t4"})
    read = engine.stub.Read(provider_pb2.ReadRequest(id=made.id, urn=POOL_URN))
    assert read.properties == made.properties
    changed = {**POOL, "name": "t4", "nodeLocations": ["us-central1-a"]}
    updated = engine.stub.Update(provider_pb2.UpdateRequest(id=made.id, urn=POOL_URN, news=struct(changed)))
    assert plain(updated.properties)["nodeLocations"] == ["us-central1-a"]
    engine.stub.Delete(provider_pb2.DeleteRequest(id=made.id, urn=POOL_URN))
    assert engine.stub.Read(provider_pb2.ReadRequest(id=made.id, urn=POOL_URN)).id == ""
    assert told == [("create", "t4"), ("update", "t4"), ("delete", "t4")]


def test_a_change_that_replaces_says_so(engine: Engine) -> None:
    new = {**POOL, "nodeConfig": {**POOL["nodeConfig"], "spot": False}}  # type: ignore[dict-item]
    diff = engine.diff(POOL, new)
    assert list(diff.replaces) == ["nodeConfig"]
    assert diff.detailedDiff["nodeConfig.spot"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE
    assert not diff.deleteBeforeReplace
    fixed = engine.diff({**POOL, "name": "t4"}, {**new, "name": "t4"})
    assert fixed.deleteBeforeReplace
    assert engine.diff(POOL, POOL).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_refusal_is_the_engines_error(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as error:
        engine.create({**POOL, "name": "t4", "autoscaling": {"minNodeCount": 2, "maxNodeCount": 1}})
    assert error.value.details() == (  # type: ignore[attr-defined]
        "autoscaling.minNodeCount: must be at most maxNodeCount, got 2, maxNodeCount is 1"
    )


def test_a_resource_whose_effects_fail_is_not_there(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as error:
        engine.create({**POOL, "name": "broken"})
    assert error.value.details() == "the API server refused the nodes"  # type: ignore[attr-defined]
    with pytest.raises(grpc.RpcError, match="the API server refused the nodes"):
        engine.create({**POOL, "name": "broken"})


def test_a_provider_is_configured_and_answers_functions(engine: Engine) -> None:
    engine.stub.Configure(provider_pb2.ConfigureRequest(args=struct({"project": "acme", "region": "europe-west4"})))
    request = provider_pb2.InvokeRequest(
        tok="gcp:container/getCluster:getCluster", args=struct({"name": "ml", "location": "europe-west4"})
    )
    answer = plain(getattr(engine.stub.Invoke(request), "return"))
    assert answer["id"] == "projects/acme/locations/europe-west4/clusters/ml"
    unknown = engine.stub.Invoke(provider_pb2.InvokeRequest(tok="gcp:a/b:c", args=struct({})))
    assert [failure.reason for failure in unknown.failures] == ["not simulated"]


def test_the_executable_tells_the_engine_the_port(tmp_path: Path) -> None:
    server = serve("gcp", SimulatedCloud("127.0.0.1:6443", "Q0E="), lambda what, resource: None)
    path = server.write_executable(tmp_path)
    assert path.name == "pulumi-resource-gcp"
    assert os.access(path, os.X_OK)
    with subprocess.Popen([path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{server.port}\n"
        process.kill()
    server.stop()
