"""The kinds that a program uses beyond Kubernetes' own: their real definitions, or open stand-ins that say so."""

from gpuplane.rehearsal.crds.installation import install

__all__ = ["install"]
