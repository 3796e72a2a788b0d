"""One alert rule, as PrometheusRule and Rules both write it."""

from typing import Any

AlertRule = dict[str, Any]


def alert_rule(alert: str, expression: str, duration: str, severity: str, summary: str, runbooks: str) -> AlertRule:
    """Return a rule with the link to its runbook.

    Args:
        alert: Name of the alert, which is also the heading of its runbook.
        expression: PromQL that returns something while the alert is due.
        duration: Time before it fires, such as `10m`.
        severity: `critical`, `warning` or `info`.
        summary: One line for whoever is on call.
        runbooks: URL of the runbooks.

    Example:
        >>> rule = alert_rule("GpuIdle", "up == 0", "1h", "info", "a GPU is idle", "docs/operations.md")
        >>> rule["annotations"]["runbook_url"]
        'docs/operations.md#gpuidle'
    """
    return {
        "alert": alert,
        "expr": expression,
        "for": duration,
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "runbook_url": f"{runbooks}#{alert.lower()}"},
    }
