"""Each rule: what it finds, in its words, and what it lets pass."""

from typing import Any

import pytest

from gpuplane.policy import RULES, Subject

DIGEST = "registry.example.com/ml/server:v1@sha256:" + "0" * 64
PROBE = {"httpGet": {"path": "/health", "port": 8000}}
SECURE = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
POD_SECURE = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
WHOLE = {"cpu": "2", "memory": "4Gi", "nvidia.com/gpu": "1"}

API = {
    "Deployment": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "Service": "core/v1",
    "ConfigMap": "core/v1",
    "Namespace": "core/v1",
    "ResourceQuota": "core/v1",
    "Ingress": "networking.k8s.io/v1",
    "Gateway": "gateway.networking.k8s.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "ScaledObject": "keda.sh/v1alpha1",
    "PodDisruptionBudget": "policy/v1",
}


def obj(kind: str, name: str = "server", namespace: str = "ml", secrets: tuple[str, ...] = (), **body: Any) -> Subject:
    metadata = {"name": name, **({} if kind == "Namespace" else {"namespace": namespace}), **body.pop("metadata", {})}
    token = f"kubernetes:{API[kind]}:{kind}"
    return Subject(f"urn::{kind}::{name}", token, name, {"metadata": metadata, **body}, frozenset(secrets))


def server(kind: str = "Deployment", pod: dict[str, Any] | None = None, **container: Any) -> Subject:
    """A workload that breaks no rule, with some of it changed; None takes a field away."""
    whole = {
        "name": "server",
        "image": DIGEST,
        "resources": {"requests": WHOLE, "limits": WHOLE},
        "securityContext": SECURE,
        "livenessProbe": PROBE,
        "readinessProbe": PROBE,
        "startupProbe": PROBE,
        "volumeMounts": [{"name": "model", "mountPath": "/models"}],
        **container,
    }
    spec = {
        "containers": [{key: value for key, value in whole.items() if value is not None}],
        "volumes": [{"name": "model", "persistentVolumeClaim": {"claimName": "model"}}],
        "securityContext": POD_SECURE,
        **(pod or {}),
    }
    return obj(kind, spec={"template": {"metadata": {"labels": {"app": "server"}}, "spec": spec}})


