"""Running a Pulumi program in this process: what is kept, what fails, and what a failure stops."""

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from gpuplane.recording import (
    UNKNOWN,
    DefaultProviderError,
    DuplicateUrnError,
    RecordedResource,
    Recording,
    UnsupportedTransformError,
    run,
    run_path,
)


class Thing(pulumi.CustomResource):
    """A resource of a package `acme` with any inputs; `out` is an output of it."""

    out: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Any) -> None:
        super().__init__("acme:index:Thing", name, {"out": None, **inputs}, opts)


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("acme:index:Group", name, None, opts)


class Acme(pulumi.ProviderResource):
    def __init__(self, name: str) -> None:
        super().__init__("acme", name)


class Echo:
    """Gives back the inputs, with `out`; refuses things whose name starts with `bad`."""

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        if resource.name.startswith("bad"):
            raise ValueError(f"{resource.name} is refused")
        return f"id-{resource.name}", {**resource.inputs, "out": f"out of {resource.name}"}

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        if token == "acme:index:fail":
            raise ValueError("no answer")
        return {"said": f"{args['word']}!"}


def recorded(program: Callable[[], Any], **arguments: Any) -> Recording:
    return run(program, Echo(), **arguments)


def by_name(recording: Recording) -> dict[str, RecordedResource]:
    return {resource.name: resource for resource in recording.resources}


def test_inputs_arrive_plain_with_whole_numbers_whole() -> None:
    found = recorded(lambda: Thing("a", size=3, share=0.5, tags={"x": ["y", True, None]}))
    assert by_name(found)["a"].inputs == {"size": 3, "share": 0.5, "tags": {"x": ["y", True, None]}}
    assert isinstance(by_name(found)["a"].inputs["size"], int)


def test_every_option_that_mocks_leave_out_is_kept() -> None:
    def program() -> None:
        first = Thing("first")
        group = Group("group")
        opts = pulumi.ResourceOptions(
            parent=group,
            depends_on=[first],
            protect=True,
            retain_on_delete=True,
            delete_before_replace=True,
            deleted_with=first,
            ignore_changes=["size"],
            replace_on_changes=["kind"],
            additional_secret_outputs=["token"],
            aliases=[pulumi.Alias(name="old")],
            custom_timeouts=pulumi.CustomTimeouts(create="20m"),
            provider=Acme("mine"),
        )
        Thing("kept", opts, size=first.out)

    kept = by_name(recorded(program))
    first, group, thing = kept["first"], kept["group"], kept["kept"]
    assert (thing.parent, thing.provider) == (group.urn, kept["mine"].urn)
    assert set(thing.dependencies) == {first.urn}
    assert thing.property_dependencies["size"] == (first.urn,)
    assert (thing.protect, thing.retain_on_delete, thing.delete_before_replace) == (True, True, True)
    assert thing.deleted_with == first.urn
    assert (thing.ignore_changes, thing.replace_on_changes) == (("size",), ("kind",))
    assert thing.additional_secret_outputs == ("token",)
    assert thing.aliases == ("name=old",)
    assert thing.custom_timeouts == {"create": "20m"}


def test_outputs_flow_from_one_resource_to_the_next() -> None:
    found = by_name(recorded(lambda: Thing("b", of=Thing("a").out, id_of=Thing("c").id)))
    assert found["b"].inputs == {"of": "out of a", "id_of": "id-c"}


def test_secrets_are_revealed_and_their_paths_kept() -> None:
    def program() -> None:
        Thing("a", data={"plain": "x", "token": pulumi.Output.secret("s")}, key=pulumi.Output.secret("k"))

    thing = by_name(recorded(program))["a"]
    assert thing.inputs == {"data": {"plain": "x", "token": "s"}, "key": "k"}
    assert thing.secrets == {"data.token", "key"}


def test_what_is_made_of_a_secret_is_secret_in_the_next_resource() -> None:
    def program() -> None:
        class Keyed(pulumi.CustomResource):
            key: pulumi.Output[str]

            def __init__(self) -> None:
                super().__init__("acme:index:Thing", "a", {"key": pulumi.Output.secret("k")})

        Thing("b", key=Keyed().key)

    assert by_name(recorded(program))["b"].secrets == {"key"}


