"""The pictures of the documentation show what this binary prints."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import gate

ROOT = gate.RING.parent.parent


class Pictures(unittest.TestCase):
    def test_they_are_drawn_again_as_they_are(self):
        with tempfile.TemporaryDirectory() as folder:
            variables = {**os.environ, "GATE": gate.BINARY}
            subprocess.run([sys.executable, ROOT / "scripts/pictures", folder], env=variables, check=True, timeout=300)
            drawn = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
        kept = {path.name: path.read_text() for path in (ROOT / "docs/pictures").iterdir()}
        self.assertGreaterEqual(len(drawn), 4)
        for name in sorted(drawn.keys() | kept.keys()):
            with self.subTest(name):
                self.assertEqual(drawn.get(name), kept.get(name), "run scripts/pictures")

    def test_they_are_well_formed_and_used(self):
        pages = " ".join(path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
        for path in (ROOT / "docs/pictures").iterdir():
            xml.etree.ElementTree.parse(path)
            self.assertIn(f"pictures/{path.name}", pages)


if __name__ == "__main__":
    unittest.main()
