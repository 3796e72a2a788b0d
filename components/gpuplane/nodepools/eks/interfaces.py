"""The network interfaces of EKS GPU nodes with EFA."""

from gpuplane.hardware import Machine


def interface_types(found: Machine) -> list[str]:
    """Return the interface type of each network card: all of the machine's EFA, and no more addresses than needed.

    The first interface carries IP traffic too, so it cannot be EFA-only, and has no EFA where the machine has one more
    network card than EFA interfaces, such as P6-B300. A separate EFA interface on the first card, which AWS recommends,
    would leave one interface less for the addresses of pods: half of them on P5.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html, read in November 2026

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> from gpuplane.platforms import Platform
        >>> interface_types(BUILT_IN.machine(Platform.EKS, "p4d.24xlarge"))
        ['efa', 'efa-only', 'efa-only', 'efa-only']
    """
    efas = found.network.efa_interfaces
    is_apart = found.network.network_cards > efas
    return ["interface" if is_apart else "efa", *["efa-only"] * (efas if is_apart else efas - 1)]
