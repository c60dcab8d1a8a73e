"""A stranger's folder in the real window: its texts are shown, and do nothing."""

import json

from . import journeys
from .browser import Window
from .journeys import INSTALL, KEY_ID

# What each text would do where it was taken for more than text.
RUNS = "window.hacked=1"
NAME = f'<img src=x onerror="{RUNS}">\u202egnp.exe\u202c'
DESCRIPTION = f"</script><script>{RUNS}</script> \u200b\u2066<svg onload={RUNS}>\u2069"
AUTHOR = f"[me](javascript:{RUNS}) <a href=javascript:{RUNS}>me</a> @everyone"
TAG = f"{{@html '<img src=x onerror={RUNS}>'}}"
LONG = f"<style>*{{display:none}}</style> <iframe srcdoc='<script>parent.{RUNS}</script>'> ".ljust(1_000_000, "x")

MANIFEST = {
    "id": "community-zoe-lookup",
    "name": NAME,
    "version": "1.0.0",
    "plugin_type": "enricher",
    "description": DESCRIPTION,
    "author": AUTHOR,
    "license": "\ud800 alone",
    "homepage": f"javascript:{RUNS}",
    "tags": [TAG, "\x07\x1b[31m"],
    LONG: "a name",
    "long": [LONG],
}

# Counts what only a text that was taken for markup would have brought in.
BROUGHT_IN = """return [
  window.hacked,
  document.querySelectorAll('img, iframe, object, embed, [onerror], [onload], [href^="javascript:"]').length,
  document.body.querySelectorAll('script, style, base, meta, form').length,
];"""
HIDDEN = "\u202e\u202c\u200b\u2066\u2069\x07\x1b\ud800"


class OfAStranger(journeys.Journey):
    """A plugin whose manifest tries everything that its texts could reach."""

    def inert(self, window: Window) -> None:
        """Checks that nothing of the manifest is more than visible text."""
        self.assertEqual(window.script(BROUGHT_IN), [None, 0, 0])
        text = window.text()
        self.assertEqual([hex(ord(c)) for c in HIDDEN if c in text], [])
        self.assertLess(len(text), 100_000, "a long text is cut")

    def test_its_texts_do_nothing_and_go_nowhere(self) -> None:
        manifest = self.plugin / "plugin.yaml"
        manifest.unlink()
        # ASCII, with escapes: a lone surrogate has no other form.
        (self.plugin / "aisoc-plugin.json").write_text(json.dumps(MANIFEST), encoding="ascii")
        entry = self.out / "entry.json"
        with Window(self.desktop, journeys.APP, str(self.plugin)) as window:
            window.heading("Check what will be signed")
            window.says("onerror=")
            self.inert(window)
            self.picture(window, "7-stranger")
            window.press("Publisher key")
            window.type("key-id", KEY_ID)
            window.press("Make publisher key")
            window.press("Later")
            window.press("Continue to the plugin")
            window.press("Continue to signing")
            self.inert(window)
            window.press("Sign 5 files")
            window.heading("Signed. Operators will see “verified”")
            self.inert(window)
            window.press("Prepare marketplace entry")
            self.just_the_entry(window)
            window.heading("Complete the marketplace entry")
            window.type("entry-install", INSTALL)
            window.says("U+202E")
            self.inert(window)
            self.picture(window, "7-stranger-entry")
            window.press("Save entry…")
            window.says("to put right first")
            self.inert(window)
            window.press("Hand over")
            window.heading("Hand your public key to operators")
            self.inert(window)
            window.press(f"Save {KEY_ID}.pem…")
            self.desktop.answer_dialog(f"Open the folder where {KEY_ID}.pem is to be saved", self.out)
            window.says("Public key and instructions saved", anywhere=True)
            self.inert(window)
        self.assertFalse(entry.exists())
        # It is signed as it is, and AiSOC's loader takes it.
        verdict = self.verdict()
        self.assertEqual((verdict["loads"], verdict["signature_status"]), (True, "verified"), verdict)
