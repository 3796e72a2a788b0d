"""Zone: all nodes of the zone that holds the most servers go at once, and none can come there."""

from collections import Counter
from typing import Any

from gpuplane.capacity.fit import admits
from gpuplane.fields import field
from gpuplane.rehearsal.api import key
from gpuplane.rehearsal.findings import Finding
from gpuplane.rehearsal.node_pools import ZONE_LABEL
from gpuplane.rehearsal.scenarios.outcome import Outcome
from gpuplane.rehearsal.scenarios.stage import Stage, server_pods
from gpuplane.rehearsal.snapshot import Snapshot

Object = dict[str, Any]


def hold(stage: Stage) -> Outcome:
    """What a lost zone takes along, and whether the servers come back in the others."""
    before = stage.to_rest()
    zones = {zone for pool in stage.controllers.pools() for zone in pool.zones}
    homes = {key(one): _zones(one, before) for one in before.deployments if key(one) in stage.manifests}
    counted = Counter[str]()
    for home in homes.values():
        # A server that is in one zone alone shows most.
        counted.update({zone: count + (100 if len(home) == 1 and count > 1 else 0) for zone, count in home.items()})
    if len(zones) < 2 or not counted:
        return Outcome(left_out=f"the cluster is in one zone, {''.join(zones)}" if zones else "no pool")
    zone = counted.most_common(1)[0][0]
    stage.controllers.lose_zone(zone)
    after = stage.ready()
    found, notes = _judge(stage, zone, homes, before, after)
    stage.controllers.regain_zones()
    stage.ready()
    return Outcome(found, [f"{zone} lost with {_nodes(zone, before)} nodes", *notes])


def _judge(
    stage: Stage, zone: str, homes: dict[str, Counter[str]], before: Snapshot, after: Snapshot
) -> tuple[list[Finding], list[str]]:
    found: list[Finding] = []
    notes: list[str] = []
    open_findings = stage.new_findings(after)
    for deployment in before.deployments:
        name, spec = key(deployment), deployment["spec"]["template"]["spec"]
        home = homes.get(name, Counter())
        total = sum(home.values())
        if not home[zone]:
            continue
        elsewhere = [
            pool for pool in stage.controllers.pools() if admits(pool.template, spec) and set(pool.zones) - {zone}
        ]
        stuck = [one for one in open_findings if one.object == name]
        if not elsewhere:
            notes.append(
                f"{name} is down as long as {zone} is: its pools are in no other zone, see {_zone_keys(stage, spec)}"
            )
        elif home[zone] == total > 1:
            what = f"all {total} replicas were in {zone}"
            path = "topologySpreadConstraints"
            argument = f"transforms.deployment.spec.template.spec.{path}"
            keys = (stage.origins.key(deployment, argument, f"spec.template.spec.{path}"),)
            found.append(Finding(name, what, "nothing spreads them over zones", "rehearsal", keys))
        else:
            notes.append(f"{name} kept {total - home[zone]} of {total} replicas")
        if stuck and elsewhere:
            found += stage.advised([_lost(one, zone) for one in stuck], after)
    return found, notes


def _lost(finding: Finding, zone: str) -> Finding:
    return Finding(finding.object, f"without {zone} only {finding.what}", finding.reason, finding.source)


def _zone_keys(stage: Stage, spec: Object) -> str:
    keys = [
        stage.origins.pool_key(pool.name, "locations", "its zones")
        for pool in stage.controllers.pools()
        if admits(pool.template, spec)
    ]
    return " or ".join(keys)


def _zones(deployment: Object, snapshot: Snapshot) -> Counter[str]:
    by_node = {node["metadata"]["name"]: node["metadata"]["labels"].get(ZONE_LABEL, "") for node in snapshot.nodes}
    places = [field(pod, "spec.nodeName") for pod in server_pods(deployment, snapshot)]
    return Counter(by_node[place] for place in places if place in by_node)


def _nodes(zone: str, snapshot: Snapshot) -> int:
    return sum(node["metadata"]["labels"].get(ZONE_LABEL) == zone for node in snapshot.nodes)
