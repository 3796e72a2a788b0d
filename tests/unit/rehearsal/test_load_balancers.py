"""Which Services get an address, and which one."""

from typing import Any

from gpuplane.rehearsal.controllers.load_balancers import services_without_address


def service(kind: str, address: str = "") -> dict[str, Any]:
    ingress = [{"ip": address}] if address else []
    return {"spec": {"type": kind}, "status": {"loadBalancer": {"ingress": ingress}}}


def addresses(*services: dict[str, Any]) -> list[str]:
    return [status["status"]["loadBalancer"]["ingress"][0]["ip"] for _, status in services_without_address(services)]


def test_only_load_balancers_that_have_none_get_an_address() -> None:
    assert addresses(service("ClusterIP"), service("NodePort"), service("LoadBalancer", "203.0.113.9")) == []


def test_every_address_is_given_once() -> None:
    asked = [service("LoadBalancer"), service("LoadBalancer", "203.0.113.1"), service("LoadBalancer")]
    assert addresses(*asked) == ["203.0.113.2", "203.0.113.3"]
