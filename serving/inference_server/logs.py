"""Logs as JSON, an object a line."""

import json
import logging
import sys
from datetime import UTC, datetime

LOG = logging.getLogger("inference_server")


class JsonFormatter(logging.Formatter):
    """A record as an object: time, level, message, what it was given as `extra={"fields": ...}`, and an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line."""
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
    """Sends all logs there, uvicorn's among them."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
