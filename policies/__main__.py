"""The CrossGuard pack: `pulumi preview --policy-pack policies`. The rules themselves are in gpuplane.policy."""

import os

from pulumi_policy import PolicyPack

from gpuplane.policy.crossguard import pack_policies, stack_policy_config

PolicyPack("gpuplane", pack_policies(stack_policy_config(os.environ)))
