"""The credentials of a stack's cloud, and the program that gets tokens for its clusters."""

from collections.abc import Iterator

from gpuplane.doctor.check import Check, missing, ok
from gpuplane.doctor.host import Host
from gpuplane.platforms import Platform, facts


def cloud(host: Host, platform: Platform) -> Iterator[Check]:
    """Run the checks of the platform; none for a kubeconfig context."""
    plugin = facts(platform).credential_plugin
    if plugin:
        yield _program(host, plugin.command, plugin.install)
    if platform in _CREDENTIALS:
        yield _CREDENTIALS[platform](host)


def _program(host: Host, name: str, fix: str) -> Check:
    found = host.find(name)
    return ok(name, found) if found else missing(name, "not on PATH; the kubeconfig of a new cluster runs it", fix)


def _google(host: Host) -> Check:
    """Source: https://cloud.google.com/docs/authentication/application-default-credentials."""
    name, fix = "google credentials", "gcloud auth application-default login"
    said = host.first_set("GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN")
    if said:
        return ok(name, f"by {said}")
    if host.environment.get("GOOGLE_APPLICATION_CREDENTIALS"):
        file = host.file_of("GOOGLE_APPLICATION_CREDENTIALS", host.home)
        detail = f"GOOGLE_APPLICATION_CREDENTIALS={file}"
        return ok(name, detail) if file.is_file() else missing(name, f"{detail}: no such file", fix)
    folder = host.file_of("CLOUDSDK_CONFIG", host.home / ".config" / "gcloud")
    file = folder / "application_default_credentials.json"
    return ok(name, str(file)) if file.is_file() else missing(name, "none on this machine", fix)


def _amazon(host: Host) -> Check:
    """Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html."""
    name, fix = "aws credentials", "aws configure sso, then: aws sso login"
    keys = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    said = host.first_set(*keys, "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if said:
        return ok(name, f"by {said}")
    profile = host.environment.get("AWS_PROFILE", "default")
    files = (
        (host.file_of("AWS_SHARED_CREDENTIALS_FILE", host.home / ".aws" / "credentials"), f"[{profile}]"),
        (
            host.file_of("AWS_CONFIG_FILE", host.home / ".aws" / "config"),
            "[default]" if profile == "default" else f"[profile {profile}]",
        ),
    )
    for file, head in files:
        if file.is_file() and head in [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]:
            return ok(name, f"profile {profile} in {file}")
    return missing(name, f"no profile {profile} on this machine", fix)


_CREDENTIALS = {Platform.GKE: _google, Platform.EKS: _amazon}
