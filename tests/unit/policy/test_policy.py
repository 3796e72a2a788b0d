"""The review of a whole stack: severities, exceptions and their last day, and every way to it."""

import datetime
import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest

from commands import gpuplane
from gpuplane.policy import RULES, Environment, PolicyConfig, Severity, Subject, review
from gpuplane.policy.stack import policy_config
from gpuplane.program.dry_run import DryResponder
from gpuplane.program.policy_review import policy_review
from gpuplane.program.project import Project
from gpuplane.program.run import run_program
from gpuplane.rehearsal.verdict.policy import as_rehearsed
from gpuplane.testing import record
from projects import ROOT, project_with
from refusals import told

TODAY = datetime.date(2026, 6, 1)


def port(**annotations: str) -> Subject:
    body = {"metadata": {"name": "door", "namespace": "ml", "annotations": annotations}, "spec": {"type": "NodePort"}}
    return Subject("urn:door", "kubernetes:core/v1:Service", "door", body)


def excepted(until: str, rule: str = "no-node-port", obj: str = "Service ml/door") -> PolicyConfig:
    one = {"rule": rule, "object": obj, "reason": "moves to the gateway", "until": until}
    return PolicyConfig.parse("policy", {"exceptions": {"door": one}})


def reviewed(project: Project, stack: str) -> Any:
    settings, responder = project.stack(stack), DryResponder()
    return policy_review(settings, run_program(project, settings, responder), responder.manifests, TODAY)


@pytest.mark.parametrize("stack", ["dev", "local", "prod", "staging"])
def test_the_projects_own_stacks_pass(stack: str) -> None:
    assert [str(one) for one in reviewed(Project.at(ROOT), stack).errors] == []


def test_a_finding_says_object_path_what_fix_and_rule() -> None:
    (finding,) = review([port()]).findings
    assert str(finding) == (
        "Service ml/door: spec.type: must not be NodePort, fix: use ClusterIP behind a Gateway (no-node-port)"
    )


def test_severity_is_the_environments() -> None:
    by_id = {rule.id: rule for rule in RULES}
    assert by_id["image-digest"].levels == {
        Environment.DEV: Severity.ADVICE,
        Environment.STAGING: Severity.ERROR,
        Environment.PROD: Severity.ERROR,
    }
    assert PolicyConfig().environment is Environment.PROD
    for rule in RULES:
        dev, staging, prod = (list(Severity).index(rule.levels[each]) for each in Environment)
        assert dev >= staging >= prod, rule.id


@pytest.mark.parametrize(
    ("subject", "config"),
    [
        (port(**{"policy.gpuplane/no-node-port": "2026-06-01 until the gateway is there"}), PolicyConfig()),
        (port(), excepted("2026-06-01")),
    ],
    ids=["annotation", "config"],
)
def test_an_exception_holds_through_its_last_day(subject: Subject, config: PolicyConfig) -> None:
    held = review([subject], config, TODAY)
    assert held.findings == []
    assert [one.rule for one in held.excepted] == ["no-node-port"]
    over = review([subject], config, TODAY + datetime.timedelta(days=1))
    assert [one.rule for one in over.errors] == ["exception-expired", "no-node-port"]


def test_an_expired_exception_is_itself_a_finding() -> None:
    first, _ = review([port()], excepted("2026-05-31"), TODAY).errors
    assert str(first) == (
        "Service ml/door: policy.exceptions.door: the exception from no-node-port expired on 2026-05-31, "
        "its reason was: moves to the gateway, fix: comply with the rule, or extend the date (exception-expired)"
    )


def test_an_exception_for_one_object_holds_for_no_other() -> None:
    held = review([port()], excepted("2027-01-01", obj="Service ml/other"), TODAY)
    assert [(one.severity.value, one.rule) for one in held.findings] == [
        ("error", "no-node-port"),
        ("advice", "exception-unused"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("no-node-port", "because", "must be a date and a reason, got 'because'"),
        ("no-node-port", "2026-13-01 because", "must start with a date, got '2026-13-01'"),
        ("no-node-prt", "2026-12-31 because", "unknown rule, got 'no-node-prt', nearest: no-node-port, non-root"),
    ],
)
def test_an_annotation_that_excepts_nothing_is_an_error(key: str, value: str, message: str) -> None:
    wrong = review([port(**{f"policy.gpuplane/{key}": value})], today=TODAY).errors
    assert [one.message for one in wrong if one.rule == "exception-wrong"] == [message]
    assert "no-node-port" in [one.rule for one in wrong]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"rule": "no-nodeport"}, "exceptions.door.rule: unknown rule, got 'no-nodeport', nearest: no-node-port"),
        ({"reason": " "}, "exceptions.door.reason: required, got nothing"),
    ],
)
def test_a_wrong_exception_in_the_config_is_a_problem(changed: dict[str, str], expected: str) -> None:
    one = {"rule": "no-node-port", "object": "Service ml/door", "reason": "x", "until": "2026-12-31", **changed}
    assert told(lambda: PolicyConfig.parse("policy", {"exceptions": {"door": one}})) == [expected]


