"""The requests of the gate to Gitee and GitCode beside those of a client of each: same calls, no field or parameter that it does not know;
and these clients read what the gate wrote."""

import contextlib
import http.server
import json
import pathlib
import re
import tempfile
import threading
import unittest
import urllib.parse

import gate
import gitcode_api
import gitee_client

HEAD = "2" * 40
PASSING = {"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms"}}}}
PATCH = "@@ -1,2 +1,3 @@\n-old\n+one\n two\n+three"
ROOT = "/api/v5/repos/acme/widget"
TOKEN = "canary-gitee-token"
# Gitee's client puts it there; the gate never does.
TOKEN_NAME = "access_token"


def on_lines(host, lines):
    """A scenario with findings on these lines of the only file that the pull request changes."""
    rows = [
        {"defect_id": str(line), "defect_level": "1", "defect_status": "0", "defect_checker_name": "G.RES.03", "rule_name": "Leak",
         "defect_content": f"Line {line}.", "file_path": "src/a.c", "line_number": str(line)}
        for line in lines
    ]
    task = {"repository": f"https://{host}/acme/widget.git", "branch": "main", "project": gate.PROJECT, "defects": rows}
    return {"tasks": {gate.TASK: {**PASSING["tasks"]["*"], **task}}}


class Fake(http.server.ThreadingHTTPServer):
    """Comments, check runs and requests: method, path, names in the query, names in the body."""

    def __init__(self, is_gitcode):
        super().__init__(("127.0.0.1", 0), Handler)
        self.is_gitcode = is_gitcode
        self.comments, self.runs, self.requests, self.headers = [], [], [], []
        self.origin = f"http://127.0.0.1:{self.server_port}"

    def answer(self, method, path, body):
        user = {"id": "6a00" if self.is_gitcode else 11, "login": "gate-bot"}
        if path == f"{ROOT}/pulls/12/comments" and method == "GET":
            return 200, self.comments
        if path == f"{ROOT}/pulls/12/comments":
            kind = "diff_comment" if "path" in body else "pr_comment"
            comment = {"id": 3001 + len(self.comments), "user": user, "comment_type": kind, **body}
            self.comments.append(comment)
            return 201, {"id": "2" * 40, "note_id": comment["id"], "body": body["body"]} if self.is_gitcode else comment
        if number := re.fullmatch(rf"{ROOT}/pulls/comments/(\d+)", path):
            if method == "DELETE":
                self.comments = [comment for comment in self.comments if comment["id"] != int(number[1])]
                return 200, {}
            comment = next((comment for comment in self.comments if comment["id"] == int(number[1])), {"id": 0})
            comment["body"] = body["body"]
            return 200, {} if self.is_gitcode else comment
        if path == f"{ROOT}/pulls/12/files":
            one_line = {"filename": "src/widget.c", "status": "added", "additions": "1", "patch": {"diff": "@@ -0,0 +1 @@\n+x"}}
            return 200, [one_line, {"filename": "src/a.c", "additions": "2", "patch": {"diff": PATCH, "new_path": "src/a.c"}}]
        if path == f"{ROOT}/pulls/12":
            branch = {"repo": {"full_name": "acme/widget"}, "sha": HEAD, "ref": "feature"}
            return 200, {"id": 18000012, "number": 12, "state": "open", "head": branch, "base": {**branch, "ref": "main"}}
        if path == f"{ROOT}/check-runs":
            self.runs.append({"id": 1, **body})
            return 201, self.runs[-1]
        if path == f"{ROOT}/commits/{HEAD}/check-runs":
            return 200, {"total_count": len(self.runs), "check_runs": self.runs}
        return (200, user) if path == "/api/v5/user" else (404, {"message": path})


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers any method."""

    def log_message(self, *_):
        pass

    def reply(self):
        address = urllib.parse.urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        is_json = "json" in self.headers.get("Content-Type", "")
        body = json.loads(text) if text and is_json else dict(urllib.parse.parse_qsl(text))
        self.server.headers.append(dict(self.headers))
        names = set(urllib.parse.parse_qs(address.query))
        self.server.requests.append((self.command, address.path, names, set(body)))
        status, answer = self.server.answer(self.command, address.path, body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = reply


@contextlib.contextmanager
def fake(is_gitcode):
    with Fake(is_gitcode) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def gitee(server):
    return gitee_client.GiteeClient(TOKEN, base_url=f"{server.origin}/api")


def gitcode(server):
    return gitcode_api.GitCode(api_key=TOKEN, owner="acme", repo="widget", base_url=f"{server.origin}/api/v5")


def every_call_of_gitee(client):
    at = {"owner": "acme", "repo": "widget"}
    client.pulls.list_repos_pulls_comments(number=12, page=1, per_page=100, **at)
    client.pulls.create_repos_pulls_comments(body="x", number=12, commit_id=HEAD, path="src/a.c", position=2, **at)
    client.pulls.update_repos_pulls_comments(body="x", id=3001, **at)
    client.pulls.get_repos_pulls(number=12, **at)
    client.pulls.list_repos_pulls_files(number=12, **at)
    client.users.list_user()
    client.checks.list_repos_commits_check_runs(ref=HEAD, check_name="n", pull_request_id=1, page=1, per_page=100, **at)
    client.checks.create_repos_check_runs(
        head_sha=HEAD, name="n", completed_at="t", conclusion="success", details_url="u", pull_request_id=1, started_at="t",
        status="completed", output={"title": "t", "summary": "s"}, **at,
    )


def every_call_of_gitcode(client):
    client.pulls.list_comments(number=12, page=1, per_page=100)
    client.pulls.create_comment(number=12, body="x", path="src/a.c", position=2)
    client.pulls.update_comment(comment_id=3001, body="x")
    client.pulls.get(number=12)
    client.pulls.list_files(number=12)
    client.users.me()


class Forges(unittest.TestCase):
    def check(self, server, publish, *more, scenario=PASSING):
        with tempfile.TemporaryDirectory() as folder, gate.sandbox(scenario) as endpoint:
            if server.is_gitcode:
                event = pathlib.Path(folder, "event.json")
                event.write_text(json.dumps({"pull_request": {"number": 12, "head": {"sha": HEAD}}}))
                job = {
                    "ATOMGIT_ACTIONS": "true", "ATOMGIT_REPOSITORY": "acme/widget", "ATOMGIT_SERVER_URL": "https://gitcode.com",
                    "ATOMGIT_API_URL": server.origin, "ATOMGIT_EVENT_PATH": str(event), "ATOMGIT_TOKEN": TOKEN,
                    "ATOMGIT_REF": "refs/pull/12/merge",
                }
            else:
                job = {
                    "GITEE_PIPELINE_NAME": "gate", "GITEE_PULL_ID": "12", "GITEE_REPO": "acme/widget", "GITEE_BRANCH": "main",
                    "GITEE_SOURCE_BRANCH": "feature", "GITEE_SOURCE_COMMIT": HEAD, "GITEE_API_URL": server.origin, "GITEE_TOKEN": TOKEN,
                }
            ended = gate.run(
                "check", gate.TASK, "--report-dir", f"{folder}/reports", "--publish", publish, "--max-pause", "50ms",
                "--endpoint", endpoint, *more, **gate.KEYS, **job, CI="true",
            )
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def hold(self, is_gitcode, publish, client, every_call):
        with fake(is_gitcode) as server:
            self.check(server, publish)
            self.check(server, publish)
            sent, server.requests, headers = server.requests, [], list(server.headers)
            every_call(client(server))
            known = {(method, path): (names, body) for method, path, names, body in server.requests}
            self.assertEqual(server.comments[0]["body"], "x", "the client has edited it")
        self.assertLessEqual({(method, path) for method, path, _, _ in sent}, set(known))
        for method, path, names, body in sent:
            self.assertLessEqual(names, known[method, path][0], path)
            # Gitee's client sends a form, in which it has no name.
            self.assertLessEqual(body - {"output"}, known[method, path][1], path)
            self.assertNotIn(TOKEN_NAME, names | body)
        self.assertEqual(sum(method == "POST" and path.endswith("/comments") for method, path, _, _ in sent), 1)
        self.assertTrue(any(TOKEN in value for value in headers[0].values()))

    def in_diff(self, is_gitcode, client, every_call, remove):
        """Two findings, then one of them: the calls that are sent, and the comments in between and at the end."""
        with fake(is_gitcode) as server:
            shown = []
            for lines in [(1, 3), (3,)]:
                scenario = on_lines("gitcode.com" if is_gitcode else "gitee.com", lines)
                self.check(server, "review", "--pull-request", "auto", scenario=scenario)
                shown.append(list(server.comments))
            sent, server.requests = server.requests, []
            every_call(client(server))
            remove(client(server))
            known = {(method, path): (names, body) for method, path, names, body in server.requests}
        for method, path, names, body in sent:
            self.assertIn((method, path), known)
            self.assertLessEqual(names - {"page", "per_page"}, known[method, path][0], path)
            self.assertLessEqual(body, known[method, path][1], path)
        return shown

    def test_comments_in_the_diff_are_those_of_each_client(self):
        at = {"owner": "acme", "repo": "widget"}
        first, last = self.in_diff(False, gitee, every_call_of_gitee, lambda client: client.pulls.delete_repos_pulls_comments(id=3001, **at))
        # The line below the first `@@` is 1.
        self.assertEqual([(comment["path"], comment["position"]) for comment in first], [("src/a.c", 2), ("src/a.c", 4)])
        self.assertEqual([(comment["position"], comment["commit_id"]) for comment in last], [(4, HEAD)])
        first, last = self.in_diff(True, gitcode, every_call_of_gitcode, lambda client: client.pulls.delete_comment(comment_id=3001))
        self.assertEqual([comment["position"] for comment in first], [1, 3])
        self.assertEqual([comment["position"] for comment in last], [3])

    def test_calls_to_gitee_are_those_of_its_client(self):
        self.hold(False, "comment,check-run", gitee, every_call_of_gitee)

    def test_calls_to_gitcode_are_those_of_its_client(self):
        self.hold(True, "comment", gitcode, every_call_of_gitcode)

    def test_the_clients_read_what_was_written(self):
        mark = f"<!-- codearts-gate:{gate.TASK} -->\n### "
        with fake(False) as server:
            self.check(server, "comment,check-run")
            comments = gitee(server).pulls.list_repos_pulls_comments(number=12, owner="acme", repo="widget")
            runs = gitee(server).checks.list_repos_commits_check_runs(ref=HEAD, owner="acme", repo="widget")["check_runs"]
        self.assertEqual([comment["body"].startswith(mark) for comment in comments], [True])
        self.assertEqual([(run["head_sha"], run["status"], run["conclusion"]) for run in runs], [(HEAD, "completed", "success")])
        with fake(True) as server:
            self.check(server, "comment")
            comments = gitcode(server).pulls.list_comments(number=12)
        self.assertEqual([(comment.id, comment.body.startswith(mark)) for comment in comments], [(3001, True)])


if __name__ == "__main__":
    unittest.main()
