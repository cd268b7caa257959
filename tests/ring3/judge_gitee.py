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
ROOT = "/api/v5/repos/acme/widget"
TOKEN = "canary-gitee-token"
# Gitee's client puts it there; the gate never does.
TOKEN_NAME = "access_token"


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
            comment = {"id": 3001 + len(self.comments), "user": user, "comment_type": "pr_comment", "body": body["body"]}
            self.comments.append(comment)
            return 201, {"id": "2" * 40, "note_id": comment["id"], "body": body["body"]} if self.is_gitcode else comment
        if number := re.fullmatch(rf"{ROOT}/pulls/comments/(\d+)", path):
            comment = next(comment for comment in self.comments if comment["id"] == int(number[1]))
            comment["body"] = body["body"]
            return 200, {} if self.is_gitcode else comment
        if path == f"{ROOT}/pulls/12/files":
            return 200, [{"filename": "src/widget.c", "status": "added", "additions": "1", "patch": {"diff": "@@ -0,0 +1 @@\n+x"}}]
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
    client.pulls.create_repos_pulls_comments(body="x", number=12, **at)
    client.pulls.update_repos_pulls_comments(body="x", id=3001, **at)
    client.pulls.get_repos_pulls(number=12, **at)
    client.users.list_user()
    client.checks.list_repos_commits_check_runs(ref=HEAD, check_name="n", pull_request_id=1, page=1, per_page=100, **at)
    client.checks.create_repos_check_runs(
        head_sha=HEAD, name="n", completed_at="t", conclusion="success", details_url="u", pull_request_id=1, started_at="t",
        status="completed", output={"title": "t", "summary": "s"}, **at,
    )


def every_call_of_gitcode(client):
    client.pulls.list_comments(number=12, page=1, per_page=100)
    client.pulls.create_comment(number=12, body="x")
    client.pulls.update_comment(comment_id=3001, body="x")
    client.pulls.get(number=12)
    client.users.me()


class Forges(unittest.TestCase):
    def check(self, server, publish):
        with tempfile.TemporaryDirectory() as folder, gate.sandbox(PASSING) as endpoint:
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
                "--endpoint", endpoint, **gate.KEYS, **job, CI="true",
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
