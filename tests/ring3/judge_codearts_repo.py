"""The official SDK of CodeArts Repo reads what the gate wrote; requests on the wire are held against its models."""

import contextlib
import http.server
import json
import re
import tempfile
import threading
import unittest
from urllib.parse import parse_qs, urlsplit

from huaweicloudsdkcodeartsrepo.v4 import (
    CodeArtsRepoClient,
    CreateMergeRequestDiscussionRequest,
    CreateMergeRequestNoteDto,
    ListMergeRequestDiscussionsRequest,
    ShowMergeRequestDetailRequest,
    UpdateMergeRequestDiscussionRequest,
    UpdateMergeRequestNoteDto,
)
from huaweicloudsdkcore.auth.credentials import BasicCredentials

import gate

URL = "https://codehub.cn-north-4.devcloud.huaweicloud.com/acme/widget.git"
REPOSITORY, IID = 2111111, 12
ROUTE = re.compile(rf"/v4/repositories/{REPOSITORY}/merge-requests/{IID}(/discussions(?:/([0-9a-f]{{40}})/notes/(\d+))?)?")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        split = urlsplit(self.path)
        query = parse_qs(split.query)
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "null")
        self.server.requests.append((self.command, split.path, query, body, dict(self.headers)))
        status, document = self.route(split.path, query, body)
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer

    def route(self, path, query, body):
        notes = self.server.discussions
        if path == f"/v2/projects/{gate.PROJECT}/repositories":
            entry = {"repository_id": str(REPOSITORY), "https_url": URL}
            return 200, {"error": None, "result": {"total": 1, "repositories": [entry]}, "status": "success"}
        found = ROUTE.fullmatch(path)
        if not found:
            return 404, {"error_code": "CH.404", "error_msg": path}
        if not found[1]:
            return 200, {"id": 9, "iid": IID, "sha": "2" * 40, "source_branch": "feature", "target_branch": "main"}
        if self.command == "GET":
            offset, limit = int(query["offset"][0]), int(query["limit"][0])
            return 200, notes[offset : offset + limit]
        if self.command == "POST":
            number = 501 + len(notes)
            note = {"id": number, "body": body["body"], "author": {"id": 5}, "system": False, "resolved": False}
            notes.append({"id": f"{number:040x}", "notes": [note], "resolved": False})
            return 201, notes[-1]
        discussion = next(entry for entry in notes if entry["id"] == found[2])
        if "resolved" in body:
            discussion["resolved"] = discussion["notes"][0]["resolved"] = body["resolved"]
        else:
            discussion["notes"][0]["body"] = body["body"]
        return 200, discussion["notes"][0]


@contextlib.contextmanager
def serve():
    """A merge request with its discussions, and the requests about it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.requests, server.discussions = [], []
        server.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class OfficialRepoSdk(unittest.TestCase):
    def setUp(self):
        self.reports = tempfile.TemporaryDirectory()
        self.addCleanup(self.reports.cleanup)
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.server = stack.enter_context(serve())
        self.origin = self.server.origin
        credentials = BasicCredentials(gate.ACCESS_KEY, gate.SECRET_KEY, gate.PROJECT)
        self.sdk = CodeArtsRepoClient.new_builder().with_credentials(credentials).with_endpoints([self.origin]).build()
        self.place = {"repository_id": REPOSITORY, "merge_request_iid": IID}

    def check(self, findings):
        with gate.sandbox({"tasks": {"*": {"before": 2, "findings": findings}}}) as service:
            return gate.run(
                "check", gate.TASK, "--report", "none", "--max-critical", "0", "--poll-interval", "1s", **gate.KEYS,
                CODEARTS_ENDPOINT=service, CODEARTS_REPO_ENDPOINT=self.origin, PIPELINE_TRIGGER_TYPE="MR",
                MERGE_ID=str(IID), REPO_URL=URL, PROJECT_ID=gate.PROJECT, CODEARTS_REPORT_DIR=self.reports.name,
            )

    def discussions(self):
        request = ListMergeRequestDiscussionsRequest(**self.place, offset=0, limit=100, sort="asc")
        return self.sdk.list_merge_request_discussions(request).body

    def test_what_the_gate_writes_is_read(self):
        green = {"critical": 0, "major": 1, "minor": 4, "suggestion": 9}
        for findings, code in ((green, 0), ({**green, "critical": 2}, 4)):
            ended = self.check(findings)
            self.assertEqual(ended.returncode, code, ended.stderr)
            (discussion,) = self.discussions()
            (note,) = discussion.notes
            self.assertTrue(note.body.startswith(f"<!-- codearts-gate:{gate.TASK} -->\n"), note.body)
            self.assertEqual((discussion.resolved, note.resolved), (code == 0, code == 0))

    def test_the_requests_are_those_of_the_sdk(self):
        self.check({"critical": 0, "major": 0, "minor": 0, "suggestion": 0})
        self.check({"critical": 1, "major": 0, "minor": 0, "suggestion": 0})
        own = [request for request in self.server.requests if request[1].startswith("/v4/")]
        self.server.requests.clear()
        self.discussions()
        dto = CreateMergeRequestNoteDto(body="x")
        made = self.sdk.create_merge_request_discussion(CreateMergeRequestDiscussionRequest(**self.place, body=dto))
        ids = {"discussion_id": made.id, "note_id": made.notes[0].id}
        for change in ({"body": "y"}, {"resolved": True}):
            update = UpdateMergeRequestNoteDto(**change)
            self.sdk.update_merge_request_discussion(UpdateMergeRequestDiscussionRequest(**self.place, **ids, body=update))
        detail = self.sdk.show_merge_request_detail(ShowMergeRequestDetailRequest(**self.place))
        self.assertEqual((detail.iid, detail.sha), (IID, "2" * 40))

        def form(request):
            method, path, query, body, headers = request
            path = re.sub(r"[0-9a-f]{40}/notes/\d+", "D/notes/N", path)
            signed = headers["Authorization" if "Authorization" in headers else "authorization"].split()[0]
            return method, path, tuple(sorted(query)), tuple(sorted(body or ())), signed

        theirs = {form(request) for request in self.server.requests}
        self.assertLessEqual({form(request) for request in own}, theirs)


if __name__ == "__main__":
    unittest.main()
