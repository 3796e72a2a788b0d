"""What EC2 and EKS refuse of a launch template, by itself and together with a node group."""

import base64
from typing import Any

import pytest

from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.resource import CloudRefusal

GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

TARGET = {"capacityReservationTarget": {"capacityReservationId": "cr-1"}}
BLOCK = {
    "instanceType": "p5.48xlarge",
    "instanceMarketOptions": {"marketType": "capacity-block"},
    "capacityReservationSpecification": TARGET,
}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def interface(card: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"networkCardIndex": card, "deviceIndex": min(card, 1), "interfaceType": kind, **more}


def said(cloud: SimulatedCloud, token: str, inputs: dict[str, Any]) -> list[str]:
    try:
        cloud.create(token, "t4", inputs)
    except CloudRefusal as refusal:
        return [str(problem) for problem in refusal.problems]
    return []


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"userData": "not base64"}, "userData: Invalid BASE64 encoding of user data, fix: encode it"),
        (
            {"capacityReservationSpecification": {"capacityReservationPreference": "open", **TARGET}},
            "capacityReservationSpecification.capacityReservationPreference: must be capacity-reservations-only with a "
            "target, got 'open', fix: leave one of them out",
        ),
        (
            {
                "capacityReservationSpecification": {
                    "capacityReservationTarget": {
                        "capacityReservationId": "cr-1",
                        "capacityReservationResourceGroupArn": "arn:aws:x",
                    }
                }
            },
            "capacityReservationSpecification.capacityReservationTarget: must be an id or a group, got both",
        ),
        (
            {"networkInterfaces": [interface(0, "interface")], "vpcSecurityGroupIds": ["sg-1"]},
            "vpcSecurityGroupIds: Network interfaces and an instance-level security groups may not be specified on the "
            "same request, fix: securityGroups of the interfaces",
        ),
        (
            {"networkInterfaces": [interface(0, "efa-only")], "instanceType": "p5.48xlarge"},
            "networkInterfaces[0].interfaceType: must not be efa-only for the primary interface, fix: efa",
        ),
        (
            {"networkInterfaces": [interface(0, "efa"), interface(0, "efa")], "instanceType": "p5.48xlarge"},
            "networkInterfaces[1]: must have a network card and device index of its own, got (0, 0) twice",
        ),
        (
            {
                "networkInterfaces": [
                    interface(0, "efa", associatePublicIpAddress="true"),
                    interface(1, "efa-only"),
                ],
                "instanceType": "p5.48xlarge",
            },
            "networkInterfaces[0].associatePublicIpAddress: must not be set with several interfaces, "
            "fix: leave it out, a private subnet has NAT",
        ),
        (
            {"networkInterfaces": [interface(0, "efa")], "instanceType": "g4dn.xlarge"},
            "networkInterfaces: must have at most 0 EFA interfaces on g4dn.xlarge, got 1",
        ),
        (
            {"networkInterfaces": [interface(4, "efa-only")], "instanceType": "p4d.24xlarge"},
            "networkInterfaces[0].networkCardIndex: must be less than the 4 network cards of p4d.24xlarge, got 4",
        ),
    ],
)
def test_ec2_refuses_a_launch_template(inputs: dict[str, Any], message: str) -> None:
    assert said(SimulatedCloud("127.0.0.1:6443", "Q0E="), TEMPLATE, inputs) == [message]


