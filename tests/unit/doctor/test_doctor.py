"""What a machine lacks for `pulumi up`, each with the command that mends it."""

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gpuplane.cli.main import app
from gpuplane.clusters.kubeconfig.args import KubeconfigClusterArgs
from gpuplane.doctor.check import Check, Status
from gpuplane.doctor.clouds import cloud
from gpuplane.doctor.engine import backend, engine, passphrase, plugins
from gpuplane.doctor.examine import examine
from gpuplane.doctor.host import Host
from gpuplane.doctor.kubeconfig import context
from gpuplane.doctor.python import environment
from gpuplane.doctor.quota import quota
from gpuplane.doctor.rehearsal import control_plane
from gpuplane.platforms import Platform
from gpuplane.program.project import Project
from gpuplane.stackconfig import load
from projects import ROOT, project_with

SDK = metadata.version("pulumi")
GKE = {"gke": {"project": "acme", "location": "us-central1"}}
EKS = {"eks": {"region": "us-east-1", "subnetIds": ["subnet-1", "subnet-2"]}}
INSTALL = "curl -fsSL https://get.pulumi.com | sh"


def host(home: Path, *programs: str, version: str = f"v{SDK}", **environment: str) -> Host:
    return Host(
        environment=environment,
        home=home,
        find=lambda name: f"/bin/{name}" if name in programs else None,
        ask=lambda command: version if list(command) == ["pulumi", "version"] else "",
    )


def one(checks: Any) -> tuple[str, str, str]:
    (check,) = checks
    return check.status.value, check.detail, check.fix


@pytest.mark.parametrize(
    ("programs", "version", "expected"),
    [
        ([], "", ("missing", "not on PATH", INSTALL)),
        (["pulumi"], f"v{SDK}", ("ok", SDK, "")),
        (["pulumi"], "v3.9.1", ("missing", f"3.9.1, the program's SDK is {SDK}", INSTALL)),
        (["pulumi"], "v99.0.0", ("ok", "99.0.0", "")),
        (["pulumi"], "", ("missing", "not on PATH", INSTALL)),
    ],
)
def test_the_cli_is_there_and_not_older_than_the_sdk(
    tmp_path: Path, programs: list[str], version: str, expected: tuple[str, str, str]
) -> None:
    cli, language = engine(host(tmp_path, *programs, version=version))
    assert one([cli]) == expected
    assert language.status is Status.MISSING


@pytest.mark.parametrize(
    ("platform", "names"), [(Platform.KUBECONFIG, []), (Platform.GKE, ["gcp"]), (Platform.EKS, ["aws"])]
)
def test_a_stack_needs_the_plugins_of_its_platform_in_the_sdks_versions(
    tmp_path: Path, platform: Platform, names: list[str]
) -> None:
    wanted = {name: metadata.version(f"pulumi-{name}") for name in ["kubernetes", *names]}
    before = {check.name: check.fix for check in plugins(host(tmp_path), platform)}
    assert before == {
        f"plugin {name}": f"pulumi plugin install resource {name} {version}" for name, version in wanted.items()
    }
    for name, version in wanted.items():
        (tmp_path / ".pulumi/plugins" / f"resource-{name}-v{version}").mkdir(parents=True)
    assert {check.status for check in plugins(host(tmp_path), platform)} == {Status.OK}


def test_a_plugin_of_another_version_is_not_the_one_but_one_on_path_is_taken(tmp_path: Path) -> None:
    (tmp_path / "home/plugins/resource-kubernetes-v1.0.0").mkdir(parents=True)
    there = {"PULUMI_HOME": str(tmp_path / "home")}
    assert one(plugins(host(tmp_path, **there), Platform.KUBECONFIG))[0] == "missing"
    assert one(plugins(host(tmp_path, "pulumi-resource-kubernetes", **there), Platform.KUBECONFIG))[0] == "ok"


def test_the_state_is_where_the_cli_is_logged_in_to(tmp_path: Path) -> None:
    assert backend(host(tmp_path)).status is Status.MISSING
    assert backend(host(tmp_path, PULUMI_BACKEND_URL="file:///state")).detail == "by PULUMI_BACKEND_URL"
    (tmp_path / ".pulumi").mkdir()
    (tmp_path / ".pulumi/credentials.json").write_text('{"current": "s3://state", "accessTokens": {"x": "hush"}}')
    found = backend(host(tmp_path))
    assert (found.status, found.detail) == (Status.OK, "s3://state")


