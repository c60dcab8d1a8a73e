"""Finds beacons in connection logs."""

from rules import ALL


class Plugin:
    """Runs every rule over a list of events."""

    def detect(self, events: list[dict[str, float]]) -> list[str]:
        """Returns the names of the rules that fire."""
        return [rule.__name__ for rule in ALL if rule(events)]
