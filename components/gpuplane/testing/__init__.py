"""Unit tests of Pulumi programs and components, without an engine.

`record` runs a program in this process and records what it registers: inputs as the provider would get them, and what
Pulumi's own mocks leave out, such as parent, provider, dependencies, `protect`, aliases and `ignoreChanges`.
"""

from gpuplane.testing.fake_providers import Answer, CallAnswer, FakeProviders
from gpuplane.testing.recorded import Recorded
from gpuplane.testing.running import RecordingError, record

__all__ = ["Answer", "CallAnswer", "FakeProviders", "Recorded", "RecordingError", "record"]
