"""The engine's place in a program that runs in this process: records what is registered, asks the responder."""

import asyncio
import json
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import engine_pb2, resource_pb2

from gpuplane.recording.errors import DefaultProviderError, DuplicateUrnError
from gpuplane.recording.resources import Failure, RecordedResource, Recording, Responder
from gpuplane.recording.transforms import Transform, transformed
from gpuplane.recording.values import UNKNOWN, Plain, wire

STACK = "pulumi:pulumi:Stack"
DISABLED_PROVIDERS = "pulumi:disable-default-providers"

_SEVERITIES = {engine_pb2.DEBUG: "debug", engine_pb2.INFO: "info", engine_pb2.WARNING: "warning"}


class Monitor(mocks.MockMonitor):
    """Answers the SDK's requests, each in a thread of the SDK's."""

    def __init__(self, responder: Responder, config: Mapping[str, str], missing_is_unknown: bool = False) -> None:
        super().__init__(_NoMocks())
        self._missing_is_unknown = missing_is_unknown
        self.recording = Recording()
        self._responder = responder
        self._disabled: frozenset[str] = frozenset(json.loads(config.get(DISABLED_PROVIDERS, "[]")))
        self._transforms: dict[str, list[Transform]] = {}
        self._seen: set[str] = set()
        self._unmade: set[str] = set()
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Record a resource, and let the responder create it if it is a custom one."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        with _event_loop() as loop:
            resource, failure = self._recorded(urn, request, loop)
            if failure is None and not (resource.custom or resource.remote):
                return resource_pb2.RegisterResourceResponse(urn=urn, object=wire(resource.inputs, set()))
            return self._made(resource, resource_pb2.RegisterResourceResponse, failure)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        """Record a resource that is read, and look it up."""
        urn = self.make_urn(request.parent, request.type, request.name)
        plain = Plain(request.properties)
        resource = RecordedResource(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=True,
            inputs=plain.value,
            secrets=frozenset(plain.secrets),
            parent=_parent(request.parent),
            provider=_urn_of(request.provider),
            dependencies=tuple(request.dependencies),
            read_id=request.id,
        )
        failure = self._keep(resource)
        made = self._made(resource, resource_pb2.RegisterResourceResponse, failure)
        return resource_pb2.ReadResourceResponse(
            urn=urn, properties=made.object, result=made.result, unknown=made.unknown
        )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Record the outputs of a component or of the stack."""
        plain = Plain(request.outputs)
        with self._lock:
            if f"::{STACK}::" in request.urn:
                self.recording.exports = plain.value
                self.recording.secret_exports = frozenset(path.partition(".")[0] for path in plain.secrets)
            else:
                self.recording.outputs[request.urn] = plain.value
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        """Has a provider's function answered."""
        plain = Plain(request.args)
        try:
            self._require_provider(request.tok.partition(":")[0], request.provider)
            answer = self._responder.call(request.tok, plain.value, _urn_of(request.provider))
        except Exception as error:
            self._fail(request.tok, "", error)
            raise
        fields: dict[str, Any] = {"return": wire(answer, set())}
        return resource_pb2.ResourceInvokeResponse(**fields)

    def _recorded(
        self, urn: str, request: Any, loop: asyncio.AbstractEventLoop
    ) -> tuple[RecordedResource, BaseException | None]:
        plain = Plain(request.object)
        own: list[Transform] = _callbacks(request.transforms)
        failure: BaseException | None = None
        with self._lock:
            chain = [*own, *self._transforms.get(request.parent, self._stack_transforms)]
            self._transforms[urn] = chain
        inputs = plain.value
        try:
            inputs = transformed(chain, request.type, request.name, request.custom, inputs, loop.run_until_complete)
        except Exception as error:
            failure = error
        timeouts = request.customTimeouts
        resource = RecordedResource(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            remote=request.remote,
            inputs=inputs,
            secrets=frozenset(plain.secrets),
            parent=_parent(request.parent),
            provider=_urn_of(request.provider),
            providers={package: _urn_of(ref) for package, ref in request.providers.items()},
            dependencies=tuple(request.dependencies),
            property_dependencies={key: tuple(of.urns) for key, of in request.propertyDependencies.items()},
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            delete_before_replace=request.deleteBeforeReplace,
            deleted_with=request.deletedWith,
            ignore_changes=tuple(request.ignoreChanges),
            replace_on_changes=tuple(request.replaceOnChanges),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            aliases=(*request.aliasURNs, *(_alias(alias) for alias in request.aliases)),
            custom_timeouts={kind: text for kind in _OPERATIONS if (text := getattr(timeouts, kind))},
        )
        return resource, failure or self._keep(resource)

    def _keep(self, resource: RecordedResource) -> BaseException | None:
        with self._lock:
            is_second = resource.urn in self._seen
            self._seen.add(resource.urn)
            self.recording.resources.append(resource)
        if is_second:
            return DuplicateUrnError(resource.urn)
        try:
            if resource.custom and not resource.type.startswith("pulumi:"):
                self._require_provider(resource.package, resource.provider)
        except DefaultProviderError as error:
            return error
        return None

    def _made(self, resource: RecordedResource, response: Callable[..., Any], failure: BaseException | None) -> Any:
        before = {
            *resource.dependencies,
            resource.provider,
            *(u for us in resource.property_dependencies.values() for u in us),
        }
        with self._lock:
            is_blocked = not self._unmade.isdisjoint(before)
        if is_blocked and failure is None:
            with self._lock:
                self._unmade.add(resource.urn)
                self.recording.skipped.append(resource.urn)
            return response(urn=resource.urn, result=resource_pb2.Result.FAIL)
        try:
            if failure is not None:
                raise failure
            resource_id, outputs = self._responder.create(resource)
        except Exception as error:
            self._fail(resource.type, resource.name, error, resource.urn)
            return response(urn=resource.urn, result=resource_pb2.Result.FAIL)
        with self._lock:
            self.recording.ids[resource.urn] = resource_id
            self.recording.outputs[resource.urn] = outputs
        secret = {path.partition(".")[0].partition("[")[0] for path in resource.secrets}
        return response(
            urn=resource.urn,
            id="" if resource_id is UNKNOWN else resource_id,
            object=wire(outputs, secret | set(resource.additional_secret_outputs)),
            unknown=self._missing_is_unknown,
        )

    def _require_provider(self, package: str, provider: str) -> None:
        if not provider and not self._disabled.isdisjoint({package, "*"}):
            raise DefaultProviderError(package)

    def _fail(self, kind: str, name: str, error: BaseException, urn: str = "") -> None:
        with self._lock:
            self.recording.failures.append(Failure(kind, name, error))
            self._unmade.add(urn or kind)


