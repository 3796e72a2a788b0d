"""Logs as JSON, one object per line."""

import json
import logging
import sys
from datetime import UTC, datetime

LOG = logging.getLogger("inference_server")


class JsonFormatter(logging.Formatter):
    """Formatter of records as objects: time, level, message, the keys of `extra={"fields": ...}`, and the error."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record in one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def to_stdout(level: str) -> None:
    """Send all logs to stdout, uvicorn's included."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
