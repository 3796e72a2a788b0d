"""Rules of EKS for a node group together with its launch template.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html and
https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.hardware.ami_types import CUSTOM, DEFAULT, ami_types
from gpuplane.simulation.inputs import at, objects
from gpuplane.simulation.nodes.efa import efa_interfaces
from gpuplane.simulation.nodes.user_data import decoded
from gpuplane.simulation.request import Request

_BLOCK = "capacity-block"


Test = Callable[[Request, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Conflict:
    """A setting of a node group that its launch template rules out.

    Attributes:
        path: The node group's property.
        applies: Whether node group and launch template, in this order, are in conflict.
        message: EKS's message, and the fix.
    """

    path: str
    applies: Test
    message: str


def _in_template(path: str) -> Test:
    return lambda request, template: bool(at(template, path))


def _both(own: str, of_template: str = "") -> Test:
    return lambda request, template: bool(request.get(own)) and (not of_template or bool(at(template, of_template)))


def _is_block(request: Request, template: Mapping[str, Any]) -> bool:
    return request.get("capacityType") == "CAPACITY_BLOCK"


def _has_block(request: Request, template: Mapping[str, Any]) -> bool:
    return at(template, "instanceMarketOptions.marketType") == _BLOCK


CONFLICTS = (
    Conflict("diskSize", _both("diskSize"), "must be in the launch template, fix: blockDeviceMappings there"),
    Conflict("remoteAccess", _both("remoteAccess"), "must be in the launch template, fix: keyName and groups there"),
    Conflict(
        "launchTemplate",
        _in_template("iamInstanceProfile"),
        "its iamInstanceProfile must be left out, fix: nodeRoleArn of the node group",
    ),
    Conflict(
        "launchTemplate",
        _in_template("hibernationOptions.configured"),
        "its hibernationOptions must be left out, fix: nodes of a group never hibernate",
    ),
    Conflict(
        "launchTemplate",
        _in_template("instanceInitiatedShutdownBehavior"),
        "its instanceInitiatedShutdownBehavior must be left out, fix: EKS controls it",
    ),
    Conflict(
        "launchTemplate",
        lambda request, template: at(template, "instanceMarketOptions.marketType") == "spot",
        "its instanceMarketOptions must not be spot, fix: capacityType SPOT of the node group",
    ),
    Conflict(
        "launchTemplate",
        lambda request, template: any(at(one, "subnetId") for one in objects(template, "networkInterfaces")),
        "its networkInterfaces must have no subnetId, fix: subnetIds of the node group",
    ),
    Conflict(
        "amiType",
        lambda request, template: bool(at(template, "imageId")) and request.get("amiType", CUSTOM) != CUSTOM,
        "must be left out with an imageId in the launch template",
    ),
    Conflict(
        "releaseVersion", _both("releaseVersion", "imageId"), "must be left out with an imageId in the launch template"
    ),
    Conflict("version", _both("version", "imageId"), "must be left out with an imageId in the launch template"),
    Conflict(
        "capacityType",
        lambda request, template: _has_block(request, template) and not _is_block(request, template),
        "must be CAPACITY_BLOCK with market type capacity-block in the launch template",
    ),
    Conflict(
        "capacityType",
        lambda request, template: _is_block(request, template) and not _has_block(request, template),
        "must not be CAPACITY_BLOCK without market type capacity-block, fix: instanceMarketOptions of the template",
    ),
    Conflict(
        "capacityType",
        lambda request, template: _is_block(request, template) and not at(template, "instanceType"),
        "must not be CAPACITY_BLOCK without an instance type in the launch template, fix: instanceType there",
    ),
    Conflict(
        "capacityType",
        lambda request, template: (
            _is_block(request, template)
            and not at(template, "capacityReservationSpecification.capacityReservationTarget")
        ),
        "must not be CAPACITY_BLOCK without a reservation, fix: capacityReservationTarget of the template",
    ),
    Conflict(
        "subnetIds",
        lambda request, template: bool(at(template, "placement.groupName")) and len(request.get("subnetIds", [])) > 1,
        "must be one subnet with a cluster placement group, which is in one zone",
    ),
    Conflict(
        "instanceTypes",
        lambda _, template: efa_interfaces(template) > 0 and not at(template, "instanceType"),
        "must be in the launch template with EFA, fix: instanceType there",
    ),
)


def with_group(request: Request) -> Iterator[Problem]:
    """Refuse settings in the wrong one of node group and launch template, and settings that exclude each other."""
    template = request.launch_template
    if template is None:
        if request.get("capacityType") == "CAPACITY_BLOCK":
            yield Problem("capacityType", "must not be CAPACITY_BLOCK without a launch template, fix: launchTemplate")
        return
    for conflict in CONFLICTS:
        if conflict.applies(request, template):
            yield Problem(conflict.path, conflict.message)
    yield from _user_data(request, template)


def _user_data(request: Request, template: Mapping[str, Any]) -> Iterator[Problem]:
    """Require user data in the format of the operating system.

    Source: https://github.com/hashicorp/learn-terraform-provision-eks-cluster/issues/79
    """
    ami = ami_types().get(request.get("amiType", DEFAULT))
    text = decoded(at(template, "userData", ""))
    if not ami or not text or at(template, "imageId"):
        return
    is_mime = text.startswith("MIME-Version:")
    if ami.os == "bottlerocket" and (is_mime or not text.lstrip().startswith("[")):
        yield Problem(
            "launchTemplate", "Ec2LaunchTemplateInvalidConfiguration: User data was not a TOML format that could be "
            "processed, fix: TOML, or another amiType",
        )  # fmt: skip
    elif ami.os != "bottlerocket" and not is_mime:
        yield Problem(
            "launchTemplate",
            "Ec2LaunchTemplateInvalidConfiguration: User data was not in the MIME multipart format, "
            "fix: MIME multipart, or another amiType",
        )
