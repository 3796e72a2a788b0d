"""Pulumi's provider protocol over a simulated cloud.

Source: proto/pulumi/provider.proto in https://github.com/pulumi/pulumi.
"""

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from typing import Any

import grpc  # pyright: ignore[reportMissingTypeStubs]
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from gpuplane.arguments.errors import Problem
from gpuplane.simulation import naming
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.difference import Change
from gpuplane.simulation.resource import CloudRefusal, Resource

_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class CloudServicer(provider_pb2_grpc.ResourceProviderServicer):
    """The provider of one package. Method names are the protocol's."""

    def __init__(self, package: str, cloud: SimulatedCloud, on_change: Callable[[str, Resource], None]) -> None:
        self._package = package
        self._cloud = cloud
        self._on_change = on_change

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self._package, "version": self._version}))

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        self._cloud.configure(self._package, _plain(request.args))
        # Without acceptSecrets the engine decrypts secrets for the provider, and encrypts them again in the state.
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        token, name = _type_and_name(request)
        inputs = _plain(request.news)
        problems = self._cloud.check(token, inputs)
        named = naming.named(token, name, inputs, _plain(request.olds), request.randomSeed)
        return provider_pb2.CheckResponse(inputs=_struct(named), failures=[_failure(problem) for problem in problems])

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        token, _ = _type_and_name(request)
        old, new = _plain(request.old_inputs), _plain(request.news)
        found = self._cloud.diff(token, old, new)
        kinds = provider_pb2.DiffResponse
        return kinds(
            changes=kinds.DIFF_SOME if found.changes else kinds.DIFF_NONE,
            replaces=sorted({_top(path) for path in found.replacing}),
            diffs=found.keys,
            detailedDiff={change.path: _property_diff(change) for change in found.changes},
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(found.replacing) and naming.has_fixed_name(token, new),
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        token, name = _type_and_name(request)
        inputs = _plain(request.properties)
        if request.preview:
            # The engine takes missing properties as unknown.
            return provider_pb2.CreateResponse(properties=request.properties)
        try:
            made, outputs = self._cloud.create(token, name, inputs)
            self._notify("create", token, made)
        except Exception as error:
            return _abort(context, error)
        return provider_pb2.CreateResponse(id=made, properties=_struct(outputs))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        token, _ = _type_and_name(request)
        found = self._cloud.read(token, request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=found.id, properties=_struct(found.outputs), inputs=_struct(found.inputs))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        token, _ = _type_and_name(request)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=request.news)
        try:
            outputs = self._cloud.update(token, request.id, _plain(request.news))
            self._notify("update", token, request.id)
        except Exception as error:
            return _abort(context, error)
        return provider_pb2.UpdateResponse(properties=_struct(outputs))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        token, _ = _type_and_name(request)
        try:
            self._notify("delete", token, request.id)
        except Exception as error:
            return _abort(context, error)
        self._cloud.delete(token, request.id)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        try:
            answer = self._cloud.invoke(request.tok, _plain(request.args))
        except CloudRefusal as refusal:
            return provider_pb2.InvokeResponse(failures=[_failure(problem) for problem in refusal.problems])
        fields: dict[str, Any] = {"return": _struct(answer)}
        return provider_pb2.InvokeResponse(**fields)

    @property
    def _version(self) -> str:
        return importlib.metadata.version(f"pulumi-{self._package}")

    def _notify(self, what: str, token: str, made: str) -> None:
        found = self._cloud.read(token, made)
        if found is not None:
            try:
                self._on_change(what, found)
            except Exception:
                if what == "create":
                    self._cloud.delete(token, made)
                raise


def _type_and_name(request: Any) -> tuple[str, str]:
    """Parse the URN `urn:pulumi:stack::project::parent$type::name`."""
    _, _, types, name = request.urn.split("::", 3)
    return types.rpartition("$")[2], name


def _plain(message: Any) -> dict[str, Any]:
    return json_format.MessageToDict(message)


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def _failure(problem: Problem) -> Any:
    return provider_pb2.CheckFailure(property=problem.path, reason=problem.message)


def _property_diff(change: Change) -> Any:
    return provider_pb2.PropertyDiff(kind=_KINDS[change.kind, change.replaces], inputDiff=True)


def _top(path: str) -> str:
    return path.partition(".")[0]


def _abort(context: Any, error: Exception) -> None:
    context.abort(grpc.StatusCode.UNKNOWN, str(error))