def scaler(least: int = 2, most: int = 4, *kinds: str) -> Subject:
    metrics = [
        {"type": kind, "resource": {"name": "cpu"}} if kind == "Resource" else {"type": kind}
        for kind in kinds or ("Resource", "Pods")
    ]
    target = {"kind": "Deployment", "name": "server"}
    return obj(
        "HorizontalPodAutoscaler",
        spec={"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most, "metrics": metrics},
    )


def keda(least: int, most: int) -> Subject:
    return obj(
        "ScaledObject",
        spec={"scaleTargetRef": {"name": "server"}, "minReplicaCount": least, "maxReplicaCount": most},
    )


def budget(**spec: Any) -> Subject:
    return obj("PodDisruptionBudget", spec={"selector": {"matchLabels": {"app": "server"}}, **spec})


def tenant(**labels: str) -> Subject:
    return obj("Namespace", "ml", metadata={"labels": labels})


def quota(*keys: str) -> Subject:
    return obj("ResourceQuota", "quota", spec={"hard": dict.fromkeys(keys, "4")})


def gateway(protocol: str, gateway_class: str = "gke-l7-global-external-managed") -> Subject:
    listeners = [{"name": "web", "protocol": protocol, "port": 80}]
    return obj("Gateway", "door", spec={"gatewayClassName": gateway_class, "listeners": listeners})


def route(**rule: Any) -> Subject:
    return obj("HTTPRoute", spec={"parentRefs": [{"name": "door"}], "rules": [rule]})


def ingress(tls: list[dict[str, Any]], **annotations: str) -> Subject:
    spec = {"tls": tls, "rules": [{"host": "ml.example.com"}]}
    return obj("Ingress", metadata={"annotations": annotations}, spec=spec)


def service(kind: str, **annotations: str) -> Subject:
    return obj("Service", metadata={"annotations": annotations}, spec={"type": kind})


def limits(gpu: Any, request: Any) -> dict[str, Any]:
    return {
        "requests": {"cpu": "2", "memory": "4Gi", **({} if request is None else {"nvidia.com/gpu": request})},
        "limits": {"cpu": "2", "memory": "4Gi", **({} if gpu is None else {"nvidia.com/gpu": gpu})},
    }


NO_GPU = {"requests": {"cpu": "2", "memory": "4Gi"}, "limits": {"cpu": "2", "memory": "4Gi"}}
CONTAINER = "spec.template.spec.containers[0]"
LEVEL = "pod-security.kubernetes.io/enforce"
BACKEND = {"backendRefs": [{"name": "server", "port": 80}]}
REDIRECT = {"filters": [{"type": "RequestRedirect"}]}

CHART = Subject("urn:chart", "kubernetes:helm.sh/v3:Release", "gpus", {"chart": "gpu-operator", "namespace": "ml"})
BROKEN: list[tuple[str, list[Subject], list[str]]] = [
    (
        "image-pinned",
        [server(image="registry.example.com/ml/server:latest")],
        [f"{CONTAINER}.image: must have a version tag, got 'registry.example.com/ml/server:latest'"],
    ),
    (
        "image-pinned",
        [server(image="ml/server")],
        [f"{CONTAINER}.image: must have a version tag, got 'ml/server'"],
    ),
    (
        "image-pinned",
        [server(image="a:dev-latest")],
        [f"{CONTAINER}.image: must have a version tag, got 'a:dev-latest'"],
    ),
    (
        "image-digest",
        [server(image="ml/server:v1.2.0")],
        [f"{CONTAINER}.image: must be pinned by digest, got 'ml/server:v1.2.0'"],
    ),
    (
        "weights-outside-image",
        [server(volumeMounts=None)],
        [
            "spec.template.spec.volumes: no volume provides the model, "
            "so it is in the image or downloaded at every start"
        ],
    ),
    (
        "resources-set",
        [server(resources={"limits": {"memory": "1Gi"}})],
        [f"{CONTAINER}.resources: must set requests.cpu, requests.memory, limits.cpu, got nothing"],
    ),
    (
        "resources-set",
        [server("DaemonSet", resources={"requests": {"cpu": "1"}})],
        [f"{CONTAINER}.resources: must set requests.memory, limits.memory, got nothing"],
    ),
    (
        "gpu-requests-equal-limits",
        [server(resources=limits(None, "1"))],
        [f"{CONTAINER}.resources: must set limits of nvidia.com/gpu, got requests 1, no limits"],
    ),
    (
        "gpu-requests-equal-limits",
        [server(resources=limits("2", "1"))],
        [f"{CONTAINER}.resources: requests of nvidia.com/gpu must equal its limits, got requests 1, limits 2"],
    ),
    (
        "gpu-requests-equal-limits",
        [server(resources=limits("0.5", "0.5"))],
        [f"{CONTAINER}.resources: must be a whole number of nvidia.com/gpu from 1, got 0.5"],
    ),
    (
        "gpu-limits-set",
        [server(resources=NO_GPU, pod={"nodeSelector": {"cloud.google.com/gke-accelerator": "nvidia-l4"}})],
        [
            "spec.template.spec.nodeSelector: is scheduled to GPU nodes by cloud.google.com/gke-accelerator, "
            "but no container has a GPU"
        ],
    ),
    (
        "gpu-limits-set",
        [server("Job", resources=NO_GPU, pod={"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}]})],
        [
            "spec.template.spec.tolerations[0]: is scheduled to GPU nodes by a toleration of nvidia.com/gpu, "
            "but no container has a GPU"
        ],
    ),
    (
        "gpu-cpu-request",
        [server(resources={"requests": {**WHOLE, "cpu": "250m"}, "limits": WHOLE})],
        [f"{CONTAINER}.resources.requests.cpu: little CPU for 1 GPUs, got 250m"],
    ),
    ("probes-set", [server(livenessProbe=None)], [f"{CONTAINER}: must have livenessProbe, got none"]),
    (
        "probes-set",
        [server(livenessProbe=None, readinessProbe=None)],
        [f"{CONTAINER}: must have livenessProbe and readinessProbe, got none"],
    ),
    ("startup-probe-set", [server(startupProbe=None)], [f"{CONTAINER}: must have startupProbe, got none"]),
    (
        "non-root",
        [server(pod={"securityContext": {}})],
        [f"{CONTAINER}.securityContext: must set runAsNonRoot: true, for the container or the pod"],
    ),
    (
        "non-root",
        [server(securityContext={**SECURE, "runAsUser": 0})],
        [f"{CONTAINER}.securityContext: must run as a user other than root, got runAsUser 0"],
    ),
    (
        "no-privileged",
        [server(securityContext={"privileged": True})],
        [f"{CONTAINER}.securityContext.privileged: must not be privileged, got true"],
    ),
    (
        "no-privileged",
        # A DaemonSet beside servers does not make their namespace the devices'.
        [server("DaemonSet", securityContext={"privileged": True}), server()],
        [f"{CONTAINER}.securityContext.privileged: must not be privileged, got true"],
    ),
    (
        "restricted-pod",
        [server(securityContext=None, pod={"securityContext": {}, "hostNetwork": True})],
        [
            "spec.template.spec.hostNetwork: must not share the node's namespace, got true",
            f"{CONTAINER}.securityContext: must set allowPrivilegeEscalation: false, capabilities.drop: [ALL], "
            "seccompProfile.type: RuntimeDefault",
        ],
    ),
    (
        "restricted-pod",
        [server(ports=[{"containerPort": 80, "hostPort": 80}], pod={"volumes": [{"name": "model", "hostPath": {}}]})],
        [
            "spec.template.spec.volumes[0]: not allowed by the restricted level, got hostPath",
            f"{CONTAINER}.securityContext: must set no hostPort",
        ],
    ),
    (
        "namespace-not-default",
        [obj("Job", namespace="default", spec={})],
        ["metadata.namespace: must not be the default namespace, got 'default'"],
    ),
    ("namespace-quota", [tenant()], ["must have a ResourceQuota, got none"]),
    (
        "namespace-quota",
        [tenant(), quota("requests.cpu"), server()],
        ["must have a quota on requests.nvidia.com/gpu, since its pods use GPUs"],
    ),
    ("namespace-pod-security", [tenant()], ["metadata.labels: must enforce restricted pod security, got None"]),
    (
        "namespace-pod-security",
        # A chart that serves devices does not make a namespace with servers the devices'.
        [tenant(**{LEVEL: "privileged"}), CHART, server()],
        ["metadata.labels: must enforce restricted pod security, got privileged"],
    ),
    (
        "namespace-pod-security",
        [tenant(**{LEVEL: "baseline"})],
        ["metadata.labels: must enforce restricted pod security, got baseline"],
    ),
    (
        "one-server-a-pod",
        [server(pod={"containers": [{"name": "server"}, {"name": "proxy"}]})],
        ["spec.template.spec.containers: more than one server in the pod, got server, proxy"],
    ),
    ("no-node-port", [service("NodePort")], ["spec.type: must not be NodePort"]),
    ("tls", [service("LoadBalancer")], ["spec.type: must not be public without TLS, got LoadBalancer"]),
    ("tls", [ingress([])], ["spec.rules[0]: host must be in spec.tls, got 'ml.example.com'"]),
    (
        "tls",
        [ingress([{"hosts": ["other.example.com"]}])],
        ["spec.rules[0]: host must be in spec.tls, got 'ml.example.com'"],
    ),
    (
        "tls",
        [gateway("HTTP"), route(**BACKEND)],
        ["spec.listeners[0]: must only redirect to TLS, got HTTP for HTTPRoute ml/server"],
    ),
    (
        "disruption-budget-set",
        [server(), scaler(3)],
        ["must have a PodDisruptionBudget with 3 replicas, got none"],
    ),
    (
        "disruption-budget-drainable",
        [server(), scaler(2), budget(minAvailable=2)],
        ["spec.minAvailable: must be below the minimum replicas, got 2 of 2"],
    ),
    (
        "disruption-budget-drainable",
        [server(), scaler(2), budget(minAvailable="75%")],
        ["spec.minAvailable: must be below the minimum replicas, got 75% of 2"],
    ),
    (
        "disruption-budget-drainable",
        [budget(maxUnavailable="0%")],
        ["spec.maxUnavailable: must allow at least one eviction, got 0%"],
    ),
    (
        "disruption-budget-unready",
        [budget(maxUnavailable=1)],
        ["spec.unhealthyPodEvictionPolicy: must be AlwaysAllow, got IfHealthyBudget"],
    ),
    (
        "rollback-possible",
        [obj("Deployment", spec={"revisionHistoryLimit": 0})],
        ["spec.revisionHistoryLimit: must keep at least one revision, got 0"],
    ),
    (
        "replicas-unset",
        [obj("Deployment", spec={"replicas": 2, "template": {"spec": {}}}), scaler()],
        ["spec.replicas: must not be set, HorizontalPodAutoscaler ml/server owns it, got 2"],
    ),
    (
        "replicas-unset",
        [obj("Deployment", spec={"replicas": 2, "template": {"spec": {}}}), keda(1, 4)],
        ["spec.replicas: must not be set, ScaledObject ml/server owns it, got 2"],
    ),
    ("autoscaler-set", [server()], ["uses GPUs without an autoscaler"]),
    ("scaling-metric", [scaler(2, 4, "Resource")], ["spec.metrics: scales only on cpu"]),
    (
        "secret-not-literal",
        [server(env=[{"name": "WANDB_API_KEY", "value": "0a1b2c3d"}])],
        [f"{CONTAINER}.env[0].value: must not be a literal, got one for WANDB_API_KEY"],
    ),
    (
        "secret-not-literal",
        [server(env=[{"name": "UPSTREAM", "value": "hf_" + "a" * 34}])],
        [f"{CONTAINER}.env[0].value: must not be a literal, got one for UPSTREAM"],
    ),
    (
        "secret-not-literal",
        [server(args=["serve", "--key", "sk-" + "a" * 24])],
        [f"{CONTAINER}.args[2]: must not be an argument"],
    ),
    (
        "secret-not-literal",
        [obj("ConfigMap", data={"MODEL": "bert", "S3_SECRET_KEY": "x1"})],
        ["data.S3_SECRET_KEY: must not be in a ConfigMap"],
    ),
    (
        "secret-not-literal",
        [obj("ConfigMap", ("server"), "ml", ("data.URL",), data={"URL": "a"})],
        ["data.URL: must not be in a ConfigMap"],
    ),
    (
        "explicit-provider",
        [Subject("urn", "gcp:container/nodePool:NodePool", "t4", {}, has_provider=False)],
        ["must have an explicit gcp provider, got the default one"],
    ),
]

DEVICES = server("DaemonSet", securityContext={"privileged": True}, pod={"hostPID": True, "securityContext": {}})
PASSING: list[tuple[str, list[Subject]]] = [
    ("image-pinned", [server(), server(image="google/cloud-sdk:578.0.0-slim"), server(image="host:5000/a/b:v1")]),
    ("image-digest", [server(), server(image="<unknown>")]),
    ("image-digest", [server("DaemonSet", image="cos-nvidia-installer:fixed", imagePullPolicy="Never")]),
    ("weights-outside-image", [server(), server(resources=NO_GPU, volumeMounts=None)]),
    (
        "weights-outside-image",
        [
            server(
                pod={
                    "volumes": [{"name": "model", "emptyDir": {}}],
                    "initContainers": [{"name": "download", "volumeMounts": [{"name": "model"}]}],
                }
            )
        ],
    ),
    ("resources-set", [server()]),
    (
        "resources-set",
        [server("DaemonSet", pod={"initContainers": [{"name": "driver", "resources": {"requests": {"cpu": "1"}}}]})],
    ),
    ("gpu-requests-equal-limits", [server(), server(resources=limits("1", None)), server(resources=NO_GPU)]),
    (
        "gpu-limits-set",
        [server(pod={"tolerations": [{"key": "nvidia.com/gpu"}]}), server("DaemonSet", resources=NO_GPU)],
    ),
    ("gpu-cpu-request", [server(), server(resources=NO_GPU)]),
    ("probes-set", [server(), server("Job", livenessProbe=None, readinessProbe=None)]),
    ("startup-probe-set", [server(), server("Job", startupProbe=None)]),
    ("non-root", [server()]),
    ("non-root", [DEVICES]),
    ("no-privileged", [DEVICES]),
    ("restricted-pod", [server()]),
    ("restricted-pod", [DEVICES]),
    ("namespace-not-default", [server(), tenant()]),
    ("namespace-quota", [tenant(), quota("requests.nvidia.com/gpu"), server()]),
    ("namespace-quota", [tenant(), DEVICES]),
    ("namespace-quota", [tenant(), gateway("HTTPS")]),
    ("namespace-pod-security", [tenant(**{LEVEL: "restricted"})]),
    ("namespace-pod-security", [tenant(**{LEVEL: "privileged"}), DEVICES]),
    ("namespace-pod-security", [tenant(**{LEVEL: "privileged"}), CHART]),
    ("one-server-a-pod", [server()]),
    ("no-node-port", [service("ClusterIP")]),
    ("tls", [service("ClusterIP"), service("LoadBalancer", **{"networking.gke.io/load-balancer-type": "Internal"})]),
    ("tls", [ingress([{"hosts": ["ml.example.com"]}]), ingress([{"secretName": "wildcard"}])]),
    ("tls", [gateway("HTTPS"), route(**BACKEND)]),
    ("tls", [gateway("HTTP"), route(**REDIRECT)]),
    ("tls", [gateway("HTTP", "gke-l7-rilb"), route(**BACKEND)]),
    ("disruption-budget-set", [server(), scaler(3), budget(maxUnavailable=1)]),
    ("disruption-budget-set", [server(), scaler(1)]),
    ("disruption-budget-drainable", [server(), scaler(3), budget(minAvailable=2), budget(maxUnavailable=1)]),
    ("disruption-budget-unready", [server(), budget(maxUnavailable=1, unhealthyPodEvictionPolicy="AlwaysAllow")]),
    ("rollback-possible", [server(), obj("Deployment", spec={"revisionHistoryLimit": 1})]),
    ("replicas-unset", [server(), scaler()]),
    ("replicas-unset", [obj("Deployment", spec={"replicas": 2, "template": {"spec": {}}})]),
    ("autoscaler-set", [server(), keda(1, 4)]),
    ("scaling-metric", [scaler()]),
    (
        "secret-not-literal",
        [
            server(env=[{"name": "TOKEN_LIMIT", "value": "4096"}, {"name": "API_KEY", "valueFrom": {}}]),
            server(env=[{"name": "GOOGLE_CREDENTIALS", "value": "/var/run/key.json"}]),
        ],
    ),
    ("explicit-provider", [server()]),
]


def said(rule_id: str, subjects: list[Subject]) -> list[str]:
    (rule,) = [one for one in RULES if one.id == rule_id]
    return [f"{found.path}: {found.message}" if found.path else found.message for found in rule.violations(subjects)]


@pytest.mark.parametrize(("rule", "subjects", "expected"), BROKEN)
def test_a_rule_says_what_breaks_it(rule: str, subjects: list[Subject], expected: list[str]) -> None:
    assert said(rule, subjects) == expected


@pytest.mark.parametrize(("rule", "subjects"), PASSING)
def test_a_rule_lets_the_rest_pass(rule: str, subjects: list[Subject]) -> None:
    assert said(rule, subjects) == []


def test_every_rule_has_a_case_of_each() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert {rule for rule, _, _ in BROKEN} == {rule for rule, _ in PASSING} == set(ids)


def test_a_secret_value_is_never_in_a_message() -> None:
    hidden = Subject(
        "urn",
        "kubernetes:apps/v1:Deployment",
        "s",
        server(image="hunter2:latest").body,
        frozenset({f"{CONTAINER}.image"}),
    )
    assert said("image-pinned", [hidden]) == [f"{CONTAINER}.image: must have a version tag, got a secret"]
