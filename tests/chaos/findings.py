"""What a comparison finds."""

import msgspec


class Findings(msgspec.Struct):
    """What is wrong, each in a sentence; all empty is what the promise says."""

    lost: list[str] = []
    doubled: list[str] = []
    disordered: list[str] = []
    stuck: list[str] = []
    differing: list[str] = []
    """Runs that today's engine decides otherwise."""
    errors: list[str] = []
    """Lines at error in the services' logs."""

    def all(self) -> list[str]:
        """Every sentence, with its kind before it."""
        kinds = self.__struct_fields__
        return [f"{kind}: {sentence}" for kind in kinds for sentence in getattr(self, kind)]
