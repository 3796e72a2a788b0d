"""The overlay of a new environment, from that of an existing one."""

import re
from collections.abc import Mapping
from typing import Any, cast

from gpuplane.arguments.errors import InvalidArgumentsError, Problem
from gpuplane.plain.nested import mapping
from gpuplane.stackconfig.files.stack_files import ConfigLayer
from gpuplane.stackconfig.load import load

# The sections with names that two environments must not share.
_OWN = ("cluster", "tenants")
_SIZES = ("models", "jobs")
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


def new_overlay(base: Mapping[str, Any], overlay: Mapping[str, Any], source: str, stack: str) -> dict[str, Any]:
    """Return an overlay with the source's cluster, pools and tenants, and the sizes of the base.

    The source's name within names of clusters and namespaces, such as `ml-prod`, is replaced. If the base's sizes do
    not fit the source's cluster, the source's quotas are copied as well, and if that is not enough, its models.

    Args:
        base: The base.
        overlay: The overlay of the existing environment.
        source: The name of the existing environment.
        stack: The new environment's name.

    Raises:
        InvalidArgumentsError: The name is not valid, or the source has problems.

    Example:
        >>> base = {"tenants": {"a": {"namespace": "a"}}}
        >>> prod = {"cluster": {"kubeconfig": {"context": "prod-1"}}, "tenants": {"a": {"namespace": "a-prod"}}}
        >>> new_overlay(base, prod, "prod", "qa")
        {'cluster': {'kubeconfig': {'context': 'qa-1'}}, 'tenants': {'a': {'namespace': 'a-qa'}}}
    """
    if not _NAME.fullmatch(stack):
        raise InvalidArgumentsError(
            f'stack "{stack}"',
            [
                Problem(
                    "", "not a valid name, allowed: at most 40 lower-case letters, digits and hyphens, a letter first"
                )
            ],
        )
    tenants = {name: _namespace_of(tenant) for name, tenant in mapping(overlay.get("tenants")).items()}
    sized = {key: value for key, value in overlay.items() if key not in _SIZES}
    # From the least that may be valid to all of the source.
    candidates = ({**sized, "tenants": tenants}, sized, {**overlay})
    new = next((one for one in candidates if _loads(base, one, stack)), candidates[-1])
    load(base, new, source)
    return {key: _renamed(value, source, stack) if key in _OWN else value for key, value in new.items()}


def _loads(base: Mapping[str, Any], overlay: Mapping[str, Any], stack: str) -> bool:
    try:
        load(base, overlay, stack)
    except InvalidArgumentsError:
        return False
    return True


def plain_config(overlay: ConfigLayer, source: str, stack: str) -> dict[str, Any]:
    """Return the config beside an overlay in its file, without encrypted values, since each stack has its own key.

    Args:
        overlay: The source's overlay in its file.
        source: The source's name.
        stack: The new environment's name.
    """
    config = mapping(mapping(overlay.document.value if overlay.document else None).get("config"))
    beside = {
        key: value for key, value in config.items() if key not in overlay.steps and "secure" not in mapping(value)
    }
    return cast(dict[str, Any], _renamed(beside, source, stack))


def _namespace_of(tenant: Any) -> dict[str, Any]:
    """Return the tenant without its quota."""
    return {key: value for key, value in mapping(tenant).items() if key == "namespace"}


def _renamed(value: Any, source: str, stack: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _renamed(inner, source, stack) for key, inner in cast(Mapping[str, Any], value).items()}
    if isinstance(value, list):
        return [_renamed(inner, source, stack) for inner in cast(list[Any], value)]
    if isinstance(value, str):
        return re.sub(rf"(?<![A-Za-z0-9]){re.escape(source)}(?![A-Za-z0-9])", stack, value)
    return value
