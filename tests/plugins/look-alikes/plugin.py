"""Writes a report."""

from pathlib import Path


class Plugin:
    """Fills a template."""

    def run(self, title: str) -> str:
        """Returns the report."""
        template = Path(__file__).parent / "templates" / "report.py.txt"
        return template.read_text(encoding="utf-8").replace("{title}", title)
