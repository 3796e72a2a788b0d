"""Kubernetes objects as the config that makes them, and a line for every field that it cannot say."""

from typing import Any

from gpuplane.importing.container import compute, config_key, place, probe_budget, variables
from gpuplane.importing.field_reader import Taking
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
    """The config that makes the objects, without a cluster, and what it cannot say."""
    takings = [Taking(str(obj.get("kind")), str(mapping(obj.get("metadata")).get("name", "")), obj) for obj in objects]
    notes: list[str] = []
    config: dict[str, Any] = {}
    tenant = _tenant(objects, takings)
    if tenant:
        config["tenants"] = {TENANT: tenant}
    models = {one.name: _model(one, takings, notes) for one in takings if one.kind == "Deployment"}
    if models:
        config["models"] = models
    for taking in takings:
        if taking.is_used:
            for key in ("apiVersion", "kind", "metadata.name", "metadata.namespace"):
                taking.take(key)
        notes.extend(taking.left())
    return config, notes


def _tenant(objects: Objects, takings: list[Taking]) -> dict[str, Any]:
    tenant: dict[str, Any] = {}
    names = [mapping(obj.get("metadata")).get("namespace") for obj in objects]
    namespace = next((name for name in names if name), None)
    for taking in takings:
        if taking.kind == "Namespace":
            namespace = taking.take("metadata.name")
        if taking.kind == "ResourceQuota":
            tenant["quota"] = _quota(taking)
    return {"namespace": namespace, **tenant} if namespace else tenant


def _quota(taking: Taking) -> dict[str, Any]:
    quota: dict[str, Any] = {}
    for key, name in QUOTA_STACK_KEYS.items():
        value = taking.take_key("spec.hard", key)
        if value is not None:
            quota[name] = int(value) if name in ("gpus", "persistentVolumeClaims") else str(value)
    return quota


def _model(deployment: Taking, takings: list[Taking], notes: list[str]) -> dict[str, Any]:
    model: dict[str, Any] = {"tenant": TENANT}
    model["image"] = deployment.take(f"{SERVER}.image")
    deployment.take(f"{SERVER}.name")
    model |= _port(deployment)
    model |= compute(deployment, f"{SERVER}.resources", notes)
    model |= _command(deployment)
    place(deployment, f"{POD}.", model)
    env, secrets = _environment(deployment, takings, notes)
    model |= {key: value for key, value in (("env", env), ("secrets", secrets)) if value}
    model |= _storage(deployment, takings)
    startup, liveness, readiness = (f"{SERVER}.{name}Probe" for name in ("startup", "liveness", "readiness"))
    budget = probe_budget(deployment, startup, liveness, readiness, "httpGet.path")
    if budget:
        model["probes"] = budget
    model |= _security(deployment)
    model["scaling"] = _scaling(deployment, takings)
    _service(deployment, takings)
    for taking in takings:
        if taking.kind == "Ingress" and _backend(taking) in _services(deployment, takings):
            said = route(taking)
            if said:
                model["route"] = said
    return model


def _port(deployment: Taking) -> dict[str, Any]:
    port = deployment.take(f"{SERVER}.ports.0.containerPort")
    name = deployment.take(f"{SERVER}.ports.0.name")
    deployment.drop(f"{SERVER}.ports.0.protocol", "TCP")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if deployment.see(f"{SERVER}.{probe}.httpGet.port") in (port, name):
            deployment.take(f"{SERVER}.{probe}.httpGet.port")
    return {"port": port} if port not in (None, 8000) else {}


def _command(deployment: Taking) -> dict[str, Any]:
    """A command and its arguments are one list; arguments alone are the image's own command's, and stay."""
    command = deployment.take(f"{SERVER}.command")
    return {"command": [*command, *items(deployment.take(f"{SERVER}.args"))]} if command else {}