def test_exports_and_their_secrecy_are_kept() -> None:
    def program() -> None:
        pulumi.export("plain", 1)
        pulumi.export("hidden", pulumi.Output.secret("x"))

    found = recorded(program)
    assert (found.exports, found.secret_exports) == ({"plain": 1, "hidden": "x"}, {"hidden"})


def test_config_is_the_runs_own() -> None:
    def program() -> None:
        config = pulumi.Config()
        pulumi.export("size", config.require_int("size"))
        pulumi.export("token", config.require_secret("token"))

    config = {"shop:size": "3", "shop:token": "t"}
    found = recorded(program, project="shop", config=config, secret_keys=["shop:token"])
    assert (found.exports, found.secret_exports) == ({"size": 3, "token": "t"}, {"token"})


def test_what_depends_on_a_failed_resource_is_skipped_and_the_rest_goes_on() -> None:
    def program() -> None:
        bad = Thing("bad")
        Thing("after", of=bad.out)
        Thing("later", pulumi.ResourceOptions(depends_on=[bad]))
        Thing("other")

    found = recorded(program)
    assert [(one.type, one.name, str(one.error)) for one in found.failures] == [
        ("acme:index:Thing", "bad", "bad is refused")
    ]
    assert sorted(urn.rpartition("::")[2] for urn in found.skipped) == ["after", "later"]
    assert set(found.ids) == {by_name(found)["other"].urn}


def test_what_goes_through_a_failed_provider_is_skipped() -> None:
    def program() -> None:
        Thing("through", pulumi.ResourceOptions(provider=Acme("bad")))

    assert [urn.rpartition("::")[2] for urn in recorded(program).skipped] == ["through"]


def test_all_failures_are_kept() -> None:
    def program() -> None:
        Thing("bad-1")
        Thing("bad-2")

    assert sorted(one.name for one in recorded(program).failures) == ["bad-1", "bad-2"]


def test_an_error_of_the_program_is_a_failure_of_it() -> None:
    def program() -> None:
        Thing("a")
        raise pulumi.RunError("stop here")

    found = recorded(program)
    assert [(one.type, str(one.error)) for one in found.failures] == [("program", "stop here")]


def test_two_resources_with_one_urn_are_an_error() -> None:
    def program() -> None:
        Thing("a")
        Thing("a")

    (failure,) = recorded(program).failures
    assert isinstance(failure.error, DuplicateUrnError)
    assert str(failure.error) == (
        "duplicate resource, got a second urn:pulumi:stack::project::pulumi:pulumi:Stack$acme:index:Thing::a, "
        "fix: give one of them another name"
    )


DISABLED = {"pulumi:disable-default-providers": '["acme"]'}


def test_a_default_provider_that_is_disabled_is_an_error() -> None:
    found = recorded(lambda: Thing("a"), config=DISABLED)
    assert [type(one.error) for one in found.failures] == [DefaultProviderError]
    assert "must have an explicit acme provider" in str(found.failures[0].error)


def test_a_default_provider_of_another_package_is_none_of_its_business() -> None:
    assert recorded(lambda: Thing("a"), config={"pulumi:disable-default-providers": '["aws"]'}).failures == []


def test_an_explicit_provider_is_taken_where_the_default_one_is_disabled() -> None:
    found = recorded(lambda: Thing("a", pulumi.ResourceOptions(provider=Acme("mine"))), config=DISABLED)
    assert found.failures == []


def test_a_function_is_answered_by_the_responder() -> None:
    def program() -> None:
        pulumi.export("said", pulumi.runtime.invoke("acme:index:say", {"word": "hi"}).value["said"])

    assert recorded(program).exports == {"said": "hi!"}


def test_a_function_without_an_answer_is_one_failure() -> None:
    found = recorded(lambda: pulumi.runtime.invoke("acme:index:fail", {}))
    assert [(one.type, str(one.error)) for one in found.failures if one.type != "program"] == [
        ("acme:index:fail", "no answer")
    ]


def test_a_resource_that_is_read_has_its_id() -> None:
    class Read(pulumi.CustomResource):
        def __init__(self) -> None:
            super().__init__("acme:index:Thing", "there", {"out": None}, pulumi.ResourceOptions(id="i-1"))

    assert by_name(recorded(Read))["there"].read_id == "i-1"


