"""Running a stack's program inside this process, against a stand-in for its providers."""

from gpuplane.program.failures import raise_failures
from gpuplane.program.project import Project, StackSettings
from gpuplane.recording import Recording, Responder, run_path


def run_program(project: Project, settings: StackSettings, responder: Responder) -> Recording:
    """Run a stack's program with the stack's config.

    Args:
        project: The Pulumi project.
        settings: The stack's.
        responder: Stands in for the providers; a `DryResponder` creates nothing anywhere.

    Raises:
        InvalidArgumentsError: Its config or the arguments of a component are wrong.
        RunError: The program itself failed, or what it ran against did.
    """
    recording = run_path(
        project.main,
        responder,
        project=settings.project,
        stack=settings.stack,
        config=settings.config,
        secret_keys=settings.secret_keys,
    )
    raise_failures(recording, project.main)
    return recording
