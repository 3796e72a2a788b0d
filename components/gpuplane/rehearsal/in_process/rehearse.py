"""A rehearsal from start to end: start the control plane, run the program, try scenarios, stop everything."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from gpuplane.arguments.errors import DoesNotFitError
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.policy_review import policy_review
from gpuplane.program.project import Project, StackSettings
from gpuplane.program.run import run_program
from gpuplane.rehearsal import binaries, crds, metrics
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.rehearsal.controllers.cloud_controllers import CloudControllers
from gpuplane.rehearsal.controllers.custom_objects import kind_of
from gpuplane.rehearsal.controllers.initial_cluster import InitialCluster
from gpuplane.rehearsal.in_process.responder import RehearsalResponder
from gpuplane.rehearsal.metrics.notes import notes as metrics_notes
from gpuplane.rehearsal.scenarios import Scenario
from gpuplane.rehearsal.scenarios.runner import run_scenarios
from gpuplane.rehearsal.scenarios.stage import Stage
from gpuplane.rehearsal.verdict.does_not_fit import does_not_fit
from gpuplane.rehearsal.verdict.origins import Origins
from gpuplane.rehearsal.verdict.policy import as_rehearsed, policy_notes
from gpuplane.rehearsal.verdict.refusals import refusals
from gpuplane.rehearsal.verdict.verdict import Verdict, verdict
from gpuplane.simulation.cloud import SimulatedCloud

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Rehearsal:
    """The result of a rehearsal: its verdict, and how to use and stop a control plane that was kept."""

    verdict: Verdict
    kept: str = ""


def rehearse_stack(
    project: Project,
    stack: str,
    progress: Progress,
    keep: bool = False,
    scenarios: Collection[Scenario] = (Scenario.STEADY,),
) -> Rehearsal:
    """Run a stack's program in this process against its own control plane.

    Args:
        project: The Pulumi project.
        stack: Name of the stack.
        progress: Called with a line for each step.
        keep: Leave the control plane running.
        scenarios: The scenarios to run after `steady`, which always runs.

    Raises:
        ProjectError: The stack cannot be read.
        InvalidArgumentsError: Its config is wrong.
        RunError: The rehearsal could not be run.
    """
    settings = project.stack(stack)
    # Errors of the config or the program are reported before anything is built or started.
    dry = DryResponder(settings.catalogue)
    try:
        planned = run_program(project, settings, dry)
    except DoesNotFitError as error:
        return Rehearsal(does_not_fit(stack, error))
    policy = policy_review(settings, planned, dry.manifests)
    tools = binaries.ensure(progress)
    began = time.monotonic()
    with control_plane.start(tools, progress) as plane:
        api = KubernetesApi(plane.kubeconfig)
        unchecked = crds.install(api, dry.manifests.values(), progress)
        with (
            CloudControllers(api, set(map(kind_of, dry.manifests.values())), settings.catalogue) as controllers,
            metrics.served(api, controllers, plane.certificate, plane.certificate_key) as load,
        ):
            platforms = InitialCluster(api, controllers)
            cloud = SimulatedCloud(plane.endpoint, plane.ca_data, settings.catalogue)
            responder = RehearsalResponder(api, cloud, controllers, platforms)
            progress(f"program: running stack {stack}")
            recording = run_program(project, settings, responder)
            progress(f"cluster: waiting for {len(recording.resources)} resources to settle")
            origins = Origins(recording, is_stack_program=f"{settings.project}:base" in settings.config)
            stage = Stage(api, controllers, origins, responder.manifests, load, plane.check_alive)
            results = run_scenarios(stage, scenarios, progress)
            if keep:
                stage.to_rest()
        notes = [
            *platforms.notes,
            *controllers.notes(),
            *unchecked,
            *metrics_notes(stage.first, recording, platforms.platform),
            *placeholder_notes(settings),
            *policy_notes(policy),
        ]
        found = [*results[0].findings, *refusals(recording), *map(as_rehearsed, policy.errors)]
        held = verdict(stack, stage.first, found, notes, time.monotonic() - began, results)
        kept = plane.keep() if keep else ""
    return Rehearsal(held, kept)


def placeholder_notes(settings: StackSettings) -> Iterable[str]:
    """Return notes on the secrets that have placeholders here."""
    if settings.placeholders:
        keys = ", ".join(settings.placeholders)
        yield f"secrets have placeholders here: {keys}"
        yield f"set the real ones by: pulumi config set --secret KEY -s {settings.stack}"
