"""Lets `python -m gpuplane.cli` run the command."""

from gpuplane.cli.entry import main

main()
