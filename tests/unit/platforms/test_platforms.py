"""The tables of the platforms hold together, and each fact that was looked up says where."""

import dataclasses

import pytest

from gpuplane.platforms import Platform, PlatformFacts, all_facts, default_gateway_class, facts, gateway_class


@pytest.mark.parametrize("platform", Platform)
def test_each_platform_has_a_table(platform: Platform) -> None:
    assert facts(platform).title


@pytest.mark.parametrize("platform", Platform)
def test_sources_are_addresses_of_columns(platform: Platform) -> None:
    columns = {column.name for column in dataclasses.fields(PlatformFacts)}
    sources = facts(platform).sources
    assert set(sources) <= columns
    assert all(source.startswith("https://") for found in sources.values() for source in found)


@pytest.mark.parametrize("platform", Platform)
def test_default_gateway_classes_are_in_the_table(platform: Platform) -> None:
    table = facts(platform)
    names = {"", *(found.name for found in table.gateway_classes)}
    assert {table.default_gateway_class, table.default_internal_gateway_class} <= names


@pytest.mark.parametrize("platform", Platform)
def test_annotations_that_are_set_are_recognized(platform: Platform) -> None:
    balancer = facts(platform).load_balancer
    assert {key: value.lower() for key, value in balancer.internal_annotations.items()}.items() >= {
        key: value for key, value in balancer.recognized_internal.items() if key in balancer.internal_annotations
    }.items()
    assert {balancer.certificate_annotation} <= {"", *balancer.recognized_tls}


@pytest.mark.parametrize("platform", Platform)
def test_at_most_one_storage_class_is_the_default(platform: Platform) -> None:
    assert sum(found.is_default for found in facts(platform).storage_classes) <= 1


def test_a_gateway_class_belongs_to_one_platform() -> None:
    names = [found.name for table in all_facts().values() for found in table.gateway_classes]
    assert len(names) == len(set(names))


def test_a_kubeconfig_cluster_has_no_default_gateway_class() -> None:
    assert default_gateway_class(Platform.KUBECONFIG, internal=False) is None


def test_an_unknown_gateway_class_is_portable() -> None:
    assert gateway_class("eg").policies == "portable"
