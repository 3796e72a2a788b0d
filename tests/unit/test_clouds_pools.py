from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane.hardware import Platform, machines
from gpuplane.nodepools.gke.args import GkeCapacity, GkeGpuNodePoolArgs, GpuDriver
from gpuplane.nodepools.gke.inputs import facts as gke_facts
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.rehearsal.clouds.cloud import SimulatedCloud
from gpuplane.rehearsal.clouds.nodes import GKE_NODE_POOL, pool_nodes

LABELS = st.dictionaries(st.from_regex(r"[a-z]{1,10}", fullmatch=True), st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True))
COUNTS = st.tuples(st.integers(0, 20), st.integers(1, 40)).map(sorted).filter(lambda pair: pair[1] > 0)


def nvidia(platform: Platform) -> list[str]:
    return [known.name for known in machines(platform) if known.vendor == "nvidia" and not known.is_fractional]


@st.composite
def gke_args(draw: st.DrawFn) -> GkeGpuNodePoolArgs:
    least, most = draw(COUNTS)
    attached: dict[str, Any] = {
        "machine_type": draw(st.sampled_from(["n1-standard-4", "n1-standard-8", "n1-highmem-8"])),
        "accelerator": "nvidia-tesla-t4",
        "gpus_per_node": draw(st.sampled_from([None, 1, 2, 4])),
    }
    built_in = {"machine_type": draw(st.sampled_from(nvidia(Platform.GKE)))}
    return GkeGpuNodePoolArgs.of(
        "pool",
        {
            **draw(st.sampled_from([attached, built_in])),
            "cluster": "ml",
            "project": "acme",
            "location": "us-central1",
            "zones": draw(st.sampled_from([None, ["us-central1-a"], ["us-central1-a", "us-central1-f"]])),
            "min_nodes": least,
            "max_nodes": most,
            "capacity": draw(st.sampled_from(GkeCapacity)),
            "driver": draw(st.sampled_from(GpuDriver)),
            "disk_gib": draw(st.integers(50, 2000)),
            "labels": draw(LABELS),
        },
    )


@settings(deadline=None)
@given(args=gke_args())
def test_gke_takes_every_pool_of_gpuplane_and_gives_its_nodes(args: GkeGpuNodePoolArgs) -> None:
    inputs = pool_inputs(args, "nodes@acme.iam.gserviceaccount.com")
    _, outputs = SimulatedCloud("127.0.0.1:6443", "Q0E=").create(GKE_NODE_POOL, "t4", inputs)
    pool, known = pool_nodes(GKE_NODE_POOL, "t4", outputs), gke_facts("t4", args)
    assert (pool.minimum, pool.maximum, pool.gpus) == (args.min_nodes, args.max_nodes, known.gpus_per_node)
    assert pool.advertiser == known.advertiser
    labels = pool.make(0)["metadata"]["labels"]
    assert known.node_selector.items() <= labels.items()
