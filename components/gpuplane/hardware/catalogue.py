"""The catalogue of machine types and accelerators: the built-in ones, and those that a stack adds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gpuplane.hardware.built_in import built_in_accelerators, built_in_machines
from gpuplane.hardware.model import Accelerator, Machine, UnknownAcceleratorError, UnknownMachineError
from gpuplane.hardware.rules import accelerator_problems, machine_problems
from gpuplane.platforms import Platform


@dataclass(frozen=True)
class Catalogue:
    """Machine types and accelerators to look up: the built-in ones, and more of a user's own. Immutable.

    Attributes:
        own_accelerators: Accelerators beside the built-in ones.
        own_machines: Machine types beside the built-in ones.

    Example:
        >>> BUILT_IN.machine(Platform.GKE, "g2-standard-24").gpus
        Fraction(2, 1)
    """

    own_accelerators: tuple[Accelerator, ...] = ()
    own_machines: tuple[Machine, ...] = ()

    def extended(self, accelerators: Iterable[Accelerator] = (), machines: Iterable[Machine] = ()) -> "Catalogue":
        """Return a catalogue that has more accelerators and machine types.

        Raises:
            ValueError: A name is taken, or a value is impossible; the message has every problem.

        Example:
            >>> from decimal import Decimal
            >>> custom = Machine(Platform.GKE, "e2-custom-6-12288", vcpus=6, memory_gib=Decimal(12))
            >>> BUILT_IN.extended(machines=[custom]).machine(Platform.GKE, "e2-custom-6-12288").vcpus
            6
        """
        found, wrong = self, list[str]()
        for accelerator in accelerators:
            wrong += _lines(accelerator.name, found.accelerator_problems(accelerator))
            found = Catalogue((*found.own_accelerators, accelerator), found.own_machines)
        for machine in machines:
            wrong += _lines(machine.name, found.machine_problems(machine))
            found = Catalogue(found.own_accelerators, (*found.own_machines, machine))
        if wrong:
            raise ValueError("; ".join(wrong))
        return found

    def accelerator_problems(self, accelerator: Accelerator) -> Iterator[tuple[str, str]]:
        """Return why an accelerator cannot be added: the field, empty for its name, and a message each."""
        if accelerator.name in {known.name for known in self.accelerators()}:
            yield "", f"{accelerator.name!r} is in the catalogue already, fix: use that one, or another name"
        yield from accelerator_problems(accelerator)

    def machine_problems(self, machine: Machine) -> Iterator[tuple[str, str]]:
        """Return why a machine type cannot be added: the field, empty for its name, and a message each."""
        if machine.name in {known.name for known in self.machines(machine.platform)}:
            yield "", f"{machine.name!r} is in the catalogue already, fix: use that one, or another name"
        if machine.gpu:
            try:
                self.accelerator(machine.gpu.name)
            except UnknownAcceleratorError as error:
                yield "accelerator", str(error)
        yield from machine_problems(machine)

    def machine(self, platform: Platform, name: str) -> Machine:
        """Return the machine type of that name. It is looked up, never parsed.

        Raises:
            UnknownMachineError: There is none; the message has the nearest names.
        """
        found = built_in_machines(platform).get(name) or next(
            (known for known in self.own_machines if (known.platform, known.name) == (platform, name)), None
        )
        if found is None:
            raise UnknownMachineError(_unknown(f"{platform.value} machine type", name, self._akin(platform, name)))
        return found

    def machines(self, platform: Platform) -> tuple[Machine, ...]:
        """Return all machine types of a platform: the built-in ones in their order, then the added ones."""
        own = (known for known in self.own_machines if known.platform is platform)
        return (*built_in_machines(platform).values(), *own)

    def accelerator(self, name: str) -> Accelerator:
        """Return the accelerator of that name.

        Raises:
            UnknownAcceleratorError: There is none; the message has the nearest names.

        Example:
            >>> BUILT_IN.accelerator("nvidia-tesla-a100").mig_profiles["1g.5gb"]
            7
        """
        found = built_in_accelerators().get(name) or next(
            (known for known in self.own_accelerators if known.name == name), None
        )
        if found is None:
            raise UnknownAcceleratorError(_unknown("accelerator", name, [one.name for one in self.accelerators()]))
        return found

    def accelerators(self) -> tuple[Accelerator, ...]:
        """Return all accelerators: the built-in ones in their order, then the added ones."""
        return (*built_in_accelerators().values(), *self.own_accelerators)

    def _akin(self, platform: Platform, name: str) -> list[str]:
        """Return candidates for a misspelt name: its family, else similar spellings, else all families."""
        from gpuplane.arguments.errors import nearest  # as for `_unknown`

        names = [known.name for known in self.machines(platform)]
        family = [one for one in names if _family(one) == _family(name)]
        if family or nearest(name, names):
            return family or names
        return [f"{one}*" for one in dict.fromkeys(map(_family, names))]


BUILT_IN = Catalogue()
"""The catalogue of gpuplane's own data. Its files are read at the first look-up."""


def _family(name: str) -> str:
    """Return the beginning of a machine type's name, such as `g2-` or `t3.`."""
    return "".join(re.split(r"([.-])", name, maxsplit=1)[:2])


def _unknown(what: str, got: str, allowed: Sequence[str]) -> str:
    # Loaded on the way to an error only: it loads Pulumi, which takes half a second.
    from gpuplane.arguments.errors import unknown

    return unknown(what, got, allowed)


def _lines(name: str, problems: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{name}: {field}: {message}" if field else f"{name}: {message}" for field, message in problems]
