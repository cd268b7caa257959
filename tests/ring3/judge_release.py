"""The steps of the release that make and try the packages, run here as the workflow has them."""

import os
import pathlib
import shutil
import tempfile
import unittest

import gate
from release import HERE, ROOT, archives, facts, succeeds, tool
from ruamel.yaml import YAML

JOBS = YAML(typ="safe").load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
ENVIRONMENT = {"PATH": f"{tool('npm').parent}:{os.environ['PATH']}", "RUNNER_OS": "Linux", "VERSION": facts.VERSION, "NAME": HERE}


def steps(job):
    """The shell parts of a job, by the names of their steps."""
    return {step["name"]: step["run"] for step in JOBS[job]["steps"] if "run" in step}


def run(script, folder):
    """Runs a step like GitHub's runner."""
    return succeeds("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script, cwd=folder, env={**ENVIRONMENT, "HOME": str(folder)})


class Release(unittest.TestCase):
    def test_the_packages_are_made_and_tried(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for name in ("packaging", "Cargo.toml", "install.sh"):
                (folder / name).symlink_to(ROOT / name)
            (folder / "archives").mkdir()
            made = archives(folder / "archives", *facts.PLATFORMS)
            (make,) = steps("packages").values()
            run(make, folder)
            # As the artifacts are laid out.
            arrived = folder / "made"
            arrived.mkdir()
            for step in JOBS["packages"]["steps"]:
                if "upload-artifact" in step.get("uses", ""):
                    shutil.copytree(folder / step["with"]["path"], arrived / step["with"]["name"])
            for archive in made:
                place = arrived / archive.name.removesuffix(".tar.gz")
                place.mkdir()
                archive.rename(place / archive.name)
            tried = steps("try")
            self.assertEqual(list(tried), ["Wheel", "Package for npm", "Script"])
            for name, script in tried.items():
                with self.subTest(name):
                    self.assertIn("127.0.0.1:8000", tried["Script"])
                    self.assertIn("PASSED (exit 0)", run(script.replace("8000", str(gate.free_port())), folder))
            # What users get beside the archives, and what goes to npm: the command last.
            assets = {path.name for name in ("wheels", "manifests") for path in (arrived / f"codearts-gate-{name}").iterdir()}
            self.assertEqual(len(assets), len(facts.PLATFORMS) + 3)
            packages = folder / "npm-packages"
            log = folder / "log"
            stand_in = folder / "bin"
            stand_in.mkdir()
            for name, text in (("npx", f'echo "$@" >> {log}'), ("npm", "exit 1")):
                (stand_in / name).write_text(f"#!/bin/sh\n{text}\n")
                (stand_in / name).chmod(0o755)
            self.assertEqual(len(list(packages.iterdir())), len(facts.PLATFORMS) + 1)
            (publish,) = steps("npm").values()
            run(f"export PATH={stand_in}:$PATH\n{publish}", folder)
            published = [line.split()[3] for line in log.read_text().splitlines()]
            self.assertEqual(len(published), len(facts.PLATFORMS) + 1)
            self.assertEqual(len(set(published)), len(published))
            self.assertEqual(published[-1], f"./npm-packages/codearts-gate-{facts.VERSION}.tgz")

    def test_a_fork_publishes_nothing(self):
        for job in ("pypi", "npm"):
            self.assertEqual(JOBS[job]["if"], "vars.PUBLISH_PACKAGES == 'true' && !github.event.repository.fork")
            self.assertEqual(JOBS[job]["needs"], "release")
            self.assertEqual(JOBS[job]["permissions"], {"id-token": "write"})
            self.assertEqual(JOBS[job]["environment"], job)


if __name__ == "__main__":
    unittest.main()
