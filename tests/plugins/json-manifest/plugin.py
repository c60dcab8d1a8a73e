"""Opens a ticket for a case."""

from typing import Any


class Plugin:
    """Turns a case into the body of a ticket."""

    def run(self, case: dict[str, Any]) -> dict[str, Any]:
        """Returns the ticket for a case."""
        return {"title": case["title"], "severity": case.get("severity", "medium"), "link": f"/cases/{case['id']}"}
