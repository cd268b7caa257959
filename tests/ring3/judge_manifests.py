"""What the release fills in with its sums: the formula before Ruby's own parser, the manifest before a schema, and `install.sh`."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import gate
import judge_install
import jsonschema
from release import HERE, archives, facts, make, sums, succeeds, tool

ADDRESS = re.escape(f"{facts.RELEASES}/v{facts.VERSION}/")
# What Scoop's wiki says of the fields that we use; no others.
SCOOP = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "description", "homepage", "license", "architecture", "bin", "checkver", "autoupdate"],
    "properties": {
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "description": {"type": "string", "maxLength": 80},
        "homepage": {"type": "string", "pattern": "^https://"},
        "license": {"type": "string", "pattern": r"^[\w.-]+(\|[\w.-]+)*$"},
        "architecture": {
            "type": "object",
            "additionalProperties": False,
            "required": ["64bit"],
            "properties": {
                "64bit": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["url", "hash"],
                    "properties": {"url": {"type": "string", "pattern": f"^{ADDRESS}"}, "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
                }
            },
        },
        "bin": {"type": "string", "pattern": r"\.exe$"},
        "checkver": {"type": "object", "additionalProperties": False, "required": ["github"], "properties": {"github": {"type": "string"}}},
        "autoupdate": {
            "type": "object",
            "additionalProperties": False,
            "required": ["architecture", "hash"],
            "properties": {
                "architecture": {"const": {"64bit": {"url": f"{facts.RELEASES}/v$version/{facts.archive_name('windows-x64')}"}}},
                "hash": {"const": {"url": "$baseurl/SHA256SUMS"}},
            },
        },
    },
}


def read_formula(path):
    """The errors in a formula, and its calls below the names of their blocks."""
    command = (gate.NODE, "--no-warnings", gate.FOLDER / "formula.mjs", path)
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)


class Manifests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        # Digests that differ; another file of the release has a digest, too.
        cls.digests = {name: f"{number:x}" * 64 for number, name in enumerate(facts.PLATFORMS, 1)}
        lines = [f"{digest}  {facts.archive_name(name)}\n" for name, digest in cls.digests.items()]
        (cls.folder / "SHA256SUMS").write_text("".join([*lines, f"{'f' * 64}  codearts-gate.cdx.json\n"]))
        make("make_manifests.py", cls.folder, cls.folder / "SHA256SUMS")

    def address(self, name):
        return f"{facts.RELEASES}/v{facts.VERSION}/{facts.archive_name(name)}"

    def test_the_formula_has_every_unix_platform(self):
        read = read_formula(self.folder / "codearts-gate.rb")
        self.assertEqual(read["errors"], [])
        blocks = {"Linux": "on_linux", "Darwin": "on_macos"}
        for name, about in facts.PLATFORMS.items():
            if about.system in blocks:
                place = [blocks[about.system], "on_arm" if about.node_processor == "arm64" else "on_intel"]
                self.assertEqual([call[2:] for call in read["calls"] if call[:2] == place], [["url", self.address(name)], ["sha256", self.digests[name]]])
        top = dict(call for call in read["calls"] if len(call) == 2)
        self.assertEqual((top["version"], top["homepage"]), (facts.VERSION, facts.REPOSITORY))
        # Homebrew's rules for a description.
        self.assertRegex(top["desc"], r"^(?!An? |The |Codearts)[A-Z].{10,70}[^.]$")
        text = (self.folder / "codearts-gate.rb").read_text()
        self.assertTrue(text.startswith("# ") and "\nclass CodeartsGate < Formula\n" in text)
        self.assertIn('license any_of: ["MIT", "Apache-2.0"]', text)
        # The commands that it runs exist.
        for arguments in (("completions", "bash"), ("completions", "zsh"), ("completions", "fish"), ("man",)):
            self.assertGreater(len(succeeds(gate.BINARY, *arguments)), 1000)

    def test_the_parser_is_awake(self):
        broken = self.folder / "broken.rb"
        broken.write_text((self.folder / "codearts-gate.rb").read_text().replace("on_arm do", "on_arm {", 1))
        self.assertNotEqual(read_formula(broken)["errors"], [])

    def test_the_manifest_has_the_documented_form(self):
        manifest = json.loads((self.folder / "codearts-gate.json").read_text())
        jsonschema.validate(manifest, SCOOP)
        windows = manifest["architecture"]["64bit"]
        self.assertEqual((windows["url"], windows["hash"]), (self.address("windows-x64"), self.digests["windows-x64"]))
        self.assertEqual(manifest["bin"], facts.executable("windows-x64"))
        self.assertEqual(manifest["version"], facts.VERSION)

    def test_sums_that_lack_an_archive_are_refused(self):
        short = self.folder / "SHORT"
        short.write_text((self.folder / "SHA256SUMS").read_text().partition("\n")[2])
        with self.assertRaisesRegex(AssertionError, f"does not name {facts.archive_name(next(iter(facts.PLATFORMS)))}"):
            make("make_manifests.py", self.folder / "x", short)

    def test_the_script_of_a_release_believes_its_own_sums_only(self):
        with judge_install.release(*facts.PLATFORMS) as (folder, place, server):
            make("make_manifests.py", folder / "made", place / "SHA256SUMS")
            script = folder / "made/install.sh"
            succeeds(tool("shellcheck"), script)
            path = judge_install.machine(folder, "curl")
            ended = judge_install.install(folder, path, server.origin, script=script)
            # This place has no such version.
            self.assertIn(f"cannot download {server.origin}/v{facts.VERSION}/", ended.stderr)
            url = f"{server.origin}/releases/download"
            server.asked.clear()
            for shell in judge_install.SHELLS:
                ended = judge_install.install(folder, path, url, shell=shell, script=script)
                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.assertIn(f"installed codearts-gate {facts.VERSION} to ", ended.stderr)
            self.assertEqual(set(server.asked), {f"/releases/download/v{facts.VERSION}/{facts.archive_name(HERE)}"})
            (folder / "home/.local/bin/codearts-gate").unlink()
            # Another archive, with a list of sums that fits it.
            (archive,) = archives(folder, HERE)
            with archive.open("ab") as file:
                file.write(b"x")
            archive.replace(place / archive.name)
            sums(place, place / archive.name)
            ended = judge_install.install(folder, path, url, script=script)
            self.assertEqual(ended.returncode, 1, ended.stderr)
            self.assertIn("nothing was installed", ended.stderr)
            self.assertEqual(list((folder / "home/.local/bin").iterdir()), [])


class Script(unittest.TestCase):
    def test_the_repository_is_that_of_the_crate(self):
        text = judge_install.SCRIPT.read_text()
        self.assertEqual(set(re.findall(r"https://github\.com/[\w-]+/[\w-]+", text)), {facts.CRATE["repository"]})


if __name__ == "__main__":
    unittest.main()
