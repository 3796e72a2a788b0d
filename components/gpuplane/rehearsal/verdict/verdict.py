"""The verdict: where everything landed, how full it is, and what is not ready."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.kubernetes import quantity
from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.snapshot import Snapshot, pool_of
from gpuplane.rehearsal.verdict.findings import Finding, wanted_replicas
from gpuplane.rehearsal.verdict.outcome import ScenarioResult
from gpuplane.sizing.fit import requests


@dataclass(frozen=True)
class PoolRow:
    """The nodes of a pool. `allocatable` is one node's, as Kubernetes writes it."""

    pool: str
    machine_type: str
    nodes: int
    allocatable: Mapping[str, str]


@dataclass(frozen=True)
class ServerRow:
    """A workload: how many of its pods are ready, and how many run on each node."""

    workload: str
    ready: int
    wanted: int
    pods_by_node: Mapping[str, int]


@dataclass(frozen=True)
class GpuRow:
    """An extended resource: what scheduled pods hold, all pods ask for, and nodes have."""

    resource: str
    held: int
    asked: int
    available: int


@dataclass(frozen=True)
class QuotaRow:
    """One limit of a quota."""

    quota: str
    resource: str
    used: str
    hard: str


@dataclass(frozen=True)
class Verdict:
    """The result of a rehearsal.

    Attributes:
        stack: Name of the stack.
        findings: The faults of the stack at rest; empty if it passes.
        pools: Nodes by pool.
        servers: Workloads by namespace and name.
        gpus: GPUs by resource name.
        quotas: Quotas by namespace.
        scenarios: The results of scenarios, in order; `findings` includes those of `steady`.
        notes: Assumptions and omissions, one line each.
        seconds: Duration of the rehearsal.
    """

    stack: str
    findings: list[Finding]
    pools: list[PoolRow]
    servers: list[ServerRow]
    gpus: list[GpuRow]
    quotas: list[QuotaRow]
    scenarios: list[ScenarioResult]
    notes: list[str]
    seconds: float

    @property
    def is_ready(self) -> bool:
        """Whether everything is ready where it was meant to be, and every scenario passed."""
        return not self.findings and all(scenario.passed for scenario in self.scenarios)

    def as_json(self) -> dict[str, Any]:
        """Return plain values only, for machines."""
        return {"ready": self.is_ready, **dataclasses.asdict(self)}


def verdict(
    stack: str,
    snapshot: Snapshot,
    found: Iterable[Finding],
    notes: Iterable[str],
    seconds: float,
    scenarios: Iterable[ScenarioResult] = (),
) -> Verdict:
    """Build the verdict from the last snapshot, the findings and the scenarios' results."""
    return Verdict(
        stack=stack,
        findings=sorted(set(found)),
        pools=_pools(snapshot),
        servers=_servers(snapshot),
        gpus=_gpus(snapshot),
        quotas=_quotas(snapshot),
        scenarios=list(scenarios),
        notes=list(notes),
        seconds=round(seconds, 1),
    )


def _pools(snapshot: Snapshot) -> list[PoolRow]:
    by_pool: dict[str, list[dict[str, Any]]] = {}
    for node in snapshot.nodes:
        by_pool.setdefault(pool_of(node), []).append(node)
    return [
        PoolRow(
            pool=pool,
            machine_type=str(nodes[0]["metadata"]["labels"].get("node.kubernetes.io/instance-type", "")),
            nodes=len(nodes),
            allocatable=nodes[0]["status"]["allocatable"],
        )
        for pool, nodes in sorted(by_pool.items())
    ]


def _servers(snapshot: Snapshot) -> list[ServerRow]:
    rows: list[ServerRow] = []
    for deployment in snapshot.deployments:
        pods = [
            pod
            for replica_set in snapshot.owned_by(deployment, "replica_sets")
            for pod in snapshot.owned_by(replica_set, "pods")
        ]
        ready = field(deployment, "status.readyReplicas", 0)
        rows.append(_server(deployment, ready, wanted_replicas(deployment, snapshot), pods))
    for daemon_set in snapshot.daemon_sets:
        status = field(daemon_set, "status", {})
        pods = snapshot.owned_by(daemon_set, "pods")
        rows.append(_server(daemon_set, status.get("numberReady", 0), status.get("desiredNumberScheduled", 0), pods))
    return sorted(rows, key=lambda row: row.workload)


def _server(owner: Mapping[str, Any], ready: int, wanted: int, pods: list[dict[str, Any]]) -> ServerRow:
    metadata = owner["metadata"]
    by_node = Counter(str(pod["spec"].get("nodeName", "not scheduled")) for pod in pods)
    return ServerRow(f"{metadata['namespace']}/{metadata['name']}", ready, wanted, dict(sorted(by_node.items())))


def _gpus(snapshot: Snapshot) -> list[GpuRow]:
    available: Counter[str] = Counter()
    for node in snapshot.nodes:
        for name, amount in node["status"]["allocatable"].items():
            if _is_gpu(name):
                available[name] += int(quantity.parse(amount))
    asked: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for pod in snapshot.pods:
        if field(pod, "status.phase") in ("Succeeded", "Failed"):
            continue
        for name, amount in requests(pod["spec"]).items():
            if _is_gpu(name):
                asked[name] += int(amount)
                held[name] += int(amount) if pod["spec"].get("nodeName") else 0
    return [GpuRow(name, held[name], asked[name], available[name]) for name in sorted({*available, *asked})]


def _is_gpu(resource: str) -> bool:
    return resource.startswith("nvidia.com/")


def _quotas(snapshot: Snapshot) -> list[QuotaRow]:
    return [
        QuotaRow(
            quota=f"{quota['metadata']['namespace']}/{quota['metadata']['name']}",
            resource=resource,
            used=quantity.of_resource(resource, quantity.parse(field(quota, "status.used", {}).get(resource, "0"))),
            hard=quantity.of_resource(resource, quantity.parse(hard)),
        )
        for quota in sorted(snapshot.quotas, key=lambda one: str(one["metadata"]["namespace"]))
        for resource, hard in sorted(quota["spec"]["hard"].items())
    ]
