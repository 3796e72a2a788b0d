"""A Kubernetes service account on GKE that may read one bucket."""

from typing import ClassVar

import pulumi
import pulumi_gcp as gcp

from gpuplane.arguments.inputs import Input
from gpuplane.component.base import Component, ComponentArgs
from gpuplane.component.section import Section
from gpuplane.serving.artefacts.readers.args_dict import GkeBucketReaderArgsDict

READ_ROLE = "roles/storage.objectViewer"


class GkeBucketReaderArgs(ComponentArgs):
    """Arguments of `GkeBucketReader`."""

    project: str
    """Project of the cluster, whose workload identity pool has the service account."""

    bucket: Input[str]
    """Name of the bucket; it needs uniform bucket-level access, Google's default."""

    namespace: Input[str]
    """Namespace of the service account."""

    service_account: Input[str]
    """Name of the Kubernetes service account; a `ModelServer`'s is the server's own name."""


class GkeBucketReader(Component):
    """Lets one Kubernetes service account read the objects of one bucket, without a Google service account or a key.

    The cluster needs workload identity. Source:
    https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity

    Example:
        >>> reader = GkeBucketReader("resnet50-reader", {
        ...     "project": "acme", "bucket": "acme-models", "namespace": "ml-prod", "service_account": "resnet50",
        ... })

    Attributes:
        member: The service account as Google's IAM knows it.
        resource: The `gcp.storage.BucketIAMMember`.
    """

    SECTION: ClassVar[Section | None] = None  # A stack derives it from its models' addresses.
    CHILDREN: ClassVar[tuple[str, ...]] = ("bucket",)

    def __init__(
        self, name: str, args: GkeBucketReaderArgs | GkeBucketReaderArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GkeBucketReaderArgs.parse(f'GkeBucketReader "{name}"', args)
        super().__init__(name, checked, opts)
        project = gcp.organizations.get_project_output(
            project_id=checked.project, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self.member: pulumi.Output[str] = pulumi.Output.concat(
            "principal://iam.googleapis.com/projects/",
            project.number,
            f"/locations/global/workloadIdentityPools/{checked.project}.svc.id.goog/subject/ns/",
            checked.namespace,
            "/sa/",
            checked.service_account,
        )
        self.resource = self.make(
            gcp.storage.BucketIAMMember,
            "bucket",
            {"bucket": checked.bucket, "role": READ_ROLE, "member": self.member},
        )
        self.register_outputs({"member": self.member})
