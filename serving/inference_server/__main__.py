"""`python -m inference_server`: serves until it is told to end, and then what has come."""

import logging
import os
import sys
from types import FrameType

import uvicorn

from inference_server.app import Server, State
from inference_server.logs import LOG, to_stdout
from inference_server.model import load
from inference_server.settings import Settings, SettingsError

# Longer than a load balancer keeps an idle connection, so that it never sends into one that is just closed: Google's
# keep theirs for 600 s. Source: https://cloud.google.com/load-balancing/docs/https
KEEP_ALIVE_SECONDS = 620


class DrainingServer(uvicorn.Server):
    """Tells the model server first when it has to end; uvicorn then answers what has come before it returns."""

    def __init__(self, config: uvicorn.Config, server: Server) -> None:
        super().__init__(config)
        self._server = server

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT has come."""
        self._server.drain()
        super().handle_exit(sig, frame)


def main() -> int:
    """Exit status: 0 after a drain, 1 when the model cannot be served, 2 when it was told nonsense."""
    to_stdout("INFO")
    try:
        settings = Settings.of(os.environ)
    except SettingsError as error:
        for line in str(error).splitlines():
            LOG.error(line)
        return 2
    logging.getLogger().setLevel(settings.log_level)

    def stop() -> None:
        http.should_exit = True

    server = Server(settings, load, stop)
    config = uvicorn.Config(
        server.app(),
        host="0.0.0.0",
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    http = DrainingServer(config, server)
    http.run()
    return 1 if server.state is State.FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
