"""Stack config: a base, a small overlay for each environment, and the checks of the two merged."""

from gpuplane.stackconfig.load import from_pulumi, load
from gpuplane.stackconfig.model import StackConfig

__all__ = ["StackConfig", "from_pulumi", "load"]
