"""An example workflow, run from its first step to its last by `act`, a third-party engine with its own artifact
server, which accepts the older form only."""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import gate
from release import HERE, ROOT, archives, facts, make, serve, sums

EXAMPLE = ROOT / "examples/github-binary.yml"
PASSING = {"tasks": {"*": {"duration": "1s", "pdf": {"duration": "10ms", "bytes": 5_000_000}}}}
# Stands in for GitHub's own upload action, which is available from GitHub only: it fails unless the file is there.
UPLOAD_ACTION = """
name: upload
description: stand-in
inputs:
  path: { description: file, required: true }
  archive: { description: whether to pack it }
runs:
  using: composite
  steps:
    - shell: bash
      env: { REPORT: "${{ inputs.path }}" }
      run: head --bytes 5 "$REPORT"
"""


def setup_action(folder, served):
    """The setup action of a release, which is served in this folder."""
    place = served / f"v{facts.VERSION}"
    place.mkdir(parents=True)
    digests = sums(place, *archives(place, *facts.PLATFORMS))
    action = pathlib.Path(folder, "action")
    shutil.copytree(ROOT / "setup", action / "setup")
    make("make_manifests.py", action, digests)
    # The script names the digests itself.
    digests.unlink()
    return action


class Act(unittest.TestCase):
    def run_example(self, folder, endpoint, address, action):
        """Runs the example; returns the ended process."""
        repository = pathlib.Path(folder, "repository")
        workflows = repository / ".github/workflows"
        workflows.mkdir(parents=True)
        # There is no pull request at GitHub that could be read.
        text = EXAMPLE.read_text()
        self.assertIn("CODEARTS_PULL_REQUEST: auto", text)
        (workflows / EXAMPLE.name).write_text(text.replace("CODEARTS_PULL_REQUEST: auto", "CODEARTS_PULL_REQUEST: 'off'"))
        upload = re.search(r"actions/upload-artifact@\w+", EXAMPLE.read_text()).group()
        stand_in = pathlib.Path(folder, "upload-artifact")
        stand_in.mkdir()
        (stand_in / "action.yml").write_text(UPLOAD_ACTION)
        identity = ["-c", "user.name=judge", "-c", "user.email=judge@example.com"]
        remote = ["remote", "add", "origin", "https://github.com/acme/widget"]
        for arguments in (["init", "--quiet"], remote, ["add", "--all"], [*identity, "commit", "--quiet", "--message", "x"]):
            subprocess.run(["git", *arguments], cwd=repository, check=True)
        repository_name = {"full_name": "acme/widget"}
        head = {"ref": "feature", "repo": repository_name}
        event = pathlib.Path(folder, "event.json")
        event.write_text(json.dumps({"number": 12, "pull_request": {"number": 12, "head": head}, "repository": repository_name}))
        command = [gate.FOLDER / "venv/bin/act", "pull_request", "--eventpath", event]
        command += ["--platform", "ubuntu-latest=-self-hosted", "--pull=false", "--no-cache-server"]
        command += ["--artifact-server-path", f"{folder}/artifacts", "--artifact-server-addr", "127.0.0.1"]
        command += ["--artifact-server-port", str(gate.free_port()), "--local-repository", f"{upload}={stand_in}"]
        command += ["--local-repository", f"OWNER/codearts-gate@v0={action}"]
        for name, value in gate.KEYS.items():
            command += ["--secret", f"{name}={value}"]
        variables = {"CODEARTS_TASK_ID": gate.TASK, "CODEARTS_ENDPOINT": endpoint, "CODEARTS_GATE_RELEASES": address}
        for name, value in variables.items():
            command += ["--var", f"{name}={value}"]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "XDG_CACHE_HOME": f"{folder}/cache"}
        return subprocess.run(
            command, cwd=repository, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def test_an_example_runs_to_its_end(self):
        with tempfile.TemporaryDirectory() as folder, gate.sandbox(PASSING) as endpoint:
            served = pathlib.Path(folder, "served")
            action = setup_action(folder, served)
            with serve(served) as server:
                ended = self.run_example(folder, endpoint, server.origin, action)
            log = ended.stdout + ended.stderr
            self.assertEqual(ended.returncode, 0, log)
            self.assertIn("Job succeeded", log)
            self.assertIn(f"installed codearts-gate {facts.VERSION} to ", log)
            self.assertRegex(log, f"set-output::? version={facts.VERSION}")
            self.assertEqual(server.asked, [f"/v{facts.VERSION}/{facts.archive_name(HERE)}"])
            self.assertIn("PASSED (exit 0)", log)
            # The next step got the path of the report.
            self.assertIn("%PDF-", log)
            self.assertNotIn(gate.SECRET_KEY, log)
            archives = list(pathlib.Path(folder, "artifacts").rglob("*.zip"))
            self.assertEqual([archive.name for archive in archives], [f"codearts-report-{gate.TASK}.zip"], log)
            with zipfile.ZipFile(archives[0]) as archive:
                self.assertEqual(archive.namelist(), [f"{gate.TASK}.pdf"])
                pdf = archive.read(f"{gate.TASK}.pdf")
            self.assertEqual(len(pdf), 5_000_000)
            digest = re.search(r"sha256 ([0-9a-f]{64})", log).group(1)
            self.assertEqual(hashlib.sha256(pdf).hexdigest(), digest)


if __name__ == "__main__":
    unittest.main()
