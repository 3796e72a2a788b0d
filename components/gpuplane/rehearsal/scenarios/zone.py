"""Zone: all nodes of a zone go at once, and none can come there; one zone after the other.

Zones with the same servers and pools give the same result: one of them is lost for all.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gpuplane.plain.nested import field
from gpuplane.rehearsal.control_plane.api import key
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.node_pools import ZONE_LABEL
from gpuplane.rehearsal.scenarios.stage import Stage, server_pods
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.outcome import Outcome
from gpuplane.sizing.fit import admits

Object = dict[str, Any]

NEEDS_STEADY_STACK = True


def run(stage: Stage) -> Outcome:
    """Find servers that were in the lost zone alone, and those that do not come back in other zones."""
    before = stage.to_rest()
    pools = stage.controllers.pools()
    zones = {zone for pool in pools for zone in pool.zones}
    homes = _homes(stage, before)
    kinds = equivalent_zones(homes, {pool.name: pool.zones for pool in pools})
    if len(zones) < 2 or not kinds:
        return Outcome(left_out=f"the cluster is in one zone, {''.join(zones)}" if zones else "no pool")
    alone = {name for name, home in homes.items() if len(home) == 1 and sum(home.values()) > 1}
    found: list[Finding] = []
    notes: list[str] = []
    for number, (zone, *others) in enumerate(kinds):
        if number:
            before = _remove_replacements(stage, before)
            homes = _homes(stage, before)
        stage.controllers.lose_zone(zone)
        lost = _judge(stage, zone, homes, alone, before, stage.ready())
        found += lost.findings
        same = f", like {' or '.join(sorted(others))}" if others else ""
        notes += [f"{zone} lost with {_nodes(zone, before)}{same}", *lost.notes]
        stage.controllers.regain_zones()
        stage.ready()
    return Outcome(found, notes)


def equivalent_zones(homes: Mapping[str, Counter[str]], pools: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Group the zones with servers by the servers and pools that they have in common; the fullest zone comes first.

    Args:
        homes: By server, how many of its replicas are in each zone.
        pools: By pool, the zones it may have nodes in.
    """
    kinds: defaultdict[object, list[str]] = defaultdict(list)
    weights = Counter[str]()
    for home in homes.values():
        # A server in a single zone is the most telling.
        weights.update({zone: count + (100 if len(home) == 1 and count > 1 else 0) for zone, count in home.items()})
    for zone, _ in weights.most_common():
        held = tuple(sorted((server, home[zone]) for server, home in homes.items() if home[zone]))
        kinds[held, tuple(sorted(name for name, zones in pools.items() if zone in zones))].append(zone)
    return list(kinds.values())


def _homes(stage: Stage, snapshot: Snapshot) -> dict[str, Counter[str]]:
    return {key(one): _zones(one, snapshot) for one in snapshot.deployments if key(one) in stage.manifests}


def _remove_replacements(stage: Stage, before: Snapshot) -> Snapshot:
    """Remove the nodes that replaced lost ones, so that nodes come back where they were."""
    own = {node["metadata"]["name"] for node in before.nodes}
    for node in stage.snapshot().nodes:
        if node["metadata"]["name"] not in own:
            stage.controllers.retire(node["metadata"]["name"])
    return stage.ready()


def _judge(
    stage: Stage,
    zone: str,
    homes: Mapping[str, Counter[str]],
    alone: Collection[str],
    before: Snapshot,
    after: Snapshot,
) -> Outcome:
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
                f"{name} is down while {zone} is: its pools are in no other zone, see {_zone_keys(stage, spec)}"
            )
        elif name in alone and home[zone] == total:
            what = f"all {total} replicas were in {zone}"
            path = "topologySpreadConstraints"
            argument = f"transforms.deployment.spec.template.spec.{path}"
            keys = (stage.origins.key(deployment, argument, f"spec.template.spec.{path}"),)
            found.append(Finding(name, what, "nothing spreads them over zones", "rehearsal", keys))
        else:
            notes.append(f"{name} kept {total - home[zone]} of {total} replicas")
        if stuck and elsewhere:
            found += stage.advised([_lost(one, zone) for one in stuck], after)
    return Outcome(found, notes)


def _lost(finding: Finding, zone: str) -> Finding:
    return Finding(finding.object, f"without {zone} only {finding.what}", finding.reason, finding.source)


def _zone_keys(stage: Stage, spec: Object) -> str:
    keys = [
        stage.origins.pool_key(pool.name, "zones", "its zones")
        for pool in stage.controllers.pools()
        if admits(pool.template, spec)
    ]
    return " or ".join(keys)


def _zones(deployment: Object, snapshot: Snapshot) -> Counter[str]:
    by_node = {node["metadata"]["name"]: node["metadata"]["labels"].get(ZONE_LABEL, "") for node in snapshot.nodes}
    places = [field(pod, "spec.nodeName") for pod in server_pods(deployment, snapshot)]
    return Counter(by_node[place] for place in places if place in by_node)


def _nodes(zone: str, snapshot: Snapshot) -> str:
    count = sum(node["metadata"]["labels"].get(ZONE_LABEL) == zone for node in snapshot.nodes)
    return f"{count} node{'' if count == 1 else 's'}"
