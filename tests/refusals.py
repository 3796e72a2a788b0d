"""What a call is refused with."""

from collections.abc import Callable

from gpuplane import InvalidArgumentsError


def told(call: Callable[[], object]) -> list[str]:
    """The problems of a call, a line each; none where it is not refused."""
    try:
        call()
    except InvalidArgumentsError as error:
        return [str(problem) for problem in error.problems]
    return []
