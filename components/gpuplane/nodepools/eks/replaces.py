"""Arguments of an EKS GPU node group whose change replaces it."""

from collections.abc import Mapping

REPLACES: Mapping[str, str] = {
    "cluster": "clusterName",
    "subnet_ids": "subnetIds",
    "machine_type": "launchTemplate",
    "alternative_machine_types": "instanceTypes",
    "os": "amiType",
    "fips": "amiType",
    "capacity_type": "capacityType",
    "efa": "launchTemplate",
    "partition_size": "launchTemplate",
    "node_role_arn": "nodeRoleArn",
}
"""The arguments, each with the property of the node group that EKS cannot change in place.

`capacity_type` does not replace between `on-demand` and `reservation`, which are one capacity type to EKS; `efa`
replaces when it is added or removed. All others change in place: counts, labels, taints, update and repair without
touching a node, the rest by replacing nodes as `update` says.

Sources: the schemas of `aws_eks_node_group` and `aws_launch_template` in
https://github.com/hashicorp/terraform-provider-aws.
"""