class Engine:
    """Takes what the program logs."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def Log(self, request: Any) -> None:  # noqa: N802
        """Record a message."""
        severity = _SEVERITIES.get(request.severity, "error")
        if severity != "debug":
            self._recording.log.append((severity, request.message))


class _NoMocks(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> Any:
        raise NotImplementedError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError(args.typ)


_OPERATIONS = ("create", "update", "delete", "read")


def _callbacks(requested: Iterable[Any]) -> list[Transform]:
    return mocks._resolve_callbacks(requested)  # pyright: ignore  # the SDK has no public way to them


def _parent(urn: str) -> str:
    return "" if f"::{STACK}::" in urn else urn


def _urn_of(reference: str) -> str:
    """Return a provider's URN from a reference to it, which ends in its id."""
    return reference.rpartition("::")[0]


def _alias(alias: Any) -> str:
    if alias.urn:
        return alias.urn
    spec = alias.spec
    parts = {
        "name": spec.name,
        "type": spec.type,
        "stack": spec.stack,
        "project": spec.project,
        "parent": spec.parentUrn,
    }
    return " ".join(f"{key}={value}" for key, value in parts.items() if value)


@contextmanager
def _event_loop() -> Generator[asyncio.AbstractEventLoop, None, None]:
    """Give this thread an event loop: without one, parts of the SDK would create one and leave it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()
