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
PATCH = "@@ -1,2 +1,3 @@\n-old\n+one\n two\n+three"
ROOT = "/api/v1/repos/acme/widget"
TOKEN = "canary-gitea-token"
USER = {"id": 5, "login": "gate-bot"}


def on_lines(lines):
    """A scenario with findings on these lines of the only file that the pull request changes."""
    rows = [
        {"defect_id": str(line), "defect_level": "1", "defect_status": "0", "defect_checker_name": "G.RES.03", "rule_name": "Leak",
         "defect_content": f"Line {line}.", "file_path": "src/a.c", "line_number": str(line)}
        for line in lines
    ]
    task = {"repository": "https://gitea.example/acme/widget.git", "branch": "main", "project": gate.PROJECT, "defects": rows}
    return {"tasks": {gate.TASK: {**PASSING["tasks"]["*"], **task}}}


class Fake(http.server.ThreadingHTTPServer):
    """Comments, statuses and requests: method, path, names in the query, body."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments, self.statuses, self.reviews, self.requests = [], [], [], []
        self.api = f"http://127.0.0.1:{self.server_port}/api/v1"

    def answer(self, method, path, body):
        if path == f"{ROOT}/issues/12/comments" and method == "GET":
            return 200, self.comments
        if path == f"{ROOT}/issues/12/comments" and method == "POST":
            self.comments.append({"id": 91 + len(self.comments), "user": USER, **body})
            return 201, self.comments[-1]
        if path == f"{ROOT}/pulls/12/reviews" and method == "GET":
            return 200, [{**review, "comments_count": len(review["comments"])} for review in self.reviews]
        if path == f"{ROOT}/pulls/12/reviews":
            number = 701 + len(self.reviews)
            comments = [
                {"id": number * 100, "user": USER, "path": comment["path"], "position": comment["new_position"], "body": comment["body"]}
                for comment in body["comments"]
            ]
            review = {"id": number, "user": USER, "state": body["event"], "commit_id": body["commit_id"], "body": body["body"]}
            self.reviews.append({**review, "comments": comments})
            return 200, review
        if number := re.fullmatch(rf"{ROOT}/pulls/12/reviews/(\d+)(/comments)?", path):
            if method == "GET":
                return 200, next(review["comments"] for review in self.reviews if review["id"] == int(number[1]))
            self.reviews = [review for review in self.reviews if review["id"] != int(number[1])]
            return 204, None
        if re.fullmatch(rf"{ROOT}/pulls/comments/\d+/resolve", path):
            return 204, None
        if path == f"{ROOT}/pulls/12/files":
            return 200, [{"filename": "src/a.c", "status": "changed", "additions": 2}]
        if path == f"{ROOT}/pulls/12.diff":
            return 200, f"diff --git a/src/a.c b/src/a.c\n--- a/src/a.c\n+++ b/src/a.c\n{PATCH}\n"
        if path == f"{ROOT}/pulls/12":
            branch = {"repo": {"full_name": "acme/widget"}, "sha": HEAD, "ref": "feature"}
            return 200, {"id": 990, "number": 12, "state": "open", "changed_files": 1, "head": branch, "base": {**branch, "ref": "main"}}
        if number := re.fullmatch(rf"{ROOT}/issues/comments/(\d+)", path):
            notes = [comment for review in self.reviews for comment in review["comments"]]
            comment = next(comment for comment in self.comments + notes if comment["id"] == int(number[1]))
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
        return (200, USER) if path == "/api/v1/user" else (404, {"message": path})


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
        text = (answer if isinstance(answer, str) else "" if answer is None else json.dumps(answer)).encode()
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


async def every_call_in_the_diff(issues, repositories, users):
    """The same for comments in the diff."""
    at = ("acme", "widget")
    await repositories.repo_list_pull_reviews(*at, 12, page=1, limit=50)
    comment = gitea.CreatePullReviewComment(body="x", new_position=1, path="src/a.c")
    review = gitea.CreatePullReviewOptions(body="x", comments=[comment], commit_id=HEAD, event="COMMENT")
    made = await repositories.repo_create_pull_review(*at, 12, body=review)
    await repositories.repo_get_pull_review_comments(*at, 12, made.id)
    await repositories.repo_resolve_pull_review_comment(*at, 70200)
    await issues.issue_edit_comment(*at, 70200, body=gitea.EditIssueCommentOption(body="x"))
    await repositories.repo_delete_pull_review(*at, 12, 701)
    await repositories.repo_get_pull_request_files(*at, 12, page=1, limit=50)
    await repositories.repo_get_pull_request(*at, 12)
    await users.user_get_current()


class Gitea(unittest.TestCase):
    def check(self, server, *more, publish="comment,status", scenario=PASSING):
        with tempfile.TemporaryDirectory() as folder, gate.sandbox(scenario) as endpoint:
            event = f"{folder}/event.json"
            with open(event, "w") as file:
                json.dump({"after": HEAD}, file)
            ended = gate.run(
                "check", gate.TASK, "--report-dir", f"{folder}/reports", "--publish", publish, "--max-pause", "50ms",
                "--endpoint", endpoint, *more, **gate.KEYS, GITEA_ACTIONS="true", GITHUB_ACTIONS="true", GITHUB_EVENT_PATH=event,
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

    def test_comments_in_the_diff_are_those_of_the_description(self):
        with fake() as server:
            def check(*lines):
                self.check(server, "--pull-request", "12", publish="review", scenario=on_lines(lines))
                return [(comment["path"], comment["position"]) for review in server.reviews for comment in review["comments"]]

            self.assertEqual(check(1, 3), [("src/a.c", 1), ("src/a.c", 3)])
            self.assertEqual(check(3), [("src/a.c", 3)])
            # A reply: then the comment stays, as one that is withdrawn.
            server.reviews[0]["comments"].append({"id": 1, "user": {"id": 9, "login": "dev1"}, "body": "We know."})
            self.check(server, "--pull-request", "12", publish="review", scenario=on_lines((1,)))
            sent, server.requests = server.requests, []

            async def reviews(_, repositories, __):
                return await repositories.repo_list_pull_reviews("acme", "widget", 12)

            read = client_calls(server, reviews)
            client_calls(server, every_call_in_the_diff)
            known = {(method, re.sub(r"\d{3,}", "N", path)): (names, body) for method, path, names, body in server.requests}
        self.assertEqual([(review.state, review.commit_id, review.comments_count) for review in read][-1], ("COMMENT", HEAD, 1))
        self.assertEqual({method for method, *_ in sent}, {"GET", "POST", "PATCH", "DELETE"})
        for method, path, names, body in sent:
            # It has no call for the diff as text.
            if path.endswith(".diff"):
                continue
            known_names, known_body = known[method, re.sub(r"\d{3,}", "N", path)]
            self.assertLessEqual(names, known_names, path)
            self.assertLessEqual(set(body), set(known_body), path)
            for comment in body.get("comments", []):
                self.assertLessEqual(set(comment), set(known_body["comments"][0]))

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
