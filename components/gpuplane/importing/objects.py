"""Kubernetes objects as the config that makes them, with a note for every field without an argument."""

from typing import Any

from gpuplane.importing.container import compute, config_key, place, probe_budget, variables
from gpuplane.importing.field_reader import FieldReader
from gpuplane.importing.route import route
from gpuplane.importing.scaling import scaling
from gpuplane.importing.transformers import Objects
from gpuplane.plain.nested import items, mapping
from gpuplane.serving.lifecycle import CLOSE_SECONDS, PRE_STOP_SECONDS
from gpuplane.tenancy.quota_keys import QUOTA_STACK_KEYS

TENANT = "serving"
POD = "spec.template.spec"
SERVER = f"{POD}.containers.0"


def convert(objects: Objects) -> tuple[dict[str, Any], list[str]]:
    """Return the config that makes the objects, without a cluster, and notes on fields without an argument."""
    readers = [
        FieldReader(str(obj.get("kind")), str(mapping(obj.get("metadata")).get("name", "")), obj) for obj in objects
    ]
    notes: list[str] = []
    config: dict[str, Any] = {}
    tenant = _tenant(objects, readers)
    if tenant:
        config["tenants"] = {TENANT: tenant}
    models = {one.name: _model(one, readers, notes) for one in readers if one.kind == "Deployment"}
    if models:
        config["models"] = models
    for reader in readers:
        if reader.is_used:
            for key in ("apiVersion", "kind", "metadata.name", "metadata.namespace"):
                reader.pop(key)
        notes.extend(reader.unread())
    return config, notes


def _tenant(objects: Objects, readers: list[FieldReader]) -> dict[str, Any]:
    tenant: dict[str, Any] = {}
    names = [mapping(obj.get("metadata")).get("namespace") for obj in objects]
    namespace = next((name for name in names if name), None)
    for reader in readers:
        if reader.kind == "Namespace":
            namespace = reader.pop("metadata.name")
        if reader.kind == "ResourceQuota":
            tenant["quota"] = _quota(reader)
    return {"namespace": namespace, **tenant} if namespace else tenant


def _quota(reader: FieldReader) -> dict[str, Any]:
    quota: dict[str, Any] = {}
    for key, name in QUOTA_STACK_KEYS.items():
        value = reader.pop_key("spec.hard", key)
        if value is not None:
            quota[name] = int(value) if name in ("gpus", "persistentVolumeClaims") else str(value)
    return quota


def _model(deployment: FieldReader, readers: list[FieldReader], notes: list[str]) -> dict[str, Any]:
    model: dict[str, Any] = {"tenant": TENANT}
    model["image"] = deployment.pop(f"{SERVER}.image")
    deployment.pop(f"{SERVER}.name")
    model |= _port(deployment)
    model |= compute(deployment, f"{SERVER}.resources", notes)
    model |= _command(deployment)
    place(deployment, f"{POD}.", model)
    env, secrets = _environment(deployment, readers, notes)
    model |= {key: value for key, value in (("env", env), ("secrets", secrets)) if value}
    model |= _storage(deployment, readers)
    startup, liveness, readiness = (f"{SERVER}.{name}Probe" for name in ("startup", "liveness", "readiness"))
    budget = probe_budget(deployment, startup, liveness, readiness, "httpGet.path")
    if budget:
        model["probes"] = budget
    model |= _security(deployment)
    model["scaling"] = _scaling(deployment, readers)
    _service(deployment, readers)
    for reader in readers:
        if reader.kind == "Ingress" and _backend(reader) in _services(deployment, readers):
            said = route(reader)
            if said:
                model["route"] = said
    return model


def _port(deployment: FieldReader) -> dict[str, Any]:
    port = deployment.pop(f"{SERVER}.ports.0.containerPort")
    name = deployment.pop(f"{SERVER}.ports.0.name")
    deployment.discard(f"{SERVER}.ports.0.protocol", "TCP")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if deployment.peek(f"{SERVER}.{probe}.httpGet.port") in (port, name):
            deployment.pop(f"{SERVER}.{probe}.httpGet.port")
    return {"port": port} if port not in (None, 8000) else {}


def _command(deployment: FieldReader) -> dict[str, Any]:
    """Join a command and its arguments; arguments alone belong to the image's command and are left unread."""
    command = deployment.pop(f"{SERVER}.command")
    return {"command": [*command, *items(deployment.pop(f"{SERVER}.args"))]} if command else {}


def _environment(
    deployment: FieldReader, readers: list[FieldReader], notes: list[str]
) -> tuple[dict[str, str], dict[str, str]]:
    env: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for index, entry in enumerate(items(deployment.peek(f"{SERVER}.envFrom"))):
        kind, key = ("ConfigMap", "configMapRef") if "configMapRef" in entry else ("Secret", "secretRef")
        source = _find(readers, kind, str(mapping(entry.get(key)).get("name")))
        if not source:
            continue
        deployment.pop(f"{SERVER}.envFrom.{index}")
        if kind == "ConfigMap":
            env |= {name: str(value) for name, value in mapping(source.pop("data")).items()}
            continue
        source.pop("type")
        named = [*mapping(source.pop("data")), *mapping(source.pop("stringData"))]
        secrets |= {name: config_key(name) for name in named}
    plain, secret = variables(deployment, f"{SERVER}.env")
    secrets |= secret
    notes.extend(
        f"secret {name}: its value is not imported, fix: pulumi config set --secret {key}"
        for name, key in secrets.items()
    )
    return {**env, **plain}, secrets


