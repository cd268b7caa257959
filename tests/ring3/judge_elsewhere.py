"""The examples for Gitee Go, GitCode and CodeArts Pipeline: YAML around a shell that runs, in which the code of a pull request is checked and
the comment is written."""

import contextlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import gate
import judge_codearts_repo as repo
import judge_gitee as gitee
from ruamel.yaml import YAML

ROOT = gate.RING.parent.parent


def shell_of(name, secrets):
    """The shell parts of an example, as its system would run them, and the variables that a step of it gets. `secrets`: what people have
    stored; a shell sees no more of them than the example hands over."""
    frame = YAML(typ="safe").load((ROOT / f"examples/{name}.yml").read_text())
    if name == "gitcode":
        install, check, _ = frame["jobs"]["check"]["steps"]
        stored = lambda value: re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets[found[1]], value)
        return f"{install['run']}\n{check['run']}", {key: stored(value) for key, value in check["env"].items()}
    # These are variables of the shell, and not of what it starts.
    stored = "".join(f"{key}={shlex.quote(value)}\n" for key, value in secrets.items())
    if name == "gitee-go":
        declared = frame["variables"]["global"]
        assert set(secrets) == set(declared), (secrets, declared)
        return stored + "\n".join(frame["stages"][0]["steps"][0]["commands"]), {}
    return stored + frame["steps"]["PRE_BUILD"][0]["sh"]["inputs"]["command"], {}


@contextlib.contextmanager
def checkout(url):
    """A repository with this remote, in which the files of a release are there already."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for arguments in (["init", "--quiet"], ["remote", "add", "origin", url]):
            subprocess.run(["git", *arguments], cwd=folder, check=True)
        gate.put_release(folder, folder)
        yield folder


def scenario(url, gate_result):
    """A full task of the repository; the task of the pull request has one critical finding."""
    finding = {"defect_id": "1", "defect_level": "0", "defect_status": "0", "file_path": "src/widget.c", "line_number": "1", "defect_content": "m"}
    task = {"duration": "100ms", "is_access": gate_result, "defects": [finding], "pdf": {"duration": "10ms"}, "branch": "feature"}
    return {"tasks": {"*": {"repository": url, "branch": "main"}, "mr": task}}


class Elsewhere(unittest.TestCase):
    def run_example(self, name, url, gate_result, variables, secrets):
        with gate.sandbox(scenario(url, gate_result)) as origin, checkout(url) as folder:
            commands, given = shell_of(name, secrets)
            ended = gate.run_shell(commands, folder, folder, origin, {**given, **variables})
            result = folder / "codearts-report/result.json"
            self.assertTrue(result.exists(), ended.stdout + ended.stderr)
            return ended, json.loads(result.read_text())

    def judge(self, name, url, variables, secrets, comments):
        """Both verdicts; `comments`: the texts that are on the pull request."""
        for gate_result, code, outcome in ((0, 4, "gate-failed"), (1, 0, "passed")):
            ended, result = self.run_example(name, url, gate_result, variables, secrets)
            self.assertEqual((ended.returncode, result["outcome"]), (code, outcome), name + ended.stdout + ended.stderr)
            self.assertEqual(result["tasks"][0]["pull_request"]["number"], 12)
            # One comment, which the second run has edited.
            (comment,) = comments()
            self.assertIn("CodeArts Check passed" if code == 0 else "CodeArts Check: quality gate failed", comment)
            self.assertNotIn(gate.SECRET_KEY, ended.stdout + ended.stderr)

    def test_gitee_go(self):
        with gitee.fake(False) as server:
            variables = {
                "GITEE_PIPELINE_NAME": "gate", "GITEE_PULL_ID": "12", "GITEE_REPO": "widget", "GITEE_BRANCH": "main",
                "GITEE_SOURCE_BRANCH": "feature", "GITEE_SOURCE_COMMIT": gitee.HEAD, "GITEE_API_URL": server.origin,
            }
            secrets = {**gate.KEYS, "GITEE_TOKEN": gitee.TOKEN}
            comments = lambda: [comment["body"] for comment in server.comments]
            self.judge("gitee-go", "https://gitee.com/acme/widget.git", variables, secrets, comments)

    def test_gitcode(self):
        with gitee.fake(True) as server, tempfile.TemporaryDirectory() as folder:
            event = pathlib.Path(folder, "event.json")
            event.write_text(json.dumps({"pull_request": {"number": 12, "head": {"sha": gitee.HEAD}}}))
            variables = {
                "ATOMGIT_ACTIONS": "true", "ATOMGIT_REPOSITORY": "acme/widget", "ATOMGIT_SERVER_URL": "https://gitcode.com",
                "ATOMGIT_API_URL": server.origin, "ATOMGIT_EVENT_PATH": str(event), "ATOMGIT_REF": "refs/pull/12/merge",
                "ATOMGIT_HEAD_REF": "feature",
            }
            secrets = {**gate.KEYS, "GITCODE_TOKEN": gitee.TOKEN}
            comments = lambda: [comment["body"] for comment in server.comments]
            self.judge("gitcode", "https://gitcode.com/acme/widget.git", variables, secrets, comments)

    def test_codearts_pipeline(self):
        with repo.serve() as server:
            parameters = {
                "AK": gate.ACCESS_KEY, "SK": gate.SECRET_KEY, "MERGE_ID": str(repo.IID), "REPO_URL": repo.URL, "PROJECT_ID": gate.PROJECT,
                "BUILDNUMBER": "7", "INCREASENUM": "7",
            }
            variables = {"CODEARTS_REPO_ENDPOINT": server.origin}
            comments = lambda: [discussion["notes"][0]["body"] for discussion in server.discussions]
            self.judge("codearts-build", repo.URL, variables, parameters, comments)
            self.assertTrue(server.discussions[0]["resolved"])


if __name__ == "__main__":
    unittest.main()
