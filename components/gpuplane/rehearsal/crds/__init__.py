"""The definitions of custom kinds that a program uses: the projects' own, or placeholders that accept everything."""

from gpuplane.rehearsal.crds.installation import install

__all__ = ["install"]
