"""Rules of what the machine type supports."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Machine, PurchaseOption, advertised
from gpuplane.nodepools.gke.driver import GpuDriver
from gpuplane.nodepools.gke.fields import GkeGpuPoolFields
from gpuplane.nodepools.gke.provisioning import GkeProvisioningModel, ReservationUse
from gpuplane.nodepools.gke.sharing import hardware_sharing

FEWEST_CLIENTS, MOST_CLIENTS = 2, 48


def capacity_is_offered(pool: GkeGpuPoolFields, found: Machine) -> Iterator[Problem]:
    """Require a provisioning model that Google offers for the machine type."""
    kind = PurchaseOption(pool.provisioning_model.value)
    if pool.reservation and pool.reservation.consume in (ReservationUse.SPECIFIC, ReservationUse.ANY_THEN_FAIL):
        kind = PurchaseOption.RESERVATION if pool.provisioning_model is GkeProvisioningModel.ON_DEMAND else kind
    if found.purchase_options and kind not in found.purchase_options:
        offered = [each.value for each in PurchaseOption if each in found.purchase_options]
        ways = [f"provisioning_model {way}" if way != "reservation" else "a reservation" for way in offered]
        got = "a reservation" if kind is PurchaseOption.RESERVATION else f"{pool.provisioning_model.value}"
        yield Problem("provisioning_model", f"{found.name} is not offered by {got}, allowed: {', '.join(ways)}")


def shared(pool: GkeGpuPoolFields, found: Machine) -> Iterator[Problem]:
    """Require sharing that the accelerator and the device plugin support."""
    sharing = pool.sharing
    if sharing is None:
        return
    if pool.driver is GpuDriver.DISABLED:
        yield Problem(
            "sharing",
            "must be left out with driver disabled, which turns off the GKE plugin that shares, "
            "fix: driver default, or the sharing of NvidiaDevicePlugin",
        )
    most = (found.gpu.max_shared_clients if found.gpu else None) or MOST_CLIENTS
    if sharing.max_clients is not None and not FEWEST_CLIENTS <= sharing.max_clients <= most:
        yield Problem(
            "sharing.max_clients",
            f"must be from {FEWEST_CLIENTS} to {most} on {found.accelerator}, got {sharing.max_clients}",
        )
    try:
        advertised(found, hardware_sharing(sharing))
    except ValueError as error:
        yield Problem("sharing.partition_size", str(error))


def boot_disk(pool: GkeGpuPoolFields, found: Machine) -> Iterator[Problem]:
    """Require a boot disk type that the machine supports."""
    if pool.disk_type is not None and found.boot_disks and pool.disk_type not in found.boot_disks:
        yield Problem(
            "disk_type",
            f"must be a type that {found.name} supports, got {pool.disk_type!r}, "
            f"allowed: {', '.join(found.boot_disks)}",
        )


def local_disks(pool: GkeGpuPoolFields, found: Machine) -> Iterator[Problem]:
    """Require a number of local SSDs that the machine supports."""
    if pool.local_ssd is None or any(pool.local_ssd.problems()):
        return
    if found.local_ssd is None:
        yield Problem("local_ssd", f"must be left out on {found.name}, which supports none")
    elif found.local_ssd.counts and pool.local_ssd.count not in found.local_ssd.counts:
        allowed = ", ".join(map(str, found.local_ssd.counts))
        yield Problem(
            "local_ssd", f"must be a number that {found.name} supports, got {pool.local_ssd.count}, allowed: {allowed}"
        )


def networked(pool: GkeGpuPoolFields, found: Machine) -> Iterator[Problem]:
    """Require the interfaces that the machine and its GPUDirect need."""
    network, needed = pool.network, found.network
    if network.fast_socket and not network.gvnic:
        yield Problem("network.gvnic", "must be true with fast_socket, got False, fix: leave it out")
    elif not network.gvnic and (needed.gvnic_required or needed.gpudirect):
        yield Problem("network.gvnic", f"must be true on {found.name}, got False, fix: leave it out")
    elif not network.gvnic and network.additional_networks:
        yield Problem("network.gvnic", "must be true with additional_networks, got False, fix: leave it out")
    if network.accelerator_profile and network.additional_networks:
        yield Problem(
            "network.additional_networks", "must be left out with accelerator_profile, for which GKE creates them"
        )
    if network.accelerator_profile and not needed.gpudirect:
        yield Problem("network.accelerator_profile", f"must be left out on {found.name}, which has no GPUDirect")
    given, wanted = len(network.additional_networks), needed.gpu_networks
    if given and wanted and given != wanted:
        yield Problem(
            "network.additional_networks",
            f"must be the {wanted} that GPUDirect of {found.name} ({needed.gpudirect}) needs, got {given}, "
            "fix: set all of them, or accelerator_profile",
        )


RULES = (capacity_is_offered, shared, boot_disk, local_disks, networked)
