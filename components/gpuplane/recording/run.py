"""Running a Pulumi program in this process, without the CLI."""

import asyncio
import contextlib
import contextvars
import os
import runpy
import sys
import threading
from collections.abc import Awaitable, Callable, Collection, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pulumi.runtime import config as pulumi_config
from pulumi.runtime import mocks, settings, stack

from gpuplane.recording.monitor import Engine, Monitor
from gpuplane.recording.resources import Failure, Recording, Responder

PARALLEL = 64

Program = Callable[[], Awaitable[None] | None]


def run(
    program: Program,
    responder: Responder,
    *,
    project: str = "project",
    stack: str = "stack",
    config: Mapping[str, str] | None = None,
    secret_keys: Collection[str] = (),
    dry_run: bool = False,
    missing_is_unknown: bool = False,
) -> Recording:
    """Run a program and return the resources that it registered.

    A resource that fails does not stop the others: what depends on it is skipped, the rest goes on.

    Args:
        program: Creates the resources; may be asynchronous.
        responder: Stands in for the providers.
        project: Name of the project.
        stack: Name of the stack.
        config: Config keys with their namespace, to their texts.
        secret_keys: The keys that are secret.
        dry_run: What the program reads as `pulumi.runtime.is_dry_run()`.
        missing_is_unknown: Whether an output that the responder leaves out is unknown. Default: it is null.

    Example:
        >>> import pulumi
        >>> class Nothing:
        ...     def create(self, resource):
        ...         return "1", resource.inputs
        ...     def call(self, token, args, provider):
        ...         return {}
        >>> run(lambda: pulumi.export("answer", 42), Nothing()).exports
        {'answer': 42}
    """
    monitor = Monitor(responder, config or {}, missing_is_unknown)

    def work() -> None:
        _in_context(program, monitor, project, stack, dict(config or {}), list(secret_keys), dry_run)

    # The SDK keeps its state in context variables and in the thread's event loop: in a context and a thread of its
    # own, nothing of a run outlives it, and a caller with a loop of its own keeps it.
    thread = threading.Thread(target=contextvars.Context().run, args=(work,), name="program", daemon=True)
    thread.start()
    thread.join()
    return monitor.recording


def run_path(main: Path, responder: Responder, **arguments: Any) -> Recording:
    """Run the program of a Pulumi project as its language host does: `main` is its file or folder.

    Args:
        main: The program.
        responder: Stands in for the providers.
        arguments: As for `run`.
    """
    return run(lambda: _run_main(main.resolve()), responder, **arguments)


def _in_context(
    program: Program,
    monitor: Monitor,
    project: str,
    stack_name: str,
    config: dict[str, str],
    secret_keys: list[str],
    dry_run: bool,
) -> None:
    settings.ROOT.set(None)
    supported: Any = monitor.GetDeploymentInfo(None)  # pyright: ignore[reportUnknownMemberType]
    settings.configure(
        mocks.MockSettings(
            monitor=monitor,
            monitor_features=set(supported.supportedFeatures),
            engine=Engine(monitor.recording),
            project=project,
            stack=stack_name,
            dry_run=dry_run,
            organization="organization",
            callbacks=None,
            outputs=set[Any](),
            package_refs={},
            base_providers_by_ref={},
        )
    )
    pulumi_config.set_all_config(config, secret_keys)
    try:
        asyncio.run(_in_loop(program))
    except (Exception, SystemExit) as error:
        # An error of a provider's function comes back through the program, and is known already.
        if all(failure.error is not error for failure in monitor.recording.failures):
            monitor.recording.failures.append(Failure("program", "", error))


async def _in_loop(program: Program) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(PARALLEL, thread_name_prefix="resource"))
    await stack.run_in_stack(program)


def _run_main(main: Path) -> None:
    folder = main if main.is_dir() else main.parent
    before = set(sys.modules)
    try:
        with _working_in(folder):
            runpy.run_path(str(main), run_name="__main__")
    finally:
        # Modules of the program itself: a second run in this process has to run them anew.
        for name in set(sys.modules) - before:
            origin = getattr(sys.modules[name], "__file__", None)
            if origin and Path(origin).resolve().is_relative_to(folder.resolve()):
                del sys.modules[name]


@contextlib.contextmanager
def _working_in(folder: Path) -> Generator[None, None, None]:
    """Set the working folder and search path as the language host does for a program."""
    old_path, old_folder = list(sys.path), Path.cwd()
    sys.path.insert(0, str(folder.resolve()))
    os.chdir(folder)
    try:
        yield
    finally:
        sys.path[:] = old_path
        os.chdir(old_folder)
