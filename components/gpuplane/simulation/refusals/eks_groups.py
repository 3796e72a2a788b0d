"""Rules of EKS for node groups."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem, nearest, unknown
from gpuplane.hardware import Machine, UnknownMachineError
from gpuplane.hardware.ami_types import CUSTOM, DEFAULT, AmiType, ami_types
from gpuplane.platforms import Platform
from gpuplane.simulation.nodes.machines import eks_instance_types
from gpuplane.simulation.refusals.reserved_labels import is_reserved
from gpuplane.simulation.request import Request

_RESERVED = "[kubernetes.io/, k8s.io/, eks.amazonaws.com/]"


def known_cluster(request: Request) -> Iterator[Problem]:
    """Require an existing cluster. Source: https://github.com/terraform-aws-modules/terraform-aws-eks/issues/793."""
    cluster = request.get("clusterName", "")
    if cluster and request.clusters and cluster not in request.clusters:
        close = nearest(cluster, request.clusters, 1) or sorted(request.clusters)
        yield Problem(
            "clusterName",
            f"ResourceNotFoundException: No cluster found for name: {cluster}, fix: {' or '.join(close)}",
        )


def known_machines(request: Request) -> Iterator[Problem]:
    """Require existing instance types. Source: https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1279."""
    for path, name in _instance_types(request):
        try:
            request.catalogue.machine(Platform.EKS, name)
        except UnknownMachineError as error:
            yield Problem(
                path,
                f"InvalidParameterException: The following supplied instance types do not exist: [{name}], {error}, "
                "fix: correct it, or add it to machines of the stack config",
            )


def one_place(request: Request) -> Iterator[Problem]:
    """Refuse instance types in the node group and its launch template. Source:
    https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1386.
    """
    if request.get("instanceTypes") and (request.launch_template or {}).get("instanceType"):
        yield Problem(
            "instanceTypes",
            "InvalidRequestException: Cannot specify instance types in launch template and API request, "
            "fix: leave instanceTypes out",
        )


def known_ami(request: Request) -> Iterator[Problem]:
    """Require an existing AMI type. Source:
    https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html.
    """
    name = request.get("amiType")
    if name and name != CUSTOM and name not in ami_types():
        yield Problem("amiType", unknown("AMI type", name, [*ami_types(), CUSTOM]))


def fitting_ami(request: Request) -> Iterator[Problem]:
    """Require an AMI for the machine's CPU, with a GPU driver if and only if the machine has such GPUs.

    EKS itself accepts a GPU machine with an AMI without a driver, and its GPUs are never advertised: refused here.
    Source: https://github.com/eksctl-io/eksctl/pull/4973.
    """
    ami = _ami(request)
    if ami is None:
        return
    for _, name in _instance_types(request):
        try:
            found = request.catalogue.machine(Platform.EKS, name)
        except UnknownMachineError:
            continue
        if ami.supports(found):
            continue
        if found.architecture == ami.architecture and not ami.vendor:
            if found.vendor == "nvidia":
                yield Problem(
                    "amiType",
                    f"must have NVIDIA's driver for the GPUs of {name}, got {ami.name}, fix: {_fix(found, ami)}",
                )
        else:
            yield Problem(
                "amiType",
                f"InvalidParameterException: [{name}] is not a valid instance type for requested amiType {ami.name}"
                f", fix: {_fix(found, ami)}",
            )


def published_ami(request: Request) -> Iterator[Problem]:
    """Require an AMI type that is published for the Kubernetes version.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html
    """
    ami, version = _ami(request), str(request.get("version", ""))
    if ami and ami.last_kubernetes and version and _minor(version) > _minor(ami.last_kubernetes):
        yield Problem(
            "amiType",
            f"InvalidParameterException: Requested AMI for this version {version} is not supported, "
            f"{ami.name} ends with {ami.last_kubernetes}, fix: an AL2023 AMI type",
        )


def counts(request: Request) -> Iterator[Problem]:
    """Require minimum, desired and maximum size in ascending order.

    Sources: https://github.com/wandb/terraform-aws-wandb/issues/201 and
    https://github.com/ministryofjustice/cloud-platform-infrastructure/pull/4595.
    """
    least, desired, most = (request.get(f"scalingConfig.{name}") for name in ("minSize", "desiredSize", "maxSize"))
    if least is None or desired is None or most is None:
        return
    if int(least) > int(desired):
        yield Problem(
            "scalingConfig.minSize",
            f"InvalidParameterException: Minimum capacity {int(least)} can't be greater than desired size "
            f"{int(desired)}, fix: raise desiredSize to {int(least)}",
        )
    if int(desired) > int(most):
        yield Problem(
            "scalingConfig.desiredSize",
            f"InvalidParameterException: desiredSize can't be greater than maxSize, got {int(desired)}, "
            f"maxSize is {int(most)}, fix: raise maxSize or lower desiredSize",
        )


def labels(request: Request) -> Iterator[Problem]:
    """Refuse reserved labels. Source: https://github.com/eksctl-io/eksctl/issues/4007."""
    for key in request.get("labels", {}):
        if is_reserved("eks", key):
            yield Problem(
                f"labels[{key!r}]",
                f"InvalidParameterException: Label cannot contain reserved prefixes {_RESERVED}, "
                "fix: use a prefix of your own",
            )


def _instance_types(request: Request) -> Iterator[tuple[str, str]]:
    asked = request.get("instanceTypes")
    if not asked and not (request.launch_template or {}).get("instanceType"):
        return
    for index, name in enumerate(eks_instance_types(request.inputs, request.launch_template)):
        yield (f"instanceTypes[{index}]" if asked else "launchTemplate"), name


def _ami(request: Request) -> AmiType | None:
    if "imageId" in (request.launch_template or {}):
        return None
    return ami_types().get(request.get("amiType", DEFAULT))


def _fix(found: Machine, ami: AmiType) -> str:
    vendor = found.vendor if found.vendor == "nvidia" else ""
    fitting = [
        other.name
        for other in ami_types().values()
        if (other.architecture, other.vendor) == (found.architecture, vendor)
        and (not vendor or other.supports(found))
        and other.fips == ami.fips
    ]
    alike = [name for name in fitting if ami_types()[name].os == ami.os]
    best = next(iter([*alike, *fitting]), None)
    return f"amiType {best}" if best else f"another instance type than {found.name}"


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


RULES = (known_cluster, known_machines, one_place, known_ami, fitting_ami, published_ami, counts, labels)
