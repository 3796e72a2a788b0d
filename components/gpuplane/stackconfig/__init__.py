"""Stack config: one base, one small overlay an environment, checked as a whole."""

from gpuplane.stackconfig.load import from_pulumi, load
from gpuplane.stackconfig.model import StackConfig

__all__ = ["StackConfig", "from_pulumi", "load"]
