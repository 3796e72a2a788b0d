"""Syntax of the labels and tags of a GKE pool, and the labels that GKE sets."""

import re

OWN_LABELS = frozenset(
    f"cloud.google.com/{name}"
    for name in (
        "gke-accelerator",
        "gke-accelerator-count",
        "gke-boot-disk",
        "gke-container-runtime",
        "gke-flex-start",
        "gke-gpu-driver-version",
        "gke-gpu-partition-size",
        "gke-gpu-sharing-strategy",
        "gke-max-shared-clients-per-gpu",
        "gke-nodepool",
        "gke-os-distribution",
        "gke-preemptible",
        "gke-provisioning",
        "gke-spot",
        "machine-family",
    )
)
"""Node labels that GKE sets from the pool's own settings. Source: the labels of GKE's cluster autoscaler, labels.go in
https://github.com/GoogleCloudPlatform/gke-autoscaling."""

# Source: https://cloud.google.com/compute/docs/labeling-resources#restrictions
RESOURCE_LABEL_KEY = re.compile(r"(?!goog)[a-z][a-z0-9_-]{0,62}")
RESOURCE_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")

# Source: https://cloud.google.com/vpc/docs/add-remove-network-tags#restrictions
NETWORK_TAG = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
