"""The CrossGuard pack: `pulumi preview --policy-pack policies`. The rules themselves are in gpuplane.policy."""

from pulumi_policy import PolicyPack

from gpuplane.policy.crossguard import Pack

pack = Pack()
pack.listen()
PolicyPack("gpuplane", pack.policies)
