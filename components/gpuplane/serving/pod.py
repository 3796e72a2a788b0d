"""The pod of a model server."""

from collections.abc import Mapping
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.artefacts.plan import ModelFiles, Names, model_files, path_in_pod
from gpuplane.serving.lifecycle import lifecycle
from gpuplane.serving.probes import probes
from gpuplane.serving.runtimes.template import TemplateValues
from gpuplane.serving.storage import ModelStorage
from gpuplane.workloads.compute import resources
from gpuplane.workloads.pods import SHARED_MEMORY_MOUNT, TMP_MOUNT, TMP_VOLUME, env_from, shared_memory_volume
from gpuplane.workloads.security import CACHE, CONTAINER_SECURITY, cache_variables, pod_security


def pod_spec(args: ModelServerArgs, labels: dict[str, str], names: Names, account: Input[str] = "") -> dict[str, Any]:
    """Return the spec of the pod.

    Args:
        args: The server's arguments, valid.
        labels: The labels of its pods.
        names: Names of the objects it refers to.
        account: Its service account.
    """
    model = files_of(args, names)
    gpu = args.gpu
    tolerations = args.tolerations if args.tolerations is not None else gpu.tolerations if gpu else []
    return {
        **({"serviceAccountName": account} if account != "" else {}),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        **({"priorityClassName": args.priority_class} if args.priority_class is not None else {}),
        "terminationGracePeriodSeconds": args.grace_seconds,
        "securityContext": pod_security(args.run_as_user),
        **({"nodeSelector": gpu.node_selector} if gpu else {}),
        **({"affinity": args.affinity} if args.affinity else {}),
        **({"tolerations": tolerations} if tolerations else {}),
        **(
            {"readinessGates": [{"conditionType": one} for one in args.readiness_gates]} if args.readiness_gates else {}
        ),
        "topologySpreadConstraints": _spread(labels),
        **({"initContainers": model.init_containers} if model.init_containers else {}),
        "containers": [_server(args, names, model)],
        "volumes": [
            TMP_VOLUME,
            {"name": "cache", "emptyDir": {"sizeLimit": args.cache_size}},
            shared_memory_volume(args.shared_memory_limit),
            *model.volumes,
        ],
    }


def files_of(args: ModelServerArgs, names: Names) -> ModelFiles:
    """Return the model's part of the pod: fetched, mounted, or downloaded by the user's own image."""
    if args.uri:
        return model_files(args.uri, args.storage, names, variables(args), _without_gpus(args))
    storage = args.storage
    if not (storage.claim or storage.download):
        return ModelFiles()
    read_only = {"readOnly": True} if storage.claim and storage.claim.access_mode == "ReadOnlyMany" else {}
    volume: dict[str, Any] = (
        {"name": "model", "persistentVolumeClaim": {"claimName": names.claim, **read_only}}
        if storage.claim
        else {"name": "model", "emptyDir": {"sizeLimit": storage.size_limit}}
    )
    mount = {"name": "model", "mountPath": storage.mount_path, "readOnly": True}
    return ModelFiles([volume], [mount], [_download(args, storage)] if storage.download else [])


def variables(args: ModelServerArgs) -> dict[str, str]:
    """Return the kind of each of the server's variables, `config` or `secret`."""
    return {**dict.fromkeys(config(args), "config"), **dict.fromkeys(args.secrets, "secret")}


def config(args: ModelServerArgs) -> Mapping[str, Input[str]]:
    """Return the variables that are not secret: the runtime's, overridden by the server's own."""
    values = template_values(args)
    runtime = {
        name: values.fill(text)
        for name, text in args.runtime_preset.env.items()
        if values.applies(text) and name not in args.secrets
    }
    return {**runtime, **args.env}


def _spread(labels: dict[str, str]) -> list[dict[str, Any]]:
    """Spread pods over zones and nodes if possible; in a rollout, old replicas do not count."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def _server(args: ModelServerArgs, names: Names, model: ModelFiles) -> dict[str, Any]:
    ports = [{"name": "http", "containerPort": args.http_port}]
    if args.metrics_port_name != "http":
        ports.append({"name": args.metrics_port_name, "containerPort": args.metrics_port})
    return {
        "name": "server",
        "image": args.image if args.image is not None else args.runtime_preset.image,
        **_run(args),
        "ports": ports,
        "resources": resources(*args.compute, _gpus(args)),
        **env_from(names.config_map, names.secret),
        "env": cache_variables(variables(args)),
        "volumeMounts": [
            TMP_MOUNT,
            {"name": "cache", "mountPath": CACHE},
            SHARED_MEMORY_MOUNT,
            *model.mounts,
        ],
        "securityContext": CONTAINER_SECURITY,
        **probes(args.probes, args.runtime_preset),
        "lifecycle": lifecycle(),
    }


def _run(args: ModelServerArgs) -> dict[str, list[str]]:
    if args.command is not None:
        return {"command": args.command}
    values, preset = template_values(args), args.runtime_preset
    command, arguments = values.fill_all(preset.command), [*values.fill_all(preset.args), *args.extra_args]
    return {**({"command": command} if command else {}), **({"args": arguments} if arguments else {})}


def template_values(args: ModelServerArgs) -> TemplateValues:
    """Return what the placeholders of the runtime's command stand for."""
    uri = args.uri
    has_model = uri is not None or args.storage.claim is not None or args.storage.download is not None
    return TemplateValues(
        model=path_in_pod(uri, args.storage) if has_model else "",
        model_name=uri.name if uri else "model",
        port=args.http_port,
        metrics_port=args.metrics_port,
        gpus=args.gpu.count if args.gpu else 1,
    )


def _gpus(args: ModelServerArgs) -> dict[str, int]:
    return {args.gpu.resource_name: args.gpu.count} if args.gpu else {}


def _without_gpus(args: ModelServerArgs) -> dict[str, Any]:
    return resources(*args.compute, {})


def _download(args: ModelServerArgs, storage: ModelStorage) -> dict[str, Any]:
    assert storage.download
    return {
        "name": "download",
        "image": storage.download.image,
        "command": storage.download.command,
        "env": [{"name": "HOME", "value": "/tmp"}],
        "resources": _without_gpus(args),
        "volumeMounts": [
            TMP_MOUNT,
            {"name": "model", "mountPath": storage.mount_path},
        ],
        "securityContext": CONTAINER_SECURITY,
    }
