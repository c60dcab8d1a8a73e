"""Antwortet auf Größenwahn."""


class Plugin:
    """Prüft und antwortet."""

    def respond(self, größe: float) -> str:
        """Gibt die Antwort zu einer Größe zurück."""
        return "zu groß 😀" if größe > 1.5 else "in Ordnung"
