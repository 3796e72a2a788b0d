"""docs/policies.md: every rule is in it as it is, and what its lists name is there."""

import os
import re

from gpuplane.policy import RULES, Environment
from projects import ROOT

FILE = ROOT / "docs" / "policies.md"
PAGE = FILE.read_text()
START, END = "keeps it -->\n", "<!-- end of rules -->"
TESTS = ROOT / "tests" / "unit"


def rules_table() -> str:
    head = "| rule | dev | staging | prod | why | fix |\n| --- | --- | --- | --- | --- | --- |\n"
    return head + "".join(
        "| "
        + " | ".join([f"`{rule.id}`", *(rule.levels[each].value for each in Environment), rule.reason, rule.fix])
        + " |\n"
        for rule in RULES
    )


def lines_of_the_guides() -> list[str]:
    lists = PAGE.partition("## What the guides ask")[2]
    return [
        line for line in lists.splitlines() if line.startswith("| ") and "held by" not in line and "---" not in line
    ]


def test_the_table_of_rules_is_what_the_rules_say() -> None:
    """GPUPLANE_REGENERATE=1 writes the table, never on CI."""
    before, _, rest = PAGE.partition(START)
    shown, _, after = rest.partition(END)
    if os.environ.get("GPUPLANE_REGENERATE") and not os.environ.get("CI"):
        FILE.write_text(f"{before}{START}{rules_table()}{END}{after}")
        return
    assert shown == rules_table(), "GPUPLANE_REGENERATE=1 writes it"


def test_every_line_of_the_guides_is_held_by_something() -> None:
    assert len(lines_of_the_guides()) == 10 + 11 + 8 + 14
    assert [line for line in lines_of_the_guides() if not re.search(r"(rule|test) `", line)] == []


def test_every_rule_that_a_line_names_is_one() -> None:
    named = {name for line in lines_of_the_guides() for name in re.findall(r"rule `([^`]+)`", line)}
    assert named
    assert named - {rule.id for rule in RULES} == set()


def test_every_test_that_a_line_names_is_one() -> None:
    named = [(file, name) for line in lines_of_the_guides() for file, name in re.findall(r"test `(\S+)::(\w+)`", line)]
    assert named
    assert [one for one in named if f"def {one[1]}(" not in next(TESTS.rglob(one[0])).read_text()] == []
