"""A client of the rehearsal's Kubernetes API server."""

import json
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import urllib3
from kubernetes import client, config, dynamic
from kubernetes.dynamic.exceptions import ResourceNotFoundError

from gpuplane.plain.nested import field
from gpuplane.program.errors import RunError
from gpuplane.recording.errors import Refusal

FIELD_MANAGER = "gpuplane-rehearsal"
REQUEST_TIMEOUT_SECONDS = 30

# Causes whose message says more than that of the response.
_TELLING = ("DisruptionBudget",)

Object = dict[str, Any]


class Refused(Refusal):
    """The API server rejected an object; the message is its own."""

    source = "API server"


def as_yaml(obj: Mapping[str, Any]) -> bytes:
    """Serialize the object as JSON that YAML parsers read too: they do not know surrogate pairs.

    Example:
        >>> as_yaml({"name": "bert"})
        b'{"name": "bert"}'
    """
    text = json.dumps(obj, ensure_ascii=False)
    return re.sub("[\u007f-\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text).encode()


class KubernetesApi:
    """Applies, lists and patches objects of any kind that the API server serves."""

    def __init__(self, kubeconfig: Path) -> None:
        # The exception says the same, once.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        untyped: Any = config
        # The client caches discovery by host and port, and the next control plane may get the same port.
        self._client: Any = dynamic.DynamicClient(
            untyped.new_client_from_config(str(kubeconfig)), cache_file=str(kubeconfig.parent / "discovery.json")
        )
        self._looking = threading.Lock()

    def apply(self, obj: Mapping[str, Any]) -> Object:
        """Apply an object server-side and return it; unknown and duplicate fields are errors.

        Raises:
            Refused: The API server rejected it.
        """
        kind = self._kind(str(obj.get("apiVersion")), str(obj.get("kind")))
        path = kind.path(name=obj["metadata"]["name"], namespace=_namespace(kind, obj))
        return self._answer(
            lambda: self._client.request(
                "patch",
                path,
                body=as_yaml(obj),
                content_type="application/apply-patch+yaml",
                field_manager=FIELD_MANAGER,
                force_conflicts=True,
                query_params=[("fieldValidation", "Strict")],
                serialize=False,
                _request_timeout=REQUEST_TIMEOUT_SECONDS,
            )
        )

    def knows(self, api_version: str, kind: str) -> bool:
        """Return whether the API server serves the kind."""
        try:
            self._kind(api_version, kind)
        except Refused:
            return False
        return True

    def groups(self) -> set[str]:
        """Return the API groups that it serves."""
        return {one["name"] for one in self.request("GET", "/apis")["groups"]}

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Object:
        """Send a request to a path that is not an object of a known kind.

        Raises:
            Refused: The API server rejected it.
        """
        return self._answer(
            lambda: self._client.request(
                method, path, body=body, serialize=False, _request_timeout=REQUEST_TIMEOUT_SECONDS
            )
        )

    def list(self, api_version: str, kind: str) -> list[Object]:
        """List all objects of a kind in every namespace."""
        found = self._call(self._client.get, self._kind(api_version, kind))
        return [{"apiVersion": api_version, "kind": kind, **item} for item in found["items"]]

    def list_custom(self, api_version: str, kind: str) -> Sequence[Object]:
        """List all objects of a custom kind in every namespace; none while the kind is not served."""
        try:
            served = self.request("GET", f"/apis/{api_version}")["resources"]
        except Refused:
            return []
        names = [one["name"] for one in served if one["kind"] == kind and "/" not in one["name"]]
        found = [item for name in names for item in self.request("GET", f"/apis/{api_version}/{name}")["items"]]
        return [{"apiVersion": api_version, "kind": kind, **item} for item in found]

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object:
        """Get an object.

        Raises:
            Refused: The object does not exist.
        """
        return self._call(self._client.get, self._kind(api_version, kind), name=name, namespace=namespace)

    def create(self, obj: Mapping[str, Any]) -> Object:
        """Create an object.

        Raises:
            Refused: The API server rejected it.
        """
        kind = self._kind(str(obj.get("apiVersion")), str(obj.get("kind")))
        return self._call(self._client.create, kind, body=dict(obj), namespace=_namespace(kind, obj))

    def patch(self, obj: Mapping[str, Any], change: Mapping[str, Any], subresource: str = "") -> Object:
        """Merge a patch into an object or one of its subresources, and return the object.

        Raises:
            Refused: The API server rejected it.
        """
        kind = self._kind(str(obj.get("apiVersion")), str(obj.get("kind")))
        return self._call(
            self._client.patch,
            kind.subresources[subresource] if subresource else kind,
            body=dict(change),
            name=obj["metadata"]["name"],
            namespace=_namespace(kind, obj),
            content_type="application/merge-patch+json",
        )

    def try_create(self, obj: Mapping[str, Any]) -> str:
        """Return why the API server would reject an object, in its own words; empty if it would accept it. Nothing is
        created.
        """
        kind = self._kind(str(obj.get("apiVersion")), str(obj.get("kind")))
        try:
            self._call(self._client.create, kind, body=dict(obj), namespace=_namespace(kind, obj), dry_run="All")
        except Refused as refusal:
            return str(refusal)
        return ""

    def evict(self, pod: Mapping[str, Any]) -> None:
        """Evict a pod, if its disruption budget allows it.

        Raises:
            Refused: The budget does not allow it now.
        """
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace},
        }
        self.request("POST", f"/api/v1/namespaces/{namespace}/pods/{name}/eviction", body)

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, at_once: bool = False
    ) -> None:
        """Delete an object, without its grace period if `at_once`.

        Raises:
            Refused: The API server rejected it.
        """
        grace = {"grace_period_seconds": 0} if at_once else {}
        self._call(self._client.delete, self._kind(api_version, kind), name=name, namespace=namespace, **grace)

    def _kind(self, api_version: str, kind: str) -> Any:
        try:
            # An unknown kind makes the client discover all kinds anew, which is not thread-safe.
            with self._looking:
                return self._client.resources.get(api_version=api_version, kind=kind)
        except ResourceNotFoundError:
            raise Refused(
                f"no kind {kind} in {api_version}, fix: its CustomResourceDefinition must be in the cluster before it"
            ) from None

    def _call(self, verb: Any, kind: Any, **arguments: Any) -> Object:
        return self._answer(lambda: verb(kind, serialize=False, _request_timeout=REQUEST_TIMEOUT_SECONDS, **arguments))

    def _answer(self, request: Callable[[], Any]) -> Object:
        try:
            answer = request()
        except client.ApiException as error:
            raise Refused(_reason(error)) from None
        except urllib3.exceptions.HTTPError as error:
            raise _gone(error) from None
        return json.loads(answer.data)


def _namespace(kind: Any, obj: Mapping[str, Any]) -> str | None:
    return obj["metadata"].get("namespace", "default") if kind.namespaced else None


def _gone(error: Exception) -> RunError:
    return RunError(f"the control plane no longer answers, {type(error).__name__}, fix: run the rehearsal again")


def _reason(error: Any) -> str:
    """Return the API server's message, or the HTTP status if it sent none."""
    try:
        said = json.loads(error.body)
        causes = [str(one["message"]) for one in field(said, "details.causes", []) if one.get("reason") in _TELLING]
        return " ".join([str(said["message"]), *causes])
    except (TypeError, ValueError, KeyError):
        return f"{error.status} {error.reason}"


def key(obj: Mapping[str, Any]) -> str:
    """Return the kind, namespace and name of an object, such as `Deployment ml-prod/resnet50`."""
    metadata = obj["metadata"]
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{obj['kind']} {place}{metadata['name']}"


def condition(obj: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """Return the status condition of that type; empty if there is none."""
    conditions: Sequence[Mapping[str, Any]] = field(obj, "status.conditions", [])
    nothing: Mapping[str, Any] = {}
    return next((found for found in conditions if found["type"] == kind), nothing)
