"""`python -m inference_server`: serves until it is terminated, then answers its remaining requests."""

import logging
import os
import sys
from types import FrameType

import uvicorn

from inference_server.app import Server, State
from inference_server.logs import LOG, to_stdout
from inference_server.model import load
from inference_server.settings import Settings, SettingsError

# Longer than a load balancer keeps an idle connection, so that it never sends into a closed one: Google's keep theirs
# for 600 s. Source: https://cloud.google.com/load-balancing/docs/https
KEEP_ALIVE_SECONDS = 620


class DrainingServer(uvicorn.Server):
    """A uvicorn server that drains the model server before it shuts down."""

    def __init__(self, config: uvicorn.Config, server: Server) -> None:
        super().__init__(config)
        self._server = server

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle SIGTERM or SIGINT."""
        self._server.drain()
        super().handle_exit(sig, frame)


def main() -> int:
    """Run the server; the exit status is 0 after a drain, 1 without a usable model, 2 with invalid settings."""
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
