"""The requests of the gate to GitHub's REST API before Prism with GitHub's own OpenAPI: it stands between the gate and the fake, and lets
nothing through that the description does not allow."""

import contextlib
import json
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import fake_github
import gate

REPOSITORY = "/repos/{owner}/{repo}"
PATHS = [
    f"{REPOSITORY}/issues/{{issue_number}}/comments",
    f"{REPOSITORY}/issues/comments/{{comment_id}}",
    f"{REPOSITORY}/check-runs",
    f"{REPOSITORY}/check-runs/{{check_run_id}}",
    f"{REPOSITORY}/commits/{{ref}}/check-runs",
    f"{REPOSITORY}/commits/{{commit_sha}}/pulls",
    "/user",
    f"{REPOSITORY}/pulls",
    f"{REPOSITORY}/pulls/{{pull_number}}",
    f"{REPOSITORY}/pulls/{{pull_number}}/files",
    f"{REPOSITORY}/pulls/{{pull_number}}/comments",
    f"{REPOSITORY}/pulls/{{pull_number}}/reviews",
    f"{REPOSITORY}/pulls/comments/{{comment_id}}",
]
COMMENTS = "/repos/acme/widget/issues/12/comments"
PASSING = {"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms"}}}}
PRISM_START = 60


def finding(lines):
    """A service whose full task finds something on these lines of `src/a.c`."""
    rows = [
        {
            "defect_id": f"d{line}", "defect_level": "1", "defect_status": "0", "defect_checker_name": "Checker", "rule_name": "R",
            "defect_content": f"m{line}", "file_path": "src/a.c", "line_number": str(line),
            "fragment": [{"line_num": str(line), "line_content": f"code {line}"}],
        }
        for line in lines
    ]
    task = {"repository": "https://github.com/acme/widget.git", "branch": "main", "project": gate.PROJECT, "defects": rows}
    return {"tasks": {"*": {**task, "polls": 1, "is_access": 1}}}


def description(file):
    """The part of GitHub's description that concerns requests to these paths."""
    whole = json.loads((gate.MODULES / "@octokit/openapi/generated/api.github.com.json").read_text())
    paths = {path: whole["paths"][path] for path in PATHS}
    for operations in paths.values():
        for operation in operations.values():
            # The answers of the fake are not checked here.
            operation["responses"] = {status: {"description": ""} for status in operation["responses"]}
    needed = {"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": {}}
    waiting = re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(paths))
    while waiting:
        kind, name = waiting.pop()
        part = whole["components"][kind][name]
        if needed["components"].setdefault(kind, {}).setdefault(name, part) is part:
            found = re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(part))
            waiting += [pair for pair in found if pair[1] not in needed["components"].get(pair[0], {})]
    json.dump(needed, file)
    file.flush()


@contextlib.contextmanager
def prism(upstream):
    """Prism before `upstream`; gives its address."""
    port = gate.free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        description(file)
        script = gate.MODULES / "@stoplight/prism-cli/dist/index.js"
        command = [gate.NODE, script, "proxy", file.name, upstream, "--errors", "--port", str(port)]
        process = subprocess.Popen(command, env={}, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + PRISM_START
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("Prism did not start")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)


class RestApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worlds = contextlib.ExitStack()
        cls.forge = cls.worlds.enter_context(fake_github.forge())
        cls.api = cls.worlds.enter_context(prism(cls.forge.origin))
        cls.endpoint = cls.worlds.enter_context(gate.sandbox(PASSING))

    @classmethod
    def tearDownClass(cls):
        cls.worlds.close()

    def setUp(self):
        self.forge.comments, self.forge.check_runs, self.forge.requests, self.forge.faults = [], [], [], {}
        self.forge.inline, self.forge.reviews = [], []

    def check(self, publish, event=None, endpoint=None, more=()):
        with tempfile.TemporaryDirectory() as folder:
            variables = {**self.forge.variables(folder, api=self.api), **(event or {})}
            ended = gate.run(
                "check", gate.TASK, "--report-dir", f"{folder}/reports", "--publish", publish, "--max-pause", "50ms",
                *more, "--endpoint", endpoint or self.endpoint, **gate.KEYS, **variables,
            )
            summary = pathlib.Path(folder, "summary").read_text()
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stderr, summary

    def asked(self, method, path):
        return self.forge.requests.count((method, path))

    def test_prism_refuses_what_is_not_described(self):
        reviews, unplaced = "/repos/acme/widget/pulls/12/reviews", {"event": "COMMENT", "comments": [{"line": 1}]}
        calls = [("POST", COMMENTS, {"text": "x"}), ("POST", "/repos/a/b/issues/comments/1", {}), ("POST", reviews, unplaced)]
        for method, path, body in calls:
            request = urllib.request.Request(self.api + path, json.dumps(body).encode(), method=method)
            request.add_header("Content-Type", "application/json")
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            self.assertIn(refused.exception.code, (405, 422))
            refused.exception.close()

    def test_two_runs_leave_one_comment(self):
        self.check("comment,check-run")
        self.check("comment,check-run")
        self.assertEqual(len(self.forge.comments), 1)
        self.assertEqual(self.asked("POST", COMMENTS), 1)
        self.assertEqual(self.asked("PATCH", "/repos/acme/widget/issues/comments/900001"), 1)
        self.assertEqual([run["conclusion"] for run in self.forge.check_runs], ["success", "success"])

    def test_faults_leave_one_comment(self):
        limited = (429, b'{"message": "slow down"}', [("Retry-After", "1")])
        for faults in ([(502, b"", [])], [limited], [limited, (502, b"", [])]):
            with self.subTest(faults):
                self.setUp()
                self.forge.faults[("POST", COMMENTS)] = list(faults)
                self.check("comment")
                self.assertEqual((len(self.forge.comments), self.forge.faults[("POST", COMMENTS)]), (1, []))
                self.assertEqual(self.asked("POST", COMMENTS), len(faults) + 1)

    def test_a_second_own_comment_is_removed(self):
        for _ in range(2):
            self.forge.add_comment(f"<!-- codearts-gate:{gate.TASK} -->\nold")
        self.check("comment")
        self.assertEqual(len(self.forge.comments), 1)
        self.assertIn("CodeArts Check passed", self.forge.comments[0]["body"])

    def test_a_check_run_is_looked_for_after_a_lost_answer(self):
        self.forge.faults[("POST", "/repos/acme/widget/check-runs")] = [(502, b"", [])]
        self.check("check-run")
        self.assertEqual(self.asked("GET", f"/repos/acme/widget/commits/{fake_github.HEAD}/check-runs"), 1)
        self.assertEqual(len(self.forge.check_runs), 1)

    def test_a_refusal_is_a_warning_and_the_summary_has_the_text(self):
        refusal = (403, b'{"message": "Resource not accessible by integration", "status": "403"}', [])
        self.forge.faults[("POST", COMMENTS)] = [refusal]
        log, summary = self.check("auto")
        self.assertIn("warning: not published as comment: could not write the comment", log)
        self.assertIn("CodeArts Check passed", summary)
        self.assertIn("Not published as comment", summary)
        self.assertEqual(self.forge.comments, [])

    def test_findings_in_the_diff(self):
        def review(lines):
            with gate.sandbox(finding(lines)) as endpoint:
                self.check("review", endpoint=endpoint, more=("--pull-request", "auto", "--report", "none"))

        review([2, 5, 7])
        [made] = self.forge.reviews
        self.assertEqual((made["event"], made["commit_id"]), ("COMMENT", fake_github.HEAD))
        self.assertEqual([comment["line"] for comment in made["comments"]], [2, 5, 7])
        reply = {"id": 800001, "user": {"login": "dev1", "type": "User"}, "body": "Why?"}
        self.forge.inline.append({**reply, "in_reply_to_id": self.forge.inline[1]["id"]})
        review([7])
        self.assertEqual([comment.get("line") for comment in self.forge.inline], [5, 7, None])
        self.assertIn("No longer found.", self.forge.inline[0]["body"])
        self.assertEqual((self.forge.inline[2]["body"], len(self.forge.reviews)), ("Why?", 1))

    def test_pull_requests_are_asked_for_as_described(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as push, tempfile.NamedTemporaryFile("w") as run:
            json.dump({"after": fake_github.HEAD}, push)
            own, fork = {"full_name": "acme/widget"}, {"full_name": "o/widget", "owner": {"login": "o"}}
            workflow_run = {"head_sha": fake_github.HEAD, "head_branch": "feature/x y", "head_repository": fork}
            json.dump({"workflow_run": {**workflow_run, "pull_requests": [], "repository": own}}, run)
            for file, name in [(push, "push"), (run, "workflow_run")]:
                file.flush()
                event = {"GITHUB_EVENT_PATH": file.name, "GITHUB_EVENT_NAME": name, "GITHUB_REF": "refs/heads/main"}
                self.check("comment,check-run", event)
        self.assertEqual((len(self.forge.comments), len(self.forge.check_runs)), (1, 2))
        self.assertEqual({run["head_sha"] for run in self.forge.check_runs}, {fake_github.HEAD})


if __name__ == "__main__":
    unittest.main()
