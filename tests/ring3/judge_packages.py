"""What users install, before the tools that install it."""

import os
import pathlib
import re
import subprocess
import tarfile
import tempfile
import tomllib
import unittest

import gate

ROOT = gate.RING.parent.parent
ABOUT = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
RELEASE = (ROOT / ".github/workflows/release.yml").read_text()
NAMES = re.findall(r"\{ name: ([a-z0-9-]+), os: ", RELEASE)


def succeeds(*command, **options):
    """Runs a command that must succeed; returns what it prints."""
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
    if ended.returncode != 0:
        raise AssertionError(f"{command}\n{ended.stdout}{ended.stderr}")
    return ended.stdout + ended.stderr


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

    def test_binstall_takes_the_archives_of_the_release(self):
        self.assertEqual(len(NAMES), 5)
        addresses = {about["pkg-url"] for about in ABOUT["metadata"]["binstall"]["overrides"].values()}
        named = {f"{{ repo }}/releases/download/v{{ version }}/{{ name }}-{name}.tar.gz" for name in NAMES}
        self.assertEqual(addresses, named)
        self.assertIn('cp "$binary" LICENSE-* README.md dist/', RELEASE)
        self.assertIn('--directory dist .', RELEASE)


if __name__ == "__main__":
    unittest.main()
