from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gpuplane.hardware import Platform, machines
from gpuplane.nodepools.eks.args import EksCapacity, EksGpuNodePoolArgs
from gpuplane.nodepools.eks.inputs import facts as eks_facts
from gpuplane.nodepools.eks.inputs import group_inputs, template_inputs
from gpuplane.nodepools.gke.args import GkeCapacity, GkeGpuNodePoolArgs, GpuDriver
from gpuplane.nodepools.gke.inputs import facts as gke_facts
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.rehearsal.clouds.cloud import SimulatedCloud
from gpuplane.rehearsal.clouds.nodes import EKS_NODE_GROUP, GKE_NODE_POOL, pool_nodes

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

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


@st.composite
def eks_args(draw: st.DrawFn) -> EksGpuNodePoolArgs:
    least, most = draw(COUNTS)
    return EksGpuNodePoolArgs.of(
        "pool",
        {
            "machine_type": draw(st.sampled_from(nvidia(Platform.EKS))),
            "cluster": "ml",
            "subnet_ids": draw(st.sampled_from([["subnet-1"], ["subnet-1", "subnet-2", "subnet-3"]])),
            "min_nodes": least,
            "max_nodes": most,
            "capacity": draw(st.sampled_from(EksCapacity)),
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


@settings(deadline=None)
@given(args=eks_args())
def test_eks_takes_every_node_group_of_gpuplane_and_gives_its_nodes(args: EksGpuNodePoolArgs) -> None:
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    template, _ = cloud.create(TEMPLATE, "t4", template_inputs("t4", args))
    inputs = {
        "nodeRoleArn": "arn:aws:iam::123456789012:role/nodes",
        "launchTemplate": {"id": template, "version": "1"},
        **group_inputs("t4", args),
    }
    _, outputs = cloud.create(EKS_NODE_GROUP, "t4", inputs)
    pool = pool_nodes(EKS_NODE_GROUP, "t4", outputs, cloud.launch_template(inputs))
    known = eks_facts("t4", args)
    assert (pool.minimum, pool.maximum, pool.gpus) == (args.min_nodes, args.max_nodes, known.gpus_per_node)
    assert pool.advertiser == known.advertiser
    labels = pool.make(0)["metadata"]["labels"]
    assert known.node_selector.items() <= labels.items()
