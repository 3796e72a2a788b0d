"""A training job with its ConfigMap, Secret and volume claims."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.training.args import TrainingJobArgs
from gpuplane.training.args_dict import TrainingJobArgsDict
from gpuplane.training.inputs import JobSources, claim_spec, job_labels, job_spec


class TrainingJob(Component):
    """A Job that trains on GPUs. `pulumi up` starts it and does not wait for it to finish.

    Its GPUs cost until it finishes. A change of image, arguments, environment or resources deletes the Job and starts
    a new one, which finds the checkpoints of the old one in its claims.

    Example, with a tenant, a pool and the training data that exist already:

        job = TrainingJob("train-resnet50", {
            "namespace": tenant.namespace,
            "image": "registry.example.com/ml-images/training:v1.2.0",
            "command": ["python", "-m", "my_project.train"],
            "args": ["--epochs=100"],
            "cpu": {"request": "8", "limit": "16"},
            "memory": {"request": "32Gi", "limit": "64Gi"},
            "gpu": {"pool": pool.facts, "count": 4},
            "claims": {
                "data": {"existing": "training-data", "mount_path": "/data", "read_only": True},
                "checkpoints": {"size": "200Gi", "mount_path": "/checkpoints"},
            },
        })

    Attributes:
        job: The Job.
        config_map: The ConfigMap of `env`, None without.
        secret: The Secret of `secrets`, None without.
        claims: The volume claims that were created, by name.
    """

    SECTION: ClassVar[Section | None] = Section("jobs.{name}")
    CHILDREN: ClassVar[tuple[str, ...]] = ("config", "secret", "claim", "job")

    def __init__(
        self, name: str, args: TrainingJobArgs | TrainingJobArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = TrainingJobArgs.parse(f'TrainingJob "{name}"', args)
        super().__init__(name, checked, opts)
        labels = job_labels(name, checked)
        unnamed = {"namespace": checked.namespace, "labels": labels}
        self.config_map = (
            self.make(k8s.core.v1.ConfigMap, "config", {"metadata": unnamed, "data": checked.env})
            if checked.env
            else None
        )
        self.secret = self._secret(checked, unnamed)
        self.claims = {
            child: self.make(
                k8s.core.v1.PersistentVolumeClaim,
                "claim",
                {"metadata": {**unnamed, "name": f"{name}-{child}"}, "spec": claim_spec(claim)},
                suffix=f"claim-{child}",
            )
            for child, claim in checked.claims.items()
            if claim.size is not None
        }
        sources = JobSources(
            config_map=self.name_of(self.config_map) if self.config_map else None,
            secret=self.name_of(self.secret) if self.secret else None,
            claims={child: self.name_of(claim) for child, claim in self.claims.items()},
        )
        waits = {"pulumi.com/skipAwait": "true", "pulumi.com/deletionPropagationPolicy": "foreground"}
        self.job = self.make(
            k8s.batch.v1.Job,
            "job",
            {
                "metadata": {**unnamed, "name": name, "annotations": waits},
                "spec": job_spec(checked, labels, sources),
            },
            # Two Jobs at once would write the same checkpoints and use twice the GPUs. Kueue owns spec.suspend.
            pulumi.ResourceOptions(
                delete_before_replace=True, ignore_changes=["spec.suspend"] if checked.queue is not None else None
            ),
        )
        self.register_outputs({})

    def _secret(self, args: TrainingJobArgs, metadata: Mapping[str, Any]) -> k8s.core.v1.Secret | None:
        if not args.secrets:
            return None
        hidden = {name: pulumi.Output.secret(value) for name, value in args.secrets.items()}
        return self.make(k8s.core.v1.Secret, "secret", {"metadata": metadata, "type": "Opaque", "stringData": hidden})
