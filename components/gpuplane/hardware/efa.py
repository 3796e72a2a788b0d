"""Elastic Fabric Adapters of EC2 machines: what pods ask for, and the huge pages that a node sets aside for them."""

from gpuplane.hardware.model import Machine

EFA_RESOURCE = "vpc.amazonaws.com/efa"
HUGE_PAGES_RESOURCE = "hugepages-2Mi"
HUGE_PAGE_MIB = 2

# An endpoint has 110 MiB.
_PAGES_PER_CPU = 2 * 110 // HUGE_PAGE_MIB


def efa_huge_pages_mib(found: Machine) -> int:
    """Memory in MiB that AWS's EFA software on Amazon Linux takes for huge pages of 2 MiB when a node with EFA starts.

    Room for two endpoints a CPU, and a page more; Bottlerocket takes none by itself. Sources, read in November 2026:
    the script of that software in https://github.com/bottlerocket-os/bottlerocket-core-kit/pull/141, a node that shows
    it in https://github.com/awsankur/awesome-networking, https://github.com/bottlerocket-os/bottlerocket/pull/4411

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> from gpuplane.platforms import Platform
        >>> efa_huge_pages_mib(BUILT_IN.machine(Platform.EKS, "p4d.24xlarge"))
        21122
    """
    return HUGE_PAGE_MIB * (_PAGES_PER_CPU * found.vcpus + 1)
