"""Runs the command as `python -m gpuplane.cli`."""

from gpuplane.cli.entry import main

main()
