"""The crate that is published, and the one table of platforms against every file that names them."""

import os
import pathlib
import re
import shutil
import tarfile
import tempfile
import tomllib
import unittest

import gate
from release import ROOT, facts, succeeds

ABOUT = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
WORKFLOW = (ROOT / ".github/workflows/release.yml").read_text()


class Crate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Always the same folder: cargo keeps what it compiles by the path of the sources.
        cls.folder = gate.FOLDER / "crate"
        shutil.rmtree(cls.folder, ignore_errors=True)
        package = ("cargo", "package", "--locked", "--no-verify", "--allow-dirty", "--target-dir", cls.folder)
        # `--allow-dirty`: on developers' machines.
        cls.said = succeeds(*package, cwd=ROOT)
        with tarfile.open(next((cls.folder / "package").glob("*.crate"))) as archive:
            archive.extractall(cls.folder, filter="data")
        cls.crate = cls.folder / f"{ABOUT['name']}-{ABOUT['version']}"

    def test_it_holds_what_the_build_needs_and_nothing_else(self):
        self.assertNotIn("warning: manifest", self.said)
        files = {str(path.relative_to(self.crate)) for path in self.crate.rglob("*") if path.is_file()}
        top = {"Cargo.lock", "Cargo.toml", "Cargo.toml.orig", "LICENSE-APACHE", "LICENSE-MIT", "README.md"}
        page = {f"src/report/pages/html/page.{kind}" for kind in ("css", "js")}
        sources = {str(path.relative_to(ROOT)) for path in ROOT.glob("src/**/*.rs")}
        templates = {str(path.relative_to(ROOT)) for path in ROOT.glob("src/init/templates/*")}
        # `init` writes some of the examples.
        included = re.findall(r'include_str!\("../../(examples/[^"]+)"\)', (ROOT / "src/init/texts.rs").read_text())
        self.assertEqual(len(included), 3)
        self.assertEqual(files - {".cargo_vcs_info.json"}, top | page | templates | sources | set(included))

    def test_cargo_installs_it_and_it_runs(self):
        # The files of a crate are old; cargo would take what it found out about an earlier one.
        for root in ("lib.rs", "main.rs"):
            (self.crate / "src" / root).touch()
        toolchain = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
        with tempfile.TemporaryDirectory() as empty:
            # Without optimisations, beside what the tests have compiled already: in seconds.
            target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target"))
            install = ("cargo", "install", "--locked", "--offline", "--debug", "--path", self.crate, "--root", "root")
            variables = {**os.environ, "RUSTUP_TOOLCHAIN": toolchain}
            succeeds(*install, "--target-dir", ROOT / target, cwd=empty, env=variables, timeout=900)
            installed = pathlib.Path(empty, "root/bin/codearts-gate")
            self.assertEqual(succeeds(installed, "--version", env={}).strip(), f"codearts-gate {ABOUT['version']}")
            self.assertIn("PASSED (exit 0)", succeeds(installed, "demo", cwd=empty, env={}))


class Table(unittest.TestCase):
    """Files that cannot take their platforms from `packaging/facts.py` name the same."""

    def test_the_release_builds_every_platform(self):
        rows = re.findall(r"\{ name: ([a-z0-9-]+), os: ([a-z0-9.-]+) \}", WORKFLOW)
        expected = [(name, about.runner) for name, about in facts.PLATFORMS.items()]
        # Each platform is built, and its packages are tried.
        self.assertEqual(rows, expected * 2)
        self.assertIn('cp "$binary" LICENSE-* README.md dist/', WORKFLOW)
        self.assertIn("--directory dist .", WORKFLOW)
        self.assertIn("NAME: codearts-gate-${{ matrix.name }}.tar.gz", WORKFLOW)

    def test_binstall_takes_the_archives_of_the_release(self):
        addresses = {triple: about["pkg-url"] for triple, about in ABOUT["metadata"]["binstall"]["overrides"].items()}
        address = "{ repo }/releases/download/v{ version }/{ name }-%s.tar.gz"
        expected = {triple: address % name for name, about in facts.PLATFORMS.items() for triple in about.triples}
        self.assertEqual(addresses, expected)


if __name__ == "__main__":
    unittest.main()
