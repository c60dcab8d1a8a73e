"""A plugin's way into a clone of AiSOC's repository, in the real window, with the commands run by the real Git."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import journeys
from .browser import Window
from .desktop import wait_for
from .journeys import KEY_ID, TESTS

ID = "myorg.virustotal"
FOLDER = Path("plugins/community") / ID
COPIES = ["marketplace/index.json", "apps/web/public/marketplace/index.json", "services/api/app/data/marketplace/index.json"]
FILES = ["README.md", "plugin.py", "plugin.sig", "plugin.yaml", "tests/test_plugin.py", "vt/__init__.py", "vt/cache.py", "vt/client.py"]
OTHER = "id: core-lookup\nname: Lookup\nversion: 1.0.0\nplugin_type: enricher\n"

# The lines of the box with the commands.
COMMANDS = """const box = document.querySelector('[aria-label="The commands, line by line"]');
return [...box.children].map((line) => line.textContent.trim().replace(/ &&$/, ''));"""


class IntoAClone(journeys.Journey):
    """AiSOC's own repository, played by the small one of `tests/checkout`."""

    def setUp(self) -> None:
        super().setUp()
        self.clone = self.desktop.folder("home/code/AiSOC")
        # The script of the clone is run by the first Python of the PATH, which needs PyYAML.
        path = os.pathsep.join([str(Path(sys.executable).parent), self.desktop.environment["PATH"]])
        who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"]
        self.desktop.environment |= {"PATH": path} | {name: "nobody@example.org" for name in who}
        for folder in ("scripts", "plugins/core-lookup", "plugins/community"):
            (self.clone / folder).mkdir(parents=True)
        shutil.copy(TESTS / "checkout/build_marketplace.py", self.clone / "scripts")
        (self.clone / "scripts/variant.py").write_text("WORDS = ['three-copies', 'sha256']\n")
        (self.clone / "plugins/core-lookup/plugin.yaml").write_text(OTHER)
        (self.clone / "plugins/community/README.md").write_text("Community plugins\n")
        (self.clone / ".gitignore").write_text("__pycache__/\n")
        self.desktop.run("python3", "-B", "scripts/build_marketplace.py", cwd=self.clone)
        for step in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "--message=all"]):
            self.git(*step)

    def git(self, *arguments: str) -> str:
        """Runs Git in the clone."""
        return self.desktop.run("git", *arguments, cwd=self.clone).stdout

    def items(self) -> list[dict]:
        """Reads the index's items, and checks that its copies are the same bytes."""
        first, *others = ((self.clone / copy).read_bytes() for copy in COPIES)
        self.assertEqual([copy == first for copy in others], [True, True])
        return json.loads(first)["items"]

    def check_clone(self, version: str) -> None:
        """Checks that the clone has exactly the plugin, and its index exactly one item of it."""
        target = self.clone / FOLDER
        found = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
        self.assertEqual(found, FILES)
        for name in FILES:
            self.assertEqual((target / name).read_bytes(), (self.plugin / name).read_bytes(), name)
        ours, others = ([item for item in self.items() if (item["id"] == ID) is mine] for mine in (True, False))
        self.assertEqual([item["id"] for item in others], ["core-lookup"])
        [item] = ours
        expected = {"version": version, "path": f"{FOLDER}/plugin.yaml", "source": "community", "tier": "community"}
        self.assertEqual({name: item[name] for name in expected}, expected)

    def commit(self, window: Window, title: str, changed: list[str]) -> None:
        """Runs the commands that the window shows, and judges a fresh clone of the commit by the Python reference."""
        *commands, last = window.script(COMMANDS)
        self.assertEqual(last, f"aisoc-publisher verify --committed {FOLDER}")
        # What an author may have set changes no byte of it.
        self.git("config", "--global", "core.autocrlf", "true")
        for command in commands:
            self.desktop.run("sh", "-c", command, cwd=self.clone)
        self.git("config", "--global", "--unset", "core.autocrlf")
        self.assertEqual(self.git("log", "-1", "--format=%s").strip(), title)
        self.assertEqual(self.git("diff", "--name-only", "HEAD~", "HEAD").split(), sorted(changed))
        self.assertEqual(self.git("status", "--porcelain"), "")
        fresh = self.desktop.root / f"fresh-{len(changed)}"
        self.desktop.run("git", "clone", "--quiet", self.clone, fresh)
        verdict = self.verdict(plugin=fresh / FOLDER)
        self.assertEqual((verdict["loads"], verdict["signature_status"], verdict["key_id"]), (True, "verified", KEY_ID))

    def hand_over(self, window: Window) -> None:
        """Saves the public key, and comes back to what is ready still."""
        window.press("Continue to hand over")
        self.save_key(window)
        window.press("Marketplace entry")
        window.heading("Ready to commit: the index lists your plugin")

    def choose(self, window: Window, folder: Path) -> None:
        """Answers the question where the clone is."""
        window.press("Choose your clone…")
        self.desktop.answer_dialog("Choose your clone of AiSOC.*s repository", folder)

    def go_to_the_clone(self, window: Window) -> None:
        """Sends the entry of a plugin into the clone that went elsewhere the last time."""
        window.heading("Check what will be signed")
        window.press("Marketplace entry")
        window.press("Change…")
        window.click("//label[contains(., 'own repository')]")
        self.choose(window, self.clone)

    def copy_and_list(self, window: Window, files: str) -> None:
        """Copies and runs the script, each after it was looked at."""
        before = self.git("status", "--porcelain")
        window.heading(f"Copy {files} into your clone of AiSOC")
        window.says("A fresh clone of the commit will verify")
        self.assertEqual(self.git("status", "--porcelain"), before, "nothing is written before it was shown")
        window.press(f"Copy {files} into the clone")
        window.heading("The plugin is in the clone. Now its index")
        window.says("Running this executes code of the clone")
        window.says("scripts/build_marketplace.py")
        self.assertEqual(self.git("diff", "--name-only", "--", *COPIES), "", "nothing is run before it was shown")
        self.picture(window, f"4-clone-script-{files[0]}")
        window.press("Run this script")
        window.heading("Ready to commit: the index lists your plugin")
        self.picture(window, f"4-clone-ready-{files[0]}")

    def test_a_plugin_goes_into_a_clone_and_the_next_release_too(self) -> None:
        with Window(self.desktop, journeys.APP, str(self.plugin)) as window:
            self.sign_with_a_new_key(window)
            window.heading("Where does the entry go?")
            window.click("//label[contains(., 'own repository')]")
            self.choose(window, self.plugin)
            window.says("is not an AiSOC clone")
            self.choose(window, self.clone)
            self.copy_and_list(window, "8 files")
            self.check_clone("1.0.0")
            title = f"feat(plugins): add {ID} 1.0.0"
            window.says(title)
            window.press("Save all of it…")
            kits = self.desktop.folder("home/kits")
            branch = f"plugin/{ID}-1.0.0"
            folder = branch.replace("/", "-")
            self.desktop.answer_dialog(f"Open the folder in which {folder} is to be made", kits)
            window.says("with a patch for clones that do not have the change yet")
            kit = kits / folder
            self.assertEqual((kit / "title.txt").read_text(), f"{title}\n")
            base = self.git("rev-parse", "HEAD").strip()
            self.hand_over(window)
            self.commit(window, title, [f"{FOLDER}/{name}" for name in FILES] + COPIES)
        # The saved patch makes the same tree, without this window.
        other = self.desktop.root / "other"
        self.desktop.run("git", "clone", "--quiet", self.clone, other)
        self.desktop.run("git", "checkout", "--quiet", base, cwd=other)
        self.desktop.run("git", "apply", "--index", "--whitespace=nowarn", kit / "change.patch", cwd=other)
        tree = self.desktop.run("git", "write-tree", cwd=other).stdout
        self.assertEqual(tree, self.git("rev-parse", "HEAD^{tree}"))

        # It was merged, and a new version is there.
        for step in (["switch", "--quiet", "main"], ["merge", "--quiet", branch]):
            self.git(*step)
        manifest = self.plugin / "plugin.yaml"
        manifest.write_text(manifest.read_text().replace('"1.0.0"', '"1.1.0"'))
        window = self.open()
        window.press("VirusTotal Enricher")
        window.press("Continue to signing")
        window.press("Sign 5 files")
        window.press("Prepare marketplace entry")
        window.says("as the last time")
        self.copy_and_list(window, "2 files")
        self.check_clone("1.1.0")
        changed = [f"{FOLDER}/plugin.sig", f"{FOLDER}/plugin.yaml", *COPIES]
        self.commit(window, f"feat(plugins): update {ID} 1.1.0", changed)

    def test_what_a_fresh_clone_would_refuse_is_mended_before_it_is_copied(self) -> None:
        (self.clone / ".gitattributes").write_text("*.py text eol=crlf\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=attributes")
        self.first_release()
        window = self.open(str(self.plugin))
        self.go_to_the_clone(window)
        window.heading("Copied like this, the plugin would not verify")
        window.says("CRLF in a fresh clone")
        self.picture(window, "4-clone-refused")
        self.assertFalse((self.clone / FOLDER).exists())
        window.press("Add a line to .gitattributes…")
        window.says("is not there yet and would be made")
        self.picture(window, "4-clone-mend")
        self.assertFalse((self.plugin / ".gitattributes").exists())
        window.press("Make .gitattributes")
        window.says(".gitattributes was changed as you saw")
        window.press("Take .gitattributes along")
        self.copy_and_list(window, "9 files")
        self.hand_over(window)
        files = [".gitattributes", *FILES]
        self.commit(window, f"feat(plugins): add {ID} 1.0.0", [f"{FOLDER}/{name}" for name in files] + COPIES)

    def test_the_script_ends_with_the_window(self) -> None:
        (self.clone / "scripts/variant.py").write_text("WORDS = ['three-copies', 'hang']\n")
        self.git("commit", "--quiet", "--all", "--message=hang")
        self.first_release()
        window = self.open(str(self.plugin))
        self.go_to_the_clone(window)
        window.press("Copy 8 files into the clone")
        window.heading("The plugin is in the clone. Now its index")
        window.press("Run this script")
        window.says("Running the clone")
        running = wait_for(self.scripts, "the script")
        # As a window manager's close button.
        self.desktop.close_window(self.desktop.window_id("AiSOC Publisher"))
        wait_for(lambda: not self.scripts(), f"the end of {running}", 8)

    def scripts(self) -> list[str]:
        """Finds the clone's script among the processes."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                runs_here = (process / "cwd").resolve() == self.clone
                if runs_here and b"build_marketplace.py" in (process / "cmdline").read_bytes():
                    found.append(process.name)
            except OSError:
                continue
        return found
