"""Inputs of EC2 GPU nodes."""

from collections.abc import Mapping

from gpuplane.nodepools.ec2.fields import EksOs

# Amazon Linux 2023 has one volume. Bottlerocket has its system on the first, images and pods' files on the second.
# Source: https://bottlerocket.dev/en/os/latest/#/concepts/filesystem/
SYSTEM_VOLUMES: Mapping[EksOs, tuple[str, ...]] = {EksOs.AL2023: (), EksOs.BOTTLEROCKET: ("/dev/xvda",)}
DATA_VOLUME: Mapping[EksOs, str] = {EksOs.AL2023: "/dev/xvda", EksOs.BOTTLEROCKET: "/dev/xvdb"}

# One hop keeps containers, which are one hop further away, from the credentials of the node's role.
METADATA_OPTIONS = {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}