def test_an_output_that_is_left_out_is_unknown_where_asked_so() -> None:
    class Silent(Echo):
        def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
            return "id", {}

    ran: list[str] = []

    def program() -> None:
        Thing("b", of=Thing("a").out.apply(lambda out: ran.append(out)))

    found = run(program, Silent(), missing_is_unknown=True)
    assert (by_name(found)["b"].inputs["of"], ran) == (UNKNOWN, [])


def test_transforms_run_from_the_resource_outward() -> None:
    def adding(word: str) -> Callable[[pulumi.ResourceTransformArgs], pulumi.ResourceTransformResult | None]:
        def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
            if args.type_ != "acme:index:Thing":
                return None
            props = {**args.props, "words": [*args.props.get("words", []), word]}
            return pulumi.ResourceTransformResult(props=props, opts=args.opts)

        return transform

    def program() -> None:
        pulumi.runtime.register_resource_transform(adding("stack"))
        group = Group("group", pulumi.ResourceOptions(transforms=[adding("parent")]))
        Thing("a", pulumi.ResourceOptions(parent=group, transforms=[adding("own")]))

    assert by_name(recorded(program))["a"].inputs["words"] == ["own", "parent", "stack"]


def test_an_asynchronous_transform_is_awaited() -> None:
    async def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        await asyncio.sleep(0)
        return pulumi.ResourceTransformResult(props={"size": 9}, opts=args.opts)

    found = recorded(lambda: Thing("a", pulumi.ResourceOptions(transforms=[transform]), size=1))
    assert by_name(found)["a"].inputs == {"size": 9}


def test_a_transform_that_changes_options_is_refused_rather_than_ignored() -> None:
    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult(props=args.props, opts=pulumi.ResourceOptions(protect=True))

    found = recorded(lambda: Thing("a", pulumi.ResourceOptions(transforms=[transform])))
    assert [type(one.error) for one in found.failures] == [UnsupportedTransformError]


def test_asynchronous_programs_run_to_their_end() -> None:
    async def program() -> None:
        await asyncio.sleep(0)
        Thing("late")

    assert set(by_name(recorded(program))) == {"late"}


def test_what_the_program_logs_is_kept() -> None:
    assert ("warning", "mind the step") in recorded(lambda: pulumi.warn("mind the step")).log


def test_nothing_of_a_run_is_left_for_the_next() -> None:
    recorded(lambda: (Thing("bad"), pulumi.export("x", 1)), config={"project:a": "1"})
    found = recorded(lambda: pulumi.export("a", pulumi.Config().get("a")))
    assert (found.resources, found.failures, found.exports) == ([], [], {})


def test_a_run_needs_no_main_thread() -> None:
    found: list[Recording] = []
    thread = threading.Thread(target=lambda: found.append(recorded(lambda: Thing("a"))))
    thread.start()
    thread.join()
    assert set(by_name(found[0])) == {"a"}


def test_a_run_leaves_the_callers_event_loop_alone() -> None:
    async def caller() -> Recording:
        return recorded(lambda: Thing("a"))

    assert set(by_name(asyncio.run(caller()))) == {"a"}


def test_a_program_that_exits_ends_its_run_only() -> None:
    (failure,) = recorded(lambda: sys.exit("enough")).failures
    assert isinstance(failure.error, SystemExit)


def test_many_resources_are_all_there() -> None:
    found = recorded(lambda: [Thing(f"thing-{index}", index=index) for index in range(800)])
    assert sorted(one.inputs["index"] for one in found.resources) == list(range(800))


def test_a_projects_program_runs_as_its_language_host_runs_it_each_time_anew(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("WORD = 'one'\n")
    (tmp_path / "__main__.py").write_text(
        "import pathlib, pulumi\nfrom helper import WORD\npulumi.export('said', [WORD, pathlib.Path.cwd().name])\n"
    )
    before = Path.cwd()
    assert run_path(tmp_path, Echo()).exports == {"said": ["one", tmp_path.name]}
    (tmp_path / "helper.py").write_text("WORD = 'another'\n")
    assert run_path(tmp_path, Echo()).exports == {"said": ["another", tmp_path.name]}
    assert Path.cwd() == before


@pytest.mark.parametrize("name", ["main.py", "__main__.py"])
def test_a_program_may_be_one_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("import pulumi\npulumi.export('x', 1)\n")
    assert run_path(tmp_path / name, Echo()).exports == {"x": 1}
