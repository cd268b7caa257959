"""The requests of the gate to Gitea beside those of a client that is made from Gitea's own OpenAPI: same calls, no field or parameter that
it does not know; and that client reads what the gate wrote."""

import asyncio
import contextlib
import http.server
import json
import re
import tempfile
import threading
import unittest
import urllib.parse

import gate
import gitea_api_client as gitea

HEAD = "2" * 40
PASSING = {"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms"}}}}
ROOT = "/api/v1/repos/acme/widget"
TOKEN = "canary-gitea-token"


class Fake(http.server.ThreadingHTTPServer):
    """Comments, statuses and requests: method, path, names in the query, body."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments, self.statuses, self.requests = [], [], []
        self.api = f"http://127.0.0.1:{self.server_port}/api/v1"

    def answer(self, method, path, body):
        if path == f"{ROOT}/issues/12/comments" and method == "GET":
            return 200, self.comments
        if path == f"{ROOT}/issues/12/comments" and method == "POST":
            self.comments.append({"id": 91 + len(self.comments), "user": {"id": 5, "login": "gate-bot"}, **body})
            return 201, self.comments[-1]
        if number := re.fullmatch(rf"{ROOT}/issues/comments/(\d+)", path):
            comment = next(comment for comment in self.comments if comment["id"] == int(number[1]))
            comment.update(body)
            return 200, comment
        if path == f"{ROOT}/statuses/{HEAD}":
            if method == "GET":
                return 200, self.statuses
            self.statuses.append({"id": 1, "status": body.pop("state"), **body})
            return 201, self.statuses[-1]
        if path == f"{ROOT}/pulls":
            repository = {"full_name": "acme/widget"}
            return 200, [{"number": 12, "state": "open", "head": {"sha": HEAD, "repo": repository}, "base": {"repo": repository}}]
        return (200, {"id": 5, "login": "gate-bot"}) if path == "/api/v1/user" else (404, {"message": path})


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers any method."""

    def log_message(self, *_):
        pass

    def reply(self):
        address = urllib.parse.urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        assert self.headers["Authorization"] == f"token {TOKEN}", self.headers["Authorization"]
        names = set(urllib.parse.parse_qs(address.query))
        self.server.requests.append((self.command, address.path, names, dict(body)))
        status, answer = self.server.answer(self.command, address.path, body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = reply


@contextlib.contextmanager
def fake():
    with Fake() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def client_calls(server, calls):
    """What the client answers to `calls`, which get its APIs for issues, repositories and users."""

    async def run():
        configuration = gitea.Configuration(host=server.api)
        configuration.api_key["AuthorizationHeaderToken"] = f"token {TOKEN}"
        async with gitea.ApiClient(configuration) as client:
            return await calls(gitea.IssueApi(client), gitea.RepositoryApi(client), gitea.UserApi(client))

    return asyncio.run(run())


async def every_call(issues, repositories, users):
    """The calls that the gate makes, with everything that they may have."""
    at = ("acme", "widget")
    await issues.issue_get_comments(*at, 12)
    await issues.issue_create_comment(*at, 12, body=gitea.CreateIssueCommentOption(body="x"))
    await issues.issue_edit_comment(*at, 91, body=gitea.EditIssueCommentOption(body="x"))
    status = gitea.CreateStatusOption(context="c", description="d", state="success", target_url="https://h/")
    await repositories.repo_create_status(*at, HEAD, body=status)
    pulls = {"base_branch": "m", "state": "open", "sort": "recentupdate", "poster": "p", "page": 1, "limit": 50}
    await repositories.repo_list_pull_requests(*at, **pulls)
    await users.user_get_current()


class Gitea(unittest.TestCase):
    def check(self, server):
        with tempfile.TemporaryDirectory() as folder, gate.sandbox(PASSING) as endpoint:
            event = f"{folder}/event.json"
            with open(event, "w") as file:
                json.dump({"after": HEAD}, file)
            ended = gate.run(
                "check", gate.TASK, "--report-dir", f"{folder}/reports", "--publish", "comment,status", "--max-pause", "50ms",
                "--endpoint", endpoint, **gate.KEYS, GITEA_ACTIONS="true", GITHUB_ACTIONS="true", GITHUB_EVENT_PATH=event,
                GITHUB_EVENT_NAME="push", GITHUB_REPOSITORY="acme/widget", GITHUB_SERVER_URL="https://gitea.example",
                GITHUB_SHA=HEAD, GITHUB_REF="refs/heads/feature", GITHUB_API_URL=server.api, GITEA_TOKEN=TOKEN,
            )
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_calls_are_those_of_the_description(self):
        with fake() as server:
            self.check(server)
            self.check(server)
            sent, server.requests = server.requests, []
            client_calls(server, every_call)
            known = {(method, path): (names, set(body)) for method, path, names, body in server.requests}
        self.assertLessEqual({(method, path) for method, path, _, _ in sent}, set(known))
        for method, path, names, body in sent:
            self.assertLessEqual(names, known[method, path][0], path)
            self.assertLessEqual(set(body), known[method, path][1], path)

    def test_the_client_reads_what_was_written(self):
        async def calls(issues, repositories, _):
            comments = await issues.issue_get_comments("acme", "widget", 12)
            return comments, await repositories.repo_list_statuses("acme", "widget", HEAD)

        with fake() as server:
            self.check(server)
            self.check(server)
            comments, statuses = client_calls(server, calls)
        self.assertEqual([comment.id for comment in comments], [91])
        self.assertTrue(comments[0].body.startswith(f"<!-- codearts-gate:{gate.TASK} -->\n### "))
        self.assertEqual({(status.status, status.context) for status in statuses}, {("success", f"codearts/{gate.TASK}")})


if __name__ == "__main__":
    unittest.main()