def test_a_made_up_name_is_not_part_of_an_objects_name() -> None:
    body = {"metadata": {"name": "bert-config-5a5c237d", "namespace": "ml"}, "data": {}}
    assert Subject("u", "kubernetes:core/v1:ConfigMap", "bert-config", body).label == "ConfigMap ml/bert-config"


def test_the_stacks_config_says_environment_and_exceptions() -> None:
    overlay = {"policy": {"environment": "staging"}}
    base = {"policy": {"environment": "dev", "exceptions": {}}}
    config = {"ml:base": json.dumps(base), "ml:overlay": json.dumps(overlay)}
    assert policy_config("ml", "staging", config).environment is Environment.STAGING
    assert policy_config("ml", "staging", {}) == PolicyConfig()


def test_a_stacks_exception_reaches_the_review(tmp_path: Path) -> None:
    image = {"models": {"resnet50": {"image": "registry.example.com/ml/server:latest"}}}
    assert {one.rule for one in reviewed(project_with(tmp_path, "prod", image), "prod").errors} == {
        "image-digest",
        "image-pinned",
    }
    exceptions = {
        rule: {"rule": rule, "object": "Deployment ml-prod/resnet50", "reason": "a trial", "until": "2026-12-31"}
        for rule in ("image-digest", "image-pinned")
    }
    (tmp_path / "b").mkdir()
    held = reviewed(project_with(tmp_path / "b", "prod", {**image, "policy": {"exceptions": exceptions}}), "prod")
    assert held.errors == []
    assert {one.rule for one in held.excepted} == {"image-digest", "image-pinned"}


def test_in_a_rehearsal_it_is_a_finding_with_its_source() -> None:
    finding = as_rehearsed(review([port()]).errors[0])
    assert (finding.object, finding.what, finding.reason, finding.source) == (
        "Service ml/door",
        "spec.type: must not be NodePort",
        "use ClusterIP behind a Gateway (no-node-port)",
        "policy",
    )


def test_a_users_own_test_can_ask_for_it() -> None:
    def program() -> None:
        provider = k8s.Provider("there", kubeconfig="{}")
        metadata = {"name": "door", "namespace": "ml"}
        k8s.core.v1.Service(
            "door", metadata=metadata, spec={"type": "NodePort"}, opts=pulumi.ResourceOptions(provider=provider)
        )

    recorded = record(program)
    assert [one.rule for one in recorded.policy_review("dev").errors] == ["no-node-port"]
    with pytest.raises(AssertionError) as caught:
        recorded.assert_policy()
    assert str(caught.value).splitlines() == [
        "policy errors:",
        "Service ml/door: spec.type: must not be NodePort, fix: use ClusterIP behind a Gateway (no-node-port)",
    ]


def test_the_command_ends_with_0_where_all_is_well_and_with_1_on_an_error(tmp_path: Path) -> None:
    done = gpuplane("policy", "-s", "prod")
    assert (done.status, done.stdout.splitlines()[-1].partition(",")[0]) == (0, "prod: 0 errors")
    project_with(tmp_path, "prod", {"models": {"resnet50": {"image": "ml/server:latest"}}})
    done = gpuplane("policy", "-s", "prod", "-C", str(tmp_path), "--json")
    assert done.status == 1
    found = json.loads(done.stdout)["findings"]
    assert [one["rule"] for one in found if one["severity"] == "error"] == ["image-digest", "image-pinned"]


@pytest.mark.parametrize("example", sorted(path.parent.name for path in ROOT.glob("examples/*/Pulumi.yaml")))
def test_the_examples_pass(example: str) -> None:
    assert [str(one) for one in reviewed(Project.at(ROOT / "examples" / example), "dev").errors] == []
