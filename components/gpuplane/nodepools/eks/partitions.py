"""MIG partitions of the GPUs of an EKS node group: who creates them, and how it is told.

On Amazon Linux the MIG manager of NVIDIA's GPU operator partitions a node's GPUs by the node's label; Bottlerocket
partitions them itself, by its settings. Sources, read in November 2026: https://github.com/NVIDIA/mig-parted, which has
a config `all-PROFILE` for every profile of the hardware, and
https://bottlerocket.dev/en/os/1.54.x/api/settings/kubelet-device-plugins.
"""

import re
from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Machine, Sharing
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.eks.fields import EksGpuPoolFields
from gpuplane.nodepools.facts import MIG_CONFIG_LABEL

# Bottlerocket's names of the GPUs that it can partition. Source: sources/nvidia-migmanager in
# https://github.com/bottlerocket-os/bottlerocket-kernel-kit, read in November 2026
BOTTLEROCKET_MODELS = {
    "a100-40gb": "a100.40gb",
    "a100-80gb": "a100.80gb",
    "h100": "h100.80gb",
    "h200": "h200.141gb",
    "b200": "b200.180gb",
}
_BOTTLEROCKET_PROFILE = re.compile(r"[1237]g\.\d+gb")


def mig_config(profile: str) -> str:
    """Return the config of NVIDIA's MIG manager that partitions every GPU of a node by one profile.

    Example:
        >>> mig_config("1g.5gb+me")
        'all-1g.5gb.me'
    """
    return f"all-{profile.replace('+', '.')}"


def partition_labels(args: EksGpuPoolFields) -> dict[str, str]:
    """Return the label that the MIG manager reads and pods select; empty for whole GPUs."""
    return {MIG_CONFIG_LABEL: mig_config(args.partition_size)} if args.partition_size else {}


def sharing(args: EksGpuPoolFields) -> Sharing:
    """Return the partitions as the GPU sharing of a machine."""
    return Sharing(mig_profile=args.partition_size or "")


def bottlerocket_settings(found: Machine, profile: str) -> str:
    """Return the settings that make Bottlerocket partition the GPUs; it advertises partitions as `nvidia.com/gpu`."""
    return (
        '[settings.kubelet-device-plugins.nvidia]\ndevice-partitioning-strategy = "mig"\n\n'
        "[settings.kubelet-device-plugins.nvidia.mig.profile]\n"
        f'"{BOTTLEROCKET_MODELS[str(found.accelerator)]}" = "{profile}"\n'
    )


def partition_problems(args: EksGpuPoolFields, found: Machine) -> Iterable[Problem]:
    """Yield a problem if the machine's GPUs cannot be partitioned by this profile."""
    profile = args.partition_size
    if profile is None:
        return
    profiles = {known.name: known.mig_profiles for known in args.catalogue.accelerators()}
    of_gpu = list(profiles[str(found.accelerator)])
    if not of_gpu:
        able = ", ".join(name for name, known in profiles.items() if known and not name.startswith("nvidia-"))
        yield Problem(
            "partition_size",
            f"must be left out on {found.name}, whose {found.accelerator} has no known MIG profiles, "
            f"allowed: {able}, fix: time_slicing of the device plugin, or another machine type",
        )
    elif profile not in of_gpu:
        yield Problem(
            "partition_size",
            f"must be a MIG profile of {found.accelerator}, got {profile!r}, allowed: {', '.join(of_gpu)}",
        )
    elif args.os is EksOs.BOTTLEROCKET:
        able = [one for one in of_gpu if _BOTTLEROCKET_PROFILE.fullmatch(one)]
        if str(found.accelerator) not in BOTTLEROCKET_MODELS or profile not in able:
            allowed = ", ".join(able) if str(found.accelerator) in BOTTLEROCKET_MODELS else "none"
            yield Problem(
                "partition_size",
                f"must be a MIG profile that Bottlerocket supports on {found.accelerator}, got {profile!r}, "
                f"allowed: {allowed}, fix: os al2023 with the GPU operator",
            )
