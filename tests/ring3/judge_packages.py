"""The crate that is published, and the one table of platforms against every file that names them."""

import os
import pathlib
import re
import tarfile
import tempfile
import tomllib
import unittest

from release import ROOT, facts, succeeds

ABOUT = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
WORKFLOW = (ROOT / ".github/workflows/release.yml").read_text()


class Crate(unittest.TestCase):
    def test_it_holds_what_the_build_needs_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
            package = ("cargo", "package", "--locked", "--no-verify", "--allow-dirty", "--target-dir", folder)
            # `--allow-dirty`: on developers' machines. Nothing else may be complained about.
            self.assertNotIn("warning: manifest", succeeds(*package, cwd=ROOT))
            with tarfile.open(next(pathlib.Path(folder, "package").glob("*.crate"))) as archive:
                archive.extractall(folder, filter="data")
            crate = pathlib.Path(folder, f"{ABOUT['name']}-{ABOUT['version']}")
            files = {str(path.relative_to(crate)) for path in crate.rglob("*") if path.is_file()}
            top = {"Cargo.lock", "Cargo.toml", "Cargo.toml.orig", "LICENSE-APACHE", "LICENSE-MIT", "README.md"}
            page = {f"src/report/pages/html/page.{kind}" for kind in ("css", "js")}
            sources = {str(path.relative_to(ROOT)) for path in ROOT.glob("src/**/*.rs")}
            self.assertEqual(files - {".cargo_vcs_info.json"}, top | page | sources)
            # The files of a crate are old; cargo would take what it found out about the repository.
            for root in ("lib.rs", "main.rs"):
                (crate / "src" / root).touch()
            self.assertIn("Checking codearts-gate", succeeds("cargo", "check", "--locked", "--target-dir", target, cwd=crate))


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