def _environment(deployment: Taking, takings: list[Taking], notes: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    env: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for index, entry in enumerate(items(deployment.see(f"{SERVER}.envFrom"))):
        kind, key = ("ConfigMap", "configMapRef") if "configMapRef" in entry else ("Secret", "secretRef")
        source = _find(takings, kind, str(mapping(entry.get(key)).get("name")))
        if not source:
            continue
        deployment.take(f"{SERVER}.envFrom.{index}")
        if kind == "ConfigMap":
            env |= {name: str(value) for name, value in mapping(source.take("data")).items()}
            continue
        source.take("type")
        named = [*mapping(source.take("data")), *mapping(source.take("stringData"))]
        secrets |= {name: config_key(name) for name in named}
    plain, secret = variables(deployment, f"{SERVER}.env")
    secrets |= secret
    notes.extend(
        f"secret {name}: its value is never carried, fix: pulumi config set --secret {key}"
        for name, key in secrets.items()
    )
    return {**env, **plain}, secrets


def _storage(deployment: Taking, takings: list[Taking]) -> dict[str, Any]:
    """The volume that a claim or an init container fills; others stay."""
    for index, volume in enumerate(items(deployment.see(f"{POD}.volumes"))):
        name, claim = volume.get("name"), mapping(volume.get("persistentVolumeClaim"))
        storage: dict[str, Any] = {}
        download = _download(deployment, name)
        found = _find(takings, "PersistentVolumeClaim", str(claim.get("claimName"))) if claim else None
        if found:
            modes = items(found.take("spec.accessModes"))
            storage["claim"] = {
                "size": found.take("spec.resources.requests.storage"),
                "storageClass": found.take("spec.storageClassName"),
                "accessMode": modes[0] if modes else "ReadWriteOnce",
            }
        elif "emptyDir" in volume and download:
            limit = mapping(volume["emptyDir"]).get("sizeLimit")
            storage |= {"sizeLimit": limit} if limit else {}
        else:
            continue
        deployment.take(f"{POD}.volumes.{index}")
        mount = _mount(deployment, SERVER, name)
        storage |= {"download": download} if download else {}
        return {"storage": {"mountPath": mount, **storage} if mount else storage}
    return {}


def _download(deployment: Taking, volume: str) -> dict[str, Any] | None:
    for index, container in enumerate(items(deployment.see(f"{POD}.initContainers"))):
        path = f"{POD}.initContainers.{index}"
        if any(mount.get("name") == volume for mount in items(container.get("volumeMounts"))):
            _mount(deployment, path, volume)
            deployment.take(f"{path}.name")
            command = [*items(deployment.take(f"{path}.command")), *items(deployment.take(f"{path}.args"))]
            return {"image": deployment.take(f"{path}.image"), "command": command}
    return None


def _mount(deployment: Taking, container: str, volume: str) -> str | None:
    for index, mount in enumerate(items(deployment.see(f"{container}.volumeMounts"))):
        if mount and mount.get("name") == volume:
            deployment.take(f"{container}.volumeMounts.{index}")
            return str(mount.get("mountPath"))
    return None


def _security(deployment: Taking) -> dict[str, Any]:
    """The user; what the restricted level asks is there anyway."""
    found: dict[str, Any] = {}
    for path in (f"{POD}.securityContext", f"{SERVER}.securityContext"):
        deployment.drop(f"{path}.runAsNonRoot", True)
        deployment.drop(f"{path}.seccompProfile.type", "RuntimeDefault")
        deployment.drop(f"{path}.allowPrivilegeEscalation", False)
        deployment.drop(f"{path}.readOnlyRootFilesystem", True)
        deployment.drop(f"{path}.capabilities.drop", ["ALL"])
        user = deployment.take(f"{path}.runAsUser")
        if user is not None:
            found["runAsUser"] = user
            deployment.drop(f"{path}.runAsGroup", user)
            deployment.drop(f"{path}.fsGroup", user)
    grace = deployment.take(f"{POD}.terminationGracePeriodSeconds")
    # The grace period is made of the longest request: the rest of it is for traffic to go away, and to close down.
    longest = None if grace is None else max(1, int(grace) - PRE_STOP_SECONDS - CLOSE_SECONDS)
    return {**found, **({} if longest is None else {"longestRequestSeconds": longest})}


def _scaling(deployment: Taking, takings: list[Taking]) -> dict[str, Any]:
    for taking in takings:
        if taking.kind == "HorizontalPodAutoscaler" and taking.see("spec.scaleTargetRef.name") == deployment.name:
            return scaling(taking)
    count = deployment.take("spec.replicas") or 1
    return {"minReplicas": count, "maxReplicas": count}


def _backend(ingress: Taking) -> str:
    return str(ingress.see("spec.rules.0.http.paths.0.backend.service.name"))


def _services(deployment: Taking, takings: list[Taking]) -> list[str]:
    """The services whose selector its pods' labels meet."""
    labels = mapping(deployment.see("spec.template.metadata.labels"))
    services = [taking for taking in takings if taking.kind == "Service"]
    return [one.name for one in services if mapping(one.see("spec.selector")).items() <= labels.items()]


def _service(deployment: Taking, takings: list[Taking]) -> None:
    """A service in front of it that is as gpuplane makes one."""
    for taking in takings:
        if taking.kind == "Service" and taking.name in _services(deployment, takings):
            port = taking.see("spec.ports.0")
            if mapping(port).get("port") == 80:
                for key in ("port", "targetPort", "name"):
                    taking.take(f"spec.ports.0.{key}")
                taking.drop("spec.ports.0.protocol", "TCP")
                taking.drop("spec.type", "ClusterIP")


def _find(takings: list[Taking], kind: str, name: str) -> Taking | None:
    return next((taking for taking in takings if taking.kind == kind and taking.name == name), None)
