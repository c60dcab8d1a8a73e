"""Cuts a host off from the network."""


class Plugin:
    """Sends the host to a network of its own."""

    def respond(self, host: str) -> dict[str, str]:
        """Returns the order for the switch."""
        return {"host": host, "vlan": "quarantine"}