@pytest.mark.parametrize(
    ("group", "template", "message"),
    [
        ({"diskSize": 50}, {}, "diskSize: must be in the launch template, fix: blockDeviceMappings there"),
        (
            {"remoteAccess": {"ec2SshKey": "key"}},
            {},
            "remoteAccess: must be in the launch template, fix: keyName and groups there",
        ),
        (
            {},
            {"iamInstanceProfile": {"name": "nodes"}},
            "launchTemplate: its iamInstanceProfile must be left out, fix: nodeRoleArn of the node group",
        ),
        (
            {},
            {"hibernationOptions": {"configured": True}},
            "launchTemplate: its hibernationOptions must be left out, fix: nodes of a group never hibernate",
        ),
        (
            {},
            {"instanceInitiatedShutdownBehavior": "stop"},
            "launchTemplate: its instanceInitiatedShutdownBehavior must be left out, fix: EKS controls it",
        ),
        (
            {},
            {"instanceMarketOptions": {"marketType": "spot"}},
            "launchTemplate: its instanceMarketOptions must not be spot, fix: capacityType SPOT of the node group",
        ),
        (
            {},
            {"networkInterfaces": [interface(0, "interface", subnetId="subnet-1")]},
            "launchTemplate: its networkInterfaces must have no subnetId, fix: subnetIds of the node group",
        ),
        (
            {"amiType": "AL2023_x86_64_NVIDIA"},
            {"imageId": "ami-1"},
            "amiType: must be left out with an imageId in the launch template",
        ),
        (
            {"version": "1.33", "amiType": None},
            {"imageId": "ami-1"},
            "version: must be left out with an imageId in the launch template",
        ),
        (
            {"releaseVersion": "1.33.5-20260101", "amiType": None},
            {"imageId": "ami-1"},
            "releaseVersion: must be left out with an imageId in the launch template",
        ),
        (
            {"instanceTypes": None},
            BLOCK,
            "capacityType: must be CAPACITY_BLOCK with market type capacity-block in the launch template",
        ),
        (
            {"capacityType": "CAPACITY_BLOCK", "instanceTypes": None},
            {**BLOCK, "instanceMarketOptions": None},
            "capacityType: must not be CAPACITY_BLOCK without market type capacity-block, fix: instanceMarketOptions "
            "of the template",
        ),
        (
            {"capacityType": "CAPACITY_BLOCK"},
            {**BLOCK, "instanceType": None},
            "capacityType: must not be CAPACITY_BLOCK without an instance type in the launch template, "
            "fix: instanceType there",
        ),
        (
            {"capacityType": "CAPACITY_BLOCK", "instanceTypes": None},
            {**BLOCK, "capacityReservationSpecification": None},
            "capacityType: must not be CAPACITY_BLOCK without a reservation, fix: capacityReservationTarget of the "
            "template",
        ),
        (
            {"subnetIds": ["subnet-1", "subnet-2"]},
            {"placement": {"groupName": "close"}},
            "subnetIds: must be one subnet with a cluster placement group, which is in one zone",
        ),
        (
            {"instanceTypes": ["p5.48xlarge"]},
            {"networkInterfaces": [interface(0, "efa")]},
            "instanceTypes: must be in the launch template with EFA, fix: instanceType there",
        ),
        (
            {"amiType": "BOTTLEROCKET_x86_64_NVIDIA"},
            {"userData": b64("MIME-Version: 1.0")},
            "launchTemplate: Ec2LaunchTemplateInvalidConfiguration: User data was not a TOML format that could be "
            "processed, fix: TOML, or another amiType",
        ),
        (
            {},
            {"userData": b64("[settings]")},
            "launchTemplate: Ec2LaunchTemplateInvalidConfiguration: User data was not in the MIME multipart format, "
            "fix: MIME multipart, or another amiType",
        ),
    ],
)
def test_eks_refuses_a_node_group_with_its_launch_template(
    group: dict[str, Any], template: dict[str, Any], message: str
) -> None:
    cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
    made, _ = cloud.create(TEMPLATE, "t4", template)
    inputs = {
        "clusterName": "ml",
        "nodeRoleArn": "arn:aws:iam::123456789012:role/nodes",
        "subnetIds": ["subnet-1"],
        "instanceTypes": ["g4dn.xlarge"],
        "amiType": "AL2023_x86_64_NVIDIA",
        "scalingConfig": {"minSize": 0, "desiredSize": 0, "maxSize": 2},
        "launchTemplate": {"id": made, "version": "1"},
        **group,
    }
    assert said(cloud, GROUP, inputs) == [message]


def test_a_capacity_block_needs_a_launch_template() -> None:
    inputs = {
        "clusterName": "ml",
        "nodeRoleArn": "arn",
        "subnetIds": ["subnet-1"],
        "amiType": "AL2023_x86_64_NVIDIA",
        "instanceTypes": ["p5.48xlarge"],
        "capacityType": "CAPACITY_BLOCK",
        "scalingConfig": {"minSize": 0, "desiredSize": 0, "maxSize": 2},
    }
    assert said(SimulatedCloud("127.0.0.1:6443", "Q0E="), GROUP, inputs) == [
        "capacityType: must not be CAPACITY_BLOCK without a launch template, fix: launchTemplate"
    ]
