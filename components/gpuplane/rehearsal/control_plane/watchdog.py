"""Stops a control plane when the process that started it is gone, however that ended.

Runs as a process of its own, `python -m gpuplane.rehearsal.control_plane.watchdog FOLDER`, and reads its standard
input. If that ends without the word `keep`, the processes of the control plane are killed and its folder is removed.
"""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

KEEP = "keep"
GONE_TIMEOUT_SECONDS = 10


def processes(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Yield the live processes of the control plane in that folder, by component.

    Process ids are reused, so a process counts only if it was started for this folder.
    """
    for pid_file in sorted(folder.glob("clusters/*/pids/*.pid")):
        with contextlib.suppress(psutil.Error, ValueError, OSError):
            process = psutil.Process(int(pid_file.read_text(encoding="utf-8")))
            is_ours = any(str(folder) in argument for argument in process.cmdline())
            if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                yield pid_file.stem, process


def end(folder: Path) -> None:
    """Kill the control plane in that folder and remove the folder."""
    for _ in range(2):  # the second round finds processes that were being started during the first
        running = [process for _, process in processes(folder)]
        for process in running:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(running, timeout=GONE_TIMEOUT_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Wait for the end of the standard input, then stop the control plane or leave it."""
    folder = Path(sys.argv[1])
    if sys.stdin.read().strip() != KEEP:
        end(folder)


if __name__ == "__main__":
    main()
