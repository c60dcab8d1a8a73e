"""Domains that only one host asks for."""


def rare_domain(events: list[dict[str, float]]) -> bool:
    """Returns whether the events look up something that nobody else does."""
    return any(event.get("askers") == 1 for event in events)
