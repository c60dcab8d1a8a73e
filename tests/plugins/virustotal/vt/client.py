"""The one call of VirusTotal's API that the plugin makes."""

import json
import urllib.parse
import urllib.request

API = "https://www.virustotal.com/api/v3"
FOLDERS = {"ip": "ip_addresses", "domain": "domains", "hash": "files"}


class Client:
    """Asks VirusTotal with one account's key."""

    def __init__(self, api_key: str, timeout: float = 10.0) -> None:
        self._api_key = api_key
        self._timeout = timeout

    def stats(self, kind: str, value: str) -> dict[str, int]:
        """Returns how many engines gave which verdict."""
        url = f"{API}/{FOLDERS[kind]}/{urllib.parse.quote(value, safe='')}"
        request = urllib.request.Request(url, headers={"x-apikey": self._api_key})
        with urllib.request.urlopen(request, timeout=self._timeout) as response:
            answer = json.load(response)
        return dict(answer["data"]["attributes"]["last_analysis_stats"])
