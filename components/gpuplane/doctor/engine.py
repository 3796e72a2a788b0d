"""Pulumi: its CLI, Python language host, provider plugins, backend and passphrase."""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from gpuplane.doctor.check import Check, missing, ok
from gpuplane.doctor.host import Host
from gpuplane.platforms import Platform, facts

INSTALL = "curl -fsSL https://get.pulumi.com | sh"


def engine(host: Host) -> Iterator[Check]:
    """Check the CLI, which must not be older than the installed SDK, and its Python language host."""
    wanted = metadata.version("pulumi")
    found = re.search(r"\d+\.\d+\.\d+", host.ask(["pulumi", "version"])) if host.find("pulumi") else None
    if not found:
        yield missing("pulumi", "not on PATH", INSTALL)
    elif _numbers(found.group()) < _numbers(wanted):
        yield missing("pulumi", f"{found.group()}, the program's SDK is {wanted}", INSTALL)
    else:
        yield ok("pulumi", found.group())
    language = host.find("pulumi-language-python")
    yield (
        ok("pulumi-language-python", language)
        if language
        else missing("pulumi-language-python", "not on PATH; it comes with the CLI", INSTALL)
    )


def plugins(host: Host, platform: Platform) -> Iterator[Check]:
    """Check the provider plugins, in the versions of the installed SDKs."""
    folder = host.file_of("PULUMI_HOME", host.home / ".pulumi") / "plugins"
    for name in filter(None, ("kubernetes", facts(platform).pulumi_provider)):
        check = f"plugin {name}"
        try:
            version = metadata.version(f"pulumi-{name}")
        except metadata.PackageNotFoundError:
            yield missing(check, f"its SDK pulumi-{name} is not installed", f"pip install 'gpuplane[{name}]'")
            continue
        ambient = host.find(f"pulumi-resource-{name}")
        if (folder / f"resource-{name}-v{version}").is_dir():
            yield ok(check, version)
        elif ambient:
            yield ok(check, f"{ambient}, whatever its version; the SDK's is {version}")
        else:
            yield missing(check, f"{version} is not installed", f"pulumi plugin install resource {name} {version}")


def backend(host: Host) -> Check:
    """Check that the CLI is logged in to a backend for state."""
    said = host.first_set("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN")
    if said:
        return ok("state", f"by {said}")
    credentials = host.file_of("PULUMI_HOME", host.home / ".pulumi") / "credentials.json"
    current = re.search(r'"current"\s*:\s*"([^"]+)"', _text(credentials))
    if current:
        return ok("state", current.group(1))
    return missing("state", "not logged in", "pulumi login, or for a folder of your own: pulumi login file://FOLDER")


def passphrase(host: Host, *, has_salt: bool) -> Iterator[Check]:
    """Check the passphrase of a stack whose secrets are encrypted with one."""
    if not has_salt:
        return
    said = host.first_set("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    yield (
        ok("passphrase", f"by {said}")
        if said
        else missing("passphrase", "the stack's secrets need one", "export PULUMI_CONFIG_PASSPHRASE_FILE=FILE")
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
