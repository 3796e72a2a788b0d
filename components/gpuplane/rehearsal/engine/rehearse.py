"""The engine's rehearsal from start to end: preview, up, an up without changes, refresh, destroy."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from gpuplane.arguments.errors import DoesNotFitError
from gpuplane.hardware import Catalogue
from gpuplane.program.dry_run import SIMULATED_PACKAGES, DryResponder
from gpuplane.program.policy_review import policy_review
from gpuplane.program.project import Project
from gpuplane.program.run import run_program
from gpuplane.recording import Recording
from gpuplane.rehearsal import binaries, crds
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.controllers.custom_objects import kind_of
from gpuplane.rehearsal.controllers.initial_cluster import InitialCluster
from gpuplane.rehearsal.controllers.settling import QUIET_SECONDS, settled
from gpuplane.rehearsal.engine.cli import Cli, Outcome
from gpuplane.rehearsal.engine.preconditions import kubernetes_providers, require_simulated, undefined
from gpuplane.rehearsal.engine.workspace import (
    environment,
    require_engine,
    write_commands,
    write_kubeconfig,
    write_project,
)
from gpuplane.rehearsal.in_process.rehearse import Rehearsal, placeholder_notes
from gpuplane.rehearsal.verdict.does_not_fit import does_not_fit
from gpuplane.rehearsal.verdict.findings import Finding, findings
from gpuplane.rehearsal.verdict.policy import as_rehearsed, policy_notes
from gpuplane.rehearsal.verdict.refusals import refusals
from gpuplane.rehearsal.verdict.verdict import verdict
from gpuplane.simulation.cloud import SimulatedCloud
from gpuplane.simulation.nodes.pool_resources import POOL_TYPES, pool_nodes
from gpuplane.simulation.provider_plugin.server import serve
from gpuplane.simulation.resource import Resource

Progress = Callable[[str], None]


def rehearse_with_engine(project: Project, stack: str, progress: Progress, keep: bool = False) -> Rehearsal:
    """Run a stack by the real engine, with the real Kubernetes provider and simulated clouds.

    Args:
        project: The Pulumi project, which is not modified.
        stack: Name of the stack.
        progress: Called with a line for each step.
        keep: Leave the control plane running, and skip `destroy`.

    Raises:
        ProjectError: The stack cannot be read.
        InvalidArgumentsError: Its config is wrong.
        RunError: The rehearsal could not be run.
    """
    require_engine()
    settings = project.stack(stack)
    seen = _Watcher(settings.catalogue)
    try:
        recording = run_program(project, settings, seen)
    except DoesNotFitError as error:
        return Rehearsal(does_not_fit(stack, error))
    require_simulated(recording)
    tools = binaries.ensure(progress)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="gpuplane-engine-") as work,
        control_plane.start(tools, progress) as plane,
    ):
        folder = Path(work)
        project_folder, commands, home = (folder / name for name in ("project", "commands", "home"))
        for made in (project_folder, commands, home):
            made.mkdir()
        write_project(project, settings, project_folder)
        write_commands(plane, commands)
        write_kubeconfig(plane, _contexts(recording), folder / "kubeconfig")
        cli = Cli(project_folder, environment(commands, folder / "kubeconfig", home), stack)
        api = KubernetesApi(plane.kubeconfig)
        unchecked = crds.install(api, undefined(recording, seen.manifests.values()), progress)
        with CloudControllers(api, set(map(kind_of, seen.manifests.values())), settings.catalogue) as controllers:
            platforms = InitialCluster(api, controllers)
            cloud = SimulatedCloud(plane.endpoint, plane.ca_data, settings.catalogue)
            with _served(cloud, controllers, platforms, commands):
                seen.tell(recording, platforms)
                cli.setting("stack", "init", stack)
                for key in settings.placeholders:
                    cli.setting("config", "set", "--secret", key, settings.config[key], "--stack", stack)
                refused, snapshot = _operations(cli, controllers, plane.check_alive, progress, keep)
        policy = policy_review(settings, recording, seen.manifests)
        notes = [
            *platforms.notes,
            *controllers.notes(),
            *unchecked,
            *placeholder_notes(settings),
            *policy_notes(policy),
        ]
        found = [*findings(snapshot), *refusals(recording), *refused, *map(as_rehearsed, policy.errors)]
        held = verdict(stack, snapshot, found, notes, time.monotonic() - began)
        kept = plane.keep() if keep else ""
    return Rehearsal(held, kept)


def _operations(
    cli: Cli, controllers: CloudControllers, check_alive: Callable[[], None], progress: Progress, keep: bool
) -> tuple[list[Finding], Snapshot]:
    """Run all operations until one fails, and return its findings and the cluster after the first `up`."""
    stuck = _Stuck(controllers, check_alive)
    outcome = _timed(progress, "preview", lambda: cli.operation("preview"))
    if outcome.status:
        return outcome.findings("preview"), controllers.latest
    outcome = _timed(progress, "up", lambda: cli.operation("up", ("--yes", "--skip-preview"), stuck))
    snapshot = settled(controllers, check_alive, lambda now: not findings(now))
    if outcome.status:
        # The cluster's findings say more than the engine's interruption.
        return ([] if findings(snapshot) else outcome.findings("up")), snapshot
    refused: list[Finding] = []
    for name, operation in (("up again", "up"), ("refresh", "refresh")):
        outcome = _timed(progress, name, lambda: cli.operation(operation, ("--yes", "--skip-preview")))  # noqa: B023
        refused += outcome.findings(name) or [_drift(name, urn, step) for urn, step in outcome.changed]
    if keep:
        return refused, snapshot
    outcome = _timed(progress, "destroy", lambda: cli.operation("destroy", ("--yes", "--skip-preview")))
    return [*refused, *outcome.findings("destroy")], snapshot


class _Stuck:
    """Whether an `up` waits in vain: something is not ready, and nothing has moved for a while."""

    def __init__(self, controllers: CloudControllers, check_alive: Callable[[], None]) -> None:
        self._controllers = controllers
        self._check_alive = check_alive
        self._before: Any = None
        self._moved = time.monotonic()

    def __call__(self) -> bool:
        self._check_alive()
        if self._controllers.failure:
            raise self._controllers.failure
        snapshot = self._controllers.latest
        if snapshot.progress != self._before:
            self._before, self._moved = snapshot.progress, time.monotonic()
        return bool(findings(snapshot)) and time.monotonic() - self._moved > 2 * QUIET_SECONDS


class _Watcher(DryResponder):
    """Runs the program beforehand, so that errors in its config are reported at once, and records what it runs on."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._calls: list[str] = []

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        self._calls.append(token)
        return super().call(token, args, provider)

    def tell(self, recording: Recording, platforms: InitialCluster) -> None:
        for token in self._calls:
            platforms.on_call(token)
        for resource in recording.resources:
            if resource.package in SIMULATED_PACKAGES:
                platforms.on_resource(resource.type)
        for resource in kubernetes_providers(recording):
            platforms.on_provider(resource.inputs)


