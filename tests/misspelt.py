"""A stack whose cloud refuses a resource, and what a rehearsal of any kind finds of it."""

from gpuplane.rehearsal.verdict.findings import Finding

OVERLAY = {"pools": {"gke": {"t4": {"transforms": {"pool": {"nodeConfig": {"machineTyp": "n1-standard-8"}}}}}}}
FINDING = Finding(
    "gcp:container/nodePool:NodePool t4-pool",
    "refused",
    "nodeConfig.machineTyp: unknown key, nearest: machineType",
    "cloud",
)
