"""Regular intervals between a host's connections."""

from statistics import mean, pstdev


def regular_interval(events: list[dict[str, float]]) -> bool:
    """Returns whether connections follow each other like a clock."""
    times = sorted(event["time"] for event in events)
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    return len(gaps) > 5 and pstdev(gaps) < 0.05 * mean(gaps)
