"""Lets `python -m gpuplane.cli` run the command."""

from gpuplane.cli.main import main

main()