@contextlib.contextmanager
def _served(
    cloud: SimulatedCloud, controllers: CloudControllers, platforms: InitialCluster, commands: Path
) -> Generator[None, None, None]:
    """Serve the clouds as provider plugins on the rehearsal's own PATH."""

    def on_change(what: str, resource: Resource) -> None:
        if what == "create":
            platforms.on_resource(resource.token)
        if resource.token in POOL_TYPES:
            if what == "delete":
                controllers.remove_pool(resource.name)
            else:
                template = cloud.launch_template(resource.inputs)
                nodes = pool_nodes(resource.token, resource.name, resource.outputs, template, cloud.catalogue)
                controllers.add_pool(resource.name, nodes)

    servers = [serve(package, cloud, on_change) for package in SIMULATED_PACKAGES]
    try:
        for server in servers:
            server.write_executable(commands)
        yield
    finally:
        for server in servers:
            server.stop()


def _contexts(recording: Recording) -> list[str]:
    return sorted({str(one.inputs["context"]) for one in kubernetes_providers(recording) if one.inputs.get("context")})


def _timed(progress: Progress, name: str, operation: Callable[[], Outcome]) -> Outcome:
    began = time.monotonic()
    outcome = operation()
    changes = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.changes.items())) or "nothing"
    ended = "failed" if outcome.status else "done"
    progress(f"engine: {name} {ended} in {time.monotonic() - began:.1f} s ({changes})")
    return outcome


def _drift(operation: str, urn: str, step: str) -> Finding:
    _, _, types, name = urn.split("::", 3)
    subject = f"{types.rpartition('$')[2]} {name}"
    return Finding(subject, f"changed by {operation}", f"the engine would {step} it", "engine")
