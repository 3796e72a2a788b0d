"""A rehearsal from start to end: control plane up, program run, stack ready or not, everything taken down."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gpuplane.project import Project, StackSettings
from gpuplane.recording import run_path
from gpuplane.rehearsal import binaries, control_plane, crds
from gpuplane.rehearsal.api import KubernetesApi
from gpuplane.rehearsal.cloud_controllers import CloudControllers
from gpuplane.rehearsal.clouds.cloud import SimulatedCloud
from gpuplane.rehearsal.dry_run import DryResponder, dry_run
from gpuplane.rehearsal.failures import raise_failures, refusals
from gpuplane.rehearsal.findings import findings
from gpuplane.rehearsal.platforms import Platforms
from gpuplane.rehearsal.policy import as_rehearsed, policy_notes, policy_review
from gpuplane.rehearsal.responder import RehearsalResponder
from gpuplane.rehearsal.snapshot import Snapshot
from gpuplane.rehearsal.verdict import Verdict, verdict

QUIET_SECONDS = 4
READY_TIMEOUT_SECONDS = 180

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal leaves: its verdict, and where the control plane was kept, how to use and to end it."""

    verdict: Verdict
    kept: str = ""


def rehearse_stack(project: Project, stack: str, progress: Progress, keep: bool = False) -> Rehearsal:
    """Runs a stack's program in this process against a control plane of its own.

    Args:
        project: The Pulumi project.
        stack: Name of the stack.
        progress: Is told what happens, a line each.
        keep: Leave the control plane running.

    Raises:
        ProjectError: The stack cannot be read.
        InvalidArgumentsError: Its config is wrong.
        RehearsalError: The rehearsal could not be held.
    """
    settings = project.stack(stack)
    # What is wrong with the config or the program is told before anything is built or started.
    dry = DryResponder()
    policy = policy_review(settings, dry_run(project, settings, dry), dry.manifests)
    tools = binaries.ensure(progress)
    began = time.monotonic()
    with control_plane.start(tools, progress) as plane:
        api = KubernetesApi(plane.kubeconfig)
        unchecked = crds.install(api, dry.manifests.values(), progress)
        with CloudControllers(api) as controllers:
            platforms = Platforms(api, controllers)
            cloud = SimulatedCloud(plane.endpoint, plane.ca_data)
            progress(f"program: running stack {stack}")
            recording = run_path(
                project.main,
                RehearsalResponder(api, cloud, controllers, platforms),
                project=settings.project,
                stack=stack,
                config=settings.config,
                secret_keys=settings.secret_keys,
            )
            raise_failures(recording, project.main)
            refused = [*refusals(recording), *map(as_rehearsed, policy.errors)]
            progress(f"cluster: waiting for {len(recording.resources)} resources to settle")
            snapshot = settled(controllers, plane.check_alive)
        held = verdict(
            stack,
            snapshot,
            refused,
            [*platforms.notes, *unchecked, *placeholder_notes(settings), *policy_notes(policy)],
            time.monotonic() - began,
        )
        kept = plane.keep() if keep else ""
    return Rehearsal(held, kept)


def settled(controllers: CloudControllers, check_alive: Callable[[], None]) -> Snapshot:
    """The cluster when everything is ready, or when nothing has moved for a while.

    Raises:
        RehearsalError: The control plane is gone.
    """
    began = moved = time.monotonic()
    before: Snapshot | None = None
    while True:
        time.sleep(0.1)
        check_alive()
        if controllers.failure:
            raise controllers.failure
        snapshot, now = controllers.latest, time.monotonic()
        if snapshot is before:
            continue
        if before is None or snapshot.progress != before.progress:
            moved = now
        before = snapshot
        is_ready = not findings(snapshot) and now - began > 1
        if is_ready or now - moved > QUIET_SECONDS or now - began > READY_TIMEOUT_SECONDS:
            return snapshot


def placeholder_notes(settings: StackSettings) -> Iterable[str]:
    """How to give the secrets that the rehearsal made up."""
    if settings.placeholders:
        keys = ", ".join(settings.placeholders)
        yield f"placeholders stand for secrets here; for the cloud: pulumi config set --secret KEY -s {settings.stack}"
        yield f"the secrets are {keys}"