def test_a_passphrase_is_needed_where_the_stack_has_a_salt(tmp_path: Path) -> None:
    assert list(passphrase(host(tmp_path), has_salt=False)) == []
    assert one(passphrase(host(tmp_path), has_salt=True))[0] == "missing"
    assert one(passphrase(host(tmp_path, PULUMI_CONFIG_PASSPHRASE="hush"), has_salt=True)) == (
        "ok",
        "by PULUMI_CONFIG_PASSPHRASE",
        "",
    )


def credentials(machine: Host, platform: Platform) -> tuple[str, str, str]:
    return one(check for check in cloud(machine, platform) if "credentials" in check.name)


def test_google_credentials_are_a_variable_or_a_file_that_is_there(tmp_path: Path) -> None:
    login = "gcloud auth application-default login"
    assert credentials(host(tmp_path), Platform.GKE) == ("missing", "none on this machine", login)
    gone = host(tmp_path, GOOGLE_APPLICATION_CREDENTIALS="/gone.json")
    assert credentials(gone, Platform.GKE) == (
        "missing",
        "GOOGLE_APPLICATION_CREDENTIALS=/gone.json: no such file",
        login,
    )
    assert credentials(host(tmp_path, GOOGLE_CREDENTIALS="{}"), Platform.GKE) == ("ok", "by GOOGLE_CREDENTIALS", "")
    file = tmp_path / ".config/gcloud/application_default_credentials.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    assert credentials(host(tmp_path), Platform.GKE) == ("ok", str(file), "")


def test_aws_credentials_are_a_variable_or_a_profile_that_is_there(tmp_path: Path) -> None:
    assert credentials(host(tmp_path), Platform.EKS)[:2] == ("missing", "no profile default on this machine")
    assert credentials(host(tmp_path, AWS_ACCESS_KEY_ID="AKIA"), Platform.EKS)[0] == "ok"
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[profile ml]\nregion = us-east-1\n")
    assert credentials(host(tmp_path, AWS_PROFILE="ml"), Platform.EKS)[0] == "ok"
    assert credentials(host(tmp_path, AWS_PROFILE="mll"), Platform.EKS)[1] == "no profile mll on this machine"


@pytest.mark.parametrize(("platform", "program"), [(Platform.GKE, "gke-gcloud-auth-plugin"), (Platform.EKS, "aws")])
def test_what_kubeconfigs_call_has_to_be_on_path(tmp_path: Path, platform: Platform, program: str) -> None:
    by_name = {check.name: check for check in cloud(host(tmp_path), platform)}
    assert by_name[program].status is Status.MISSING
    by_name = {check.name: check for check in cloud(host(tmp_path, program), platform)}
    assert by_name[program].detail == f"/bin/{program}"


def test_a_context_is_looked_for_where_kubectl_looks(tmp_path: Path) -> None:
    wanted = KubeconfigClusterArgs(context="kind-kind")
    file = tmp_path / ".kube/config"
    status, detail, fix = one(context(host(tmp_path), wanted))
    assert (status, detail, fix) == (
        "missing",
        f"not in {file}, contexts: none",
        "kind create cluster --name kind",
    )
    file.parent.mkdir()
    file.write_text("contexts: [{name: kind-kin}]")
    assert one(context(host(tmp_path), wanted))[1] == f"not in {file}, nearest: kind-kin"
    (tmp_path / "other").write_text("contexts: [{name: kind-kind}]")
    both = host(tmp_path, KUBECONFIG=f"{file}:{tmp_path / 'other'}")
    assert one(context(both, wanted)) == ("ok", str(tmp_path / "other"), "")


def test_uv_and_the_virtual_environment_are_what_the_project_asks_for(tmp_path: Path) -> None:
    settings = {"runtime": {"name": "python", "options": {"toolchain": "uv", "virtualenv": ".venv"}}}
    uv, venv = environment(host(tmp_path), tmp_path, settings)
    assert (uv.fix, venv.fix) == ("pip install uv", "uv sync --all-extras")
    (tmp_path / ".uv/bin").mkdir(parents=True)
    (tmp_path / ".uv/bin/uv").touch()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch()
    uv, venv = environment(host(tmp_path), tmp_path, settings)
    assert (uv.fix, venv.status) == (f'export PATH="{tmp_path}/.uv/bin:$PATH"', Status.OK)
    assert list(environment(host(tmp_path), tmp_path, {"runtime": "python"})) == []


