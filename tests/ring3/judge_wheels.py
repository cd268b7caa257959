"""Wheels, before pip and the checks of the package index."""

import pathlib
import sys
import tempfile
import unittest

import gate
from release import HERE, archives, facts, make, succeeds, tool


class Wheels(unittest.TestCase):
    # What pip is asked for, which need not be what the wheel is tagged with.
    MACHINES = {
        "linux-x64": ("manylinux2014_x86_64", "musllinux_1_1_x86_64"),
        "linux-arm64": ("manylinux2014_aarch64",),
        "macos-x64": ("macosx_13_0_x86_64",),
        "macos-arm64": ("macosx_14_0_arm64",),
        "windows-x64": ("win_amd64",),
    }

    def test_pip_installs_the_binary_and_it_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            make("make_wheels.py", f"{folder}/wheels", *archives(folder, HERE))
            succeeds(sys.executable, "-m", "venv", "--without-pip", f"{folder}/venv")
            pip = (tool("pip"), "--disable-pip-version-check", "--python", f"{folder}/venv")
            succeeds(*pip, "install", "--no-index", "--find-links", f"{folder}/wheels", "codearts-gate")
            installed = pathlib.Path(folder, "venv/bin/codearts-gate")
            self.assertEqual(installed.read_bytes(), pathlib.Path(gate.BINARY).read_bytes())
            self.assertIn("PASSED (exit 0)", succeeds(installed, "demo", cwd=folder, env={}))
            asked = "import importlib.metadata as about; print(about.metadata('codearts-gate')['License-Expression'])"
            self.assertEqual(succeeds(f"{folder}/venv/bin/python", "-c", asked).strip(), facts.LICENSE)
            succeeds(*pip, "uninstall", "--yes", "codearts-gate")
            self.assertFalse(installed.exists())

    def test_every_platform_gets_its_wheel(self):
        self.assertEqual(set(self.MACHINES), set(facts.PLATFORMS))
        with tempfile.TemporaryDirectory() as folder:
            made = archives(folder, *facts.PLATFORMS)
            make("make_wheels.py", f"{folder}/wheels", *made)
            wheels = sorted(pathlib.Path(folder, "wheels").iterdir())
            self.assertEqual(len(wheels), len(facts.PLATFORMS))
            succeeds(tool("twine"), "check", "--strict", *wheels)
            # W007: there is no module, only a binary.
            succeeds(tool("check-wheel-contents"), "--ignore", "W007", *wheels)
            for name, machines in self.MACHINES.items():
                (tags,) = (about.wheel for platform, about in facts.PLATFORMS.items() if platform == name)
                for machine in machines:
                    asked = ("--platform", machine, "--only-binary", ":all:", "--no-deps", "--no-index", "--find-links", f"{folder}/wheels")
                    chosen = pathlib.Path(folder, "got", machine)
                    succeeds(tool("pip"), "download", "--disable-pip-version-check", *asked, "--dest", chosen, "codearts-gate")
                    self.assertEqual([path.name for path in chosen.iterdir()], [f"codearts_gate-{facts.VERSION}-py3-none-{tags}.whl"])
            # The same files make the same wheels.
            make("make_wheels.py", f"{folder}/again", *made)
            self.assertEqual([pathlib.Path(folder, "again", path.name).read_bytes() for path in wheels], [path.read_bytes() for path in wheels])


if __name__ == "__main__":
    unittest.main()