def _storage(deployment: FieldReader, readers: list[FieldReader]) -> dict[str, Any]:
    """Read the volume that a claim or an init container fills; others are left unread."""
    for index, volume in enumerate(items(deployment.peek(f"{POD}.volumes"))):
        name, claim = volume.get("name"), mapping(volume.get("persistentVolumeClaim"))
        storage: dict[str, Any] = {}
        download = _download(deployment, name)
        found = _find(readers, "PersistentVolumeClaim", str(claim.get("claimName"))) if claim else None
        if found:
            modes = items(found.pop("spec.accessModes"))
            storage["claim"] = {
                "size": found.pop("spec.resources.requests.storage"),
                "storageClass": found.pop("spec.storageClassName"),
                "accessMode": modes[0] if modes else "ReadWriteOnce",
            }
        elif "emptyDir" in volume and download:
            limit = mapping(volume["emptyDir"]).get("sizeLimit")
            storage |= {"sizeLimit": limit} if limit else {}
        else:
            continue
        deployment.pop(f"{POD}.volumes.{index}")
        mount = _mount(deployment, SERVER, name)
        storage |= {"download": download} if download else {}
        return {"storage": {"mountPath": mount, **storage} if mount else storage}
    return {}


def _download(deployment: FieldReader, volume: str) -> dict[str, Any] | None:
    for index, container in enumerate(items(deployment.peek(f"{POD}.initContainers"))):
        path = f"{POD}.initContainers.{index}"
        if any(mount.get("name") == volume for mount in items(container.get("volumeMounts"))):
            _mount(deployment, path, volume)
            deployment.pop(f"{path}.name")
            command = [*items(deployment.pop(f"{path}.command")), *items(deployment.pop(f"{path}.args"))]
            return {"image": deployment.pop(f"{path}.image"), "command": command}
    return None


def _mount(deployment: FieldReader, container: str, volume: str) -> str | None:
    for index, mount in enumerate(items(deployment.peek(f"{container}.volumeMounts"))):
        if mount and mount.get("name") == volume:
            deployment.pop(f"{container}.volumeMounts.{index}")
            return str(mount.get("mountPath"))
    return None


def _security(deployment: FieldReader) -> dict[str, Any]:
    """Read the user and the grace period; servers have what the restricted Pod Security level asks for anyway."""
    found: dict[str, Any] = {}
    for path in (f"{POD}.securityContext", f"{SERVER}.securityContext"):
        deployment.discard(f"{path}.runAsNonRoot", True)
        deployment.discard(f"{path}.seccompProfile.type", "RuntimeDefault")
        deployment.discard(f"{path}.allowPrivilegeEscalation", False)
        deployment.discard(f"{path}.readOnlyRootFilesystem", True)
        deployment.discard(f"{path}.capabilities.drop", ["ALL"])
        user = deployment.pop(f"{path}.runAsUser")
        if user is not None:
            found["runAsUser"] = user
            deployment.discard(f"{path}.runAsGroup", user)
            deployment.discard(f"{path}.fsGroup", user)
    grace = deployment.pop(f"{POD}.terminationGracePeriodSeconds")
    # The rest of the grace period is for endpoints to be removed and for the server to close.
    longest = None if grace is None else max(1, int(grace) - PRE_STOP_SECONDS - CLOSE_SECONDS)
    return {**found, **({} if longest is None else {"longestRequestSeconds": longest})}


def _scaling(deployment: FieldReader, readers: list[FieldReader]) -> dict[str, Any]:
    for reader in readers:
        if reader.kind == "HorizontalPodAutoscaler" and reader.peek("spec.scaleTargetRef.name") == deployment.name:
            return scaling(reader)
    count = deployment.pop("spec.replicas") or 1
    return {"minReplicas": count, "maxReplicas": count}


def _backend(ingress: FieldReader) -> str:
    return str(ingress.peek("spec.rules.0.http.paths.0.backend.service.name"))


def _services(deployment: FieldReader, readers: list[FieldReader]) -> list[str]:
    """Return the names of the Services that select its pods."""
    labels = mapping(deployment.peek("spec.template.metadata.labels"))
    services = [reader for reader in readers if reader.kind == "Service"]
    return [one.name for one in services if mapping(one.peek("spec.selector")).items() <= labels.items()]


def _service(deployment: FieldReader, readers: list[FieldReader]) -> None:
    """Read the Service in front of it where that is like gpuplane's own."""
    for reader in readers:
        if reader.kind == "Service" and reader.name in _services(deployment, readers):
            port = reader.peek("spec.ports.0")
            if mapping(port).get("port") == 80:
                for key in ("port", "targetPort", "name"):
                    reader.pop(f"spec.ports.0.{key}")
                reader.discard("spec.ports.0.protocol", "TCP")
                reader.discard("spec.type", "ClusterIP")


def _find(readers: list[FieldReader], kind: str, name: str) -> FieldReader | None:
    return next((reader for reader in readers if reader.kind == kind and reader.name == name), None)
