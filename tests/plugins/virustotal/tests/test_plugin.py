"""Tests of the enricher, without a network. They lie below the plugin's folder, so the signature covers them too."""

import unittest

from plugin import Plugin


class FakeClient:
    """Answers as VirusTotal would."""

    def stats(self, kind: str, value: str) -> dict[str, int]:
        return {"malicious": 5, "harmless": 60}


class Enriching(unittest.TestCase):
    def test_a_bad_address(self) -> None:
        plugin = Plugin()
        plugin.configure({"api_key": "none"})
        plugin._client = FakeClient()
        self.assertEqual(plugin.enrich("ip", "203.0.113.7")["verdict"], "malicious")


if __name__ == "__main__":
    unittest.main()
