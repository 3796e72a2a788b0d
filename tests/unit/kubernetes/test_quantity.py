from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpuplane.kubernetes import quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", Decimal("0.5")),
        ("4", Decimal(4)),
        ("8Gi", 8 * quantity.GIB),
        ("1.5Gi", quantity.GIB * 3 / 2),
        ("100M", Decimal(100_000_000)),
        ("1e3", Decimal(1000)),
        (".5", Decimal("0.5")),
        (8, Decimal(8)),
    ],
)
def test_a_quantity_has_an_exact_value(text: str | int, value: Decimal):
    assert quantity.parse(text) == value


@pytest.mark.parametrize("text", ["", "8GB", "four", "1 Gi", "0x10", "1e", "Gi"])
def test_what_is_no_quantity_is_refused_with_what_is(text: str):
    with pytest.raises(ValueError, match="not a quantity, got .*, allowed: a number with"):
        quantity.parse(text)


@given(st.integers(min_value=0, max_value=10**6))
def test_memory_is_written_without_loss_from_a_kibibyte_up(kib: int):
    assert quantity.parse(quantity.memory(Decimal(kib * 1024))) == kib * 1024


@given(st.integers(min_value=0, max_value=10**6))
def test_cpu_is_written_without_loss_from_a_millicore_up(millicores: int):
    assert quantity.parse(quantity.cpu(Decimal(millicores) / 1000)) == Decimal(millicores) / 1000