def test_the_control_plane_is_built_or_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gpuplane.rehearsal.binaries import TOOLS

    for tool in TOOLS:
        (tmp_path / tool).touch()
    monkeypatch.setenv("GPUPLANE_BINARIES_DIR", str(tmp_path))
    assert control_plane() == Check("control plane", Status.OK, str(tmp_path))
    monkeypatch.delenv("GPUPLANE_BINARIES_DIR")
    monkeypatch.setenv("GPUPLANE_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = control_plane()
    if found.status is Status.MISSING:
        assert found.fix == "pip install 'gpuplane[go]'"
    else:
        assert found.detail.startswith(f"the first rehearsal builds {len(TOOLS)} programs with ")


@pytest.mark.parametrize(
    ("stack", "detail", "command"),
    [
        (
            "prod",
            "at most 8 x nvidia-tesla-t4, on-demand, in us-central1",
            "gcloud compute regions describe us-central1 --project acme-ml-prod ",
        ),
        ("dev", "at most 2 x nvidia-tesla-t4, spot, in us-central1", "gcloud compute regions describe us-central1 "),
        (
            "staging",
            "at most 32 vCPUs of g4dn.2xlarge, which are 4 x t4, on-demand, in us-east-1",
            "aws service-quotas list-service-quotas --service-code ec2 --region us-east-1 ",
        ),
    ],
)
def test_the_quota_of_a_stack_at_its_largest_is_to_look_at(
    tmp_path: Path, stack: str, detail: str, command: str
) -> None:
    checks = {check.name: check for check in examine(host(tmp_path), Project.at(ROOT), stack)}
    found = checks["quota of t4"]
    assert (found.status, found.detail) == (Status.LOOK, detail)
    assert found.fix.startswith(command)


@pytest.mark.parametrize(
    ("cluster", "pools", "detail"),
    [
        (
            GKE,
            {
                "computeClasses": {
                    "l4": {
                        "machineType": "g2-standard-8",
                        "maxNodes": 3,
                        "priorities": [
                            {"provisioningModel": "on-demand"},
                            {"provisioningModel": "spot"},
                            {"provisioningModel": "spot", "machineType": "g2-standard-24"},
                        ],
                    }
                }
            },
            "at most 6 x nvidia-l4, on-demand or spot, in us-central1",
        ),
        (
            EKS,
            {
                "karpenter": {
                    "l4": {
                        "accelerator": "l4",
                        "maxNodes": 3,
                        "subnetIds": ["subnet-1"],
                        "machineTypes": ["g6.xlarge", "g6.4xlarge"],
                        "capacityType": ["spot", "on-demand"],
                    }
                }
            },
            "at most 48 vCPUs of g6.4xlarge, which are 3 x l4, spot or on-demand, in us-east-1",
        ),
        (
            EKS,
            {
                "eks": {
                    "l4": {
                        "machineType": "g6.xlarge",
                        "alternativeMachineTypes": ["g6.2xlarge"],
                        "maxNodes": 3,
                        "subnetIds": ["subnet-1"],
                    }
                }
            },
            "at most 24 vCPUs of g6.2xlarge, which are 3 x l4, on-demand, in us-east-1",
        ),
    ],
)
def test_every_kind_of_pool_has_a_quota_to_look_at(cluster: Any, pools: Any, detail: str) -> None:
    devices = {"nvidiaDevicePlugin": {}} if cluster is EKS else {}
    config = load({"cluster": cluster, "pools": pools, "devices": devices, "tenants": {}}, {}, "dev")
    (check,) = quota(config)
    assert (check.name, check.status, check.detail) == ("quota of l4", Status.LOOK, detail)


def test_a_secret_that_a_model_names_and_the_file_lacks_is_missing(tmp_path: Path) -> None:
    project_with(tmp_path)
    path = tmp_path / "Pulumi.prod.yaml"
    path.write_text(path.read_text() + "  gpuplane:wandb-api-key: { secure: v1:aaaa }\nencryptionsalt: v1:bbbb\n")
    checks = {check.name: check for check in examine(host(tmp_path), Project.at(tmp_path), "prod")}
    assert checks["secret wandb-api-key"].status is Status.OK
    assert checks["secret s3-access-key"] == Check(
        "secret s3-access-key",
        Status.MISSING,
        "named by models.resnet50.secrets.S3_ACCESS_KEY",
        "pulumi config set --secret s3-access-key -s prod",
    )
    assert checks["passphrase"].status is Status.MISSING
    assert "aaaa" not in str(checks)


def test_the_command_prints_the_checks_and_fails_where_something_is_missing() -> None:
    done = CliRunner().invoke(app, ["doctor", "-s", "local", "-C", str(ROOT), "--json"])
    checks = json.loads(done.output)
    assert {"name", "status", "detail", "fix"} == set(checks[0])
    assert all(check["fix"] for check in checks if check["status"] != "ok")
    assert done.exit_code == (1 if any(check["status"] == "missing" for check in checks) else 0)
    said = CliRunner().invoke(app, ["doctor", "-s", "local", "-C", str(ROOT)])
    assert "          fix: pulumi config set --secret wandb-api-key -s local\n" in said.output
    assert said.exit_code == done.exit_code
