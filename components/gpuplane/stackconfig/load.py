"""Loading a stack's config, with errors that name the file, the line and the key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pydantic

from gpuplane.arguments.errors import DoesNotFitError, InvalidArgumentsError
from gpuplane.arguments.folding import fold
from gpuplane.arguments.merging import merge_config
from gpuplane.stackconfig.files.stack_files import BASE_KEY, OVERLAY_KEY, StackFiles
from gpuplane.stackconfig.locate import located
from gpuplane.stackconfig.model import StackConfig
from gpuplane.stackconfig.sections.machines import own_hardware, with_catalogue


def from_pulumi(config: pulumi.Config, stack: str) -> StackConfig:
    """Load the config of the running stack.

    Raises:
        InvalidArgumentsError: It has problems, each with its file, line and key.
        DoesNotFitError: It is valid, but asks for more than its quotas allow.
    """
    base: Any = config.get_object(BASE_KEY) or {}
    overlay: Any = config.get_object(OVERLAY_KEY) or {}
    return load(base, overlay, stack, StackFiles.near(Path.cwd(), config.name, stack, base, overlay))


def load(
    base: Mapping[str, Any], overlay: Mapping[str, Any], stack: str, files: StackFiles | None = None
) -> StackConfig:
    """Load a stack's config: merge the overlay over the base, and check the result.

    Args:
        base: `base` of Pulumi.yaml.
        overlay: `overlay` of the stack's own file.
        stack: Name of the stack.
        files: Their files, for the lines in errors. By default errors only name the files.

    Raises:
        InvalidArgumentsError: It has problems, each with its file and key.
        DoesNotFitError: It is valid, but asks for more than its quotas allow.
    """
    whole = merge_config(StackConfig, base, overlay)
    error_type = InvalidArgumentsError
    try:
        config = StackConfig.from_config(whole)
        catalogue, _ = own_hardware(config.accelerators, config.machines)
        config = with_catalogue(config, catalogue)
        problems = list(config.problems())
    except pydantic.ValidationError as error:
        problems = fold(error, StackConfig, whole)
    else:
        if not problems:
            problems, error_type = list(config.shortages()), DoesNotFitError
        if not problems:
            return config
    places = files or StackFiles.unread(stack)
    raise error_type(f'stack "{stack}"', [located(p, whole, base, overlay, places) for p in problems])
