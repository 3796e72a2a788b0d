"""Policy rules, as pure functions over the resources of a stack."""

from gpuplane.policy.args import PolicyConfig
from gpuplane.policy.model import Environment, Finding, Rule, Severity
from gpuplane.policy.review import Review, review
from gpuplane.policy.rules import RULES
from gpuplane.policy.subjects.subject import Subject, subjects

__all__ = [
    "RULES",
    "Environment",
    "Finding",
    "PolicyConfig",
    "Review",
    "Rule",
    "Severity",
    "Subject",
    "review",
    "subjects",
]
