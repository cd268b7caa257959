"""A GitHub on loopback for the judges: the results service with its store, and the calls of the REST API that the gate makes.

What it may answer is not its own invention: the official client talks to the first part, and in front of the second stands
Prism with GitHub's OpenAPI.
"""

import base64
import contextlib
import hashlib
import http.server
import json
import re
import threading
import urllib.parse

TOKEN = "ghs_judge-github-token"
RUN, JOB = "2b7c0e5a-1111-4222-8333-0123456789ab", "9d1f3c44-5555-4666-8777-ba9876543210"
CLAIMS = json.dumps({"exp": 1999999999, "scp": f"Actions.GenericRead:x Actions.Results:{RUN}:{JOB}"})
RUNTIME_TOKEN = f"e30.{base64.urlsafe_b64encode(CLAIMS.encode()).decode().rstrip('=')}.c2ln"
SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService/"
HEAD = "2" * 40


class Forge:
    """What is stored."""

    def __init__(self):
        self.artifacts = {}
        self.comments = []
        self.check_runs = []
        # Comments in the diff, and the reviews that made them.
        self.inline = []
        self.reviews = []
        self.requests = []
        # Types that CreateArtifact refuses.
        self.refused_types = set()
        # Answers that replace the right one: (method, path) -> list of (status, body, headers).
        self.faults = {}

    def variables(self, folder, api=None):
        """The variables of a step that may upload; files for outputs and summary are in `folder`."""
        values = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_API_URL": api or self.origin,
            "GITHUB_GRAPHQL_URL": f"{api or self.origin}/graphql",
            "GITHUB_REPOSITORY": "acme/widget",
            "GITHUB_RUN_ID": "555",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SHA": "3" * 40,
            "GITHUB_REF": "refs/pull/12/merge",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": f"{folder}/event.json",
            "GITHUB_OUTPUT": f"{folder}/output",
            "GITHUB_STEP_SUMMARY": f"{folder}/summary",
            "GITHUB_TOKEN": TOKEN,
            "ACTIONS_RESULTS_URL": f"{self.origin}/",
            "ACTIONS_RUNTIME_TOKEN": RUNTIME_TOKEN,
            "ACTIONS_RUNTIME_URL": f"{self.origin}/",
        }
        for name in ("output", "summary"):
            with open(f"{folder}/{name}", "w", encoding="utf-8"):
                pass
        with open(f"{folder}/event.json", "w", encoding="utf-8") as file:
            repository = {"full_name": "acme/widget"}
            pull_request = {"number": 12, "head": {"sha": HEAD, "repo": repository}}
            json.dump({"number": 12, "pull_request": pull_request, "repository": repository}, file)
        return values

    # The results service.

    def create_artifact(self, request):
        if request.get("mime_type") in self.refused_types:
            return 400, {"code": "invalid_argument", "msg": "a valid mime_type is required for this artifact version"}
        if request["name"] in self.artifacts:
            return 409, {"code": "already_exists", "msg": "an artifact with this name already exists on the workflow run"}
        number = 4242 + len(self.artifacts)
        self.artifacts[request["name"]] = {"id": number, "request": request, "blocks": {}, "bytes": b"", "type": ""}
        return 200, {"ok": True, "signed_upload_url": f"{self.origin}/store/{number}?se=2026&sig=a%2Bb%3D&sp=cw"}

    def finalize_artifact(self, request):
        artifact = self.artifacts[request["name"]]
        digest = f"sha256:{hashlib.sha256(artifact['bytes']).hexdigest()}"
        if (request["size"], request["hash"]) != (str(len(artifact["bytes"])), digest):
            return 400, {"code": "invalid_argument", "msg": "size or hash is wrong"}
        artifact["digest"] = digest
        return 200, {"ok": True, "artifact_id": str(artifact["id"])}

    def list_artifacts(self, request):
        wanted = [
            {
                "workflow_run_backend_id": RUN,
                "workflow_job_run_backend_id": JOB,
                "database_id": str(artifact["id"]),
                "name": name,
                "size": str(len(artifact["bytes"])),
                "created_at": "2026-11-21T23:57:10Z",
                "digest": artifact["digest"],
            }
            for name, artifact in self.artifacts.items()
            if request.get("name_filter", name) == name
            and str(request.get("id_filter", artifact["id"])) == str(artifact["id"])
        ]
        return 200, {"artifacts": wanted} if wanted else {}

    def get_signed_artifact_url(self, request):
        number = self.artifacts[request["name"]]["id"]
        return 200, {"signed_url": f"{self.origin}/store/{number}?sig=a%2Bb%3D&sp=r"}

    def delete_artifact(self, request):
        return 200, {"ok": True, "artifact_id": str(self.artifacts.pop(request["name"])["id"])}

    # The REST API.

    def comment(self, number):
        return next((comment for comment in self.comments if comment["id"] == number), None)

    def add_comment(self, body):
        number = 900001 + len(self.comments)
        url = f"https://github.com/acme/widget/pull/12#issuecomment-{number}"
        user = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
        self.comments.append({"id": number, "html_url": url, "body": body, "user": user})
        return self.comments[-1]

    @staticmethod
    def pull_request(sha):
        repository = {"full_name": "acme/widget"}
        base = {"ref": "main", "repo": {**repository, "clone_url": "https://github.com/acme/widget.git"}}
        head = {"ref": "feature", "sha": sha, "repo": repository}
        return {"number": 12, "state": "open", "title": "Add", "changed_files": 1, "head": head, "base": base}

    def review(self, body):
        self.reviews.append(body)
        user = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
        first = 700001 + len(self.inline)
        self.inline += [{"id": first + at, "user": user, **comment} for at, comment in enumerate(body["comments"])]
        return {"id": len(self.reviews)}

    def rest(self, method, path, body):
        if (method, path) == ("POST", "/graphql"):
            return 200, {"data": {"viewer": {"login": "github-actions"}}}
        if path == "/repos/acme/widget/issues/12/comments":
            return (200, self.comments) if method == "GET" else (201, self.add_comment(body["body"]))
        if match := re.fullmatch(r"/repos/acme/widget/issues/comments/(\d+)", path):
            comment = self.comment(int(match.group(1)))
            if method == "PATCH" and comment:
                comment["body"] = body["body"]
                return 200, comment
            if method == "DELETE" and comment:
                self.comments.remove(comment)
                return 204, None
        if (method, path) == ("POST", "/repos/acme/widget/check-runs"):
            self.check_runs.append(body)
            return 201, {"id": len(self.check_runs)}
        if match := re.fullmatch(r"/repos/acme/widget/commits/(\w+)/(pulls|check-runs)", path):
            if match.group(2) == "pulls":
                return 200, [self.pull_request(match.group(1))]
            runs = [{"id": 1 + index, "external_id": run["external_id"]} for index, run in enumerate(self.check_runs)]
            return 200, {"total_count": len(runs), "check_runs": runs}
        if (method, path) == ("GET", "/repos/acme/widget/pulls"):
            return 200, [self.pull_request(HEAD)]
        if (method, path) == ("GET", "/repos/acme/widget/pulls/12"):
            return 200, self.pull_request(HEAD)
        if (method, path) == ("GET", "/repos/acme/widget/pulls/12/files"):
            patch = "@@ -0,0 +1,9 @@" + "\n+x" * 9
            return 200, [{"filename": "src/a.c", "status": "added", "additions": 9, "patch": patch}]
        if (method, path) == ("GET", "/repos/acme/widget/pulls/12/comments"):
            return 200, self.inline
        if (method, path) == ("POST", "/repos/acme/widget/pulls/12/reviews"):
            return 200, self.review(body)
        if match := re.fullmatch(r"/repos/acme/widget/pulls/comments/(\d+)", path):
            comment = next(comment for comment in self.inline if comment["id"] == int(match.group(1)))
            if method == "DELETE":
                self.inline.remove(comment)
                return 204, None
            comment["body"] = body["body"]
            return 200, comment
        if (method, path) == ("GET", "/user"):
            return 403, {"message": "Resource not accessible by integration", "status": "403"}
        return 404, {"message": "Not Found", "status": "404"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status, content, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle_any(self):
        forge = self.server.forge
        path, _, query = self.path.partition("?")
        body = self.body()
        forge.requests.append((self.command, path))
        if faults := forge.faults.get((self.command, path)):
            status, content, headers = faults.pop(0)
            self.reply(status, content, headers)
        elif path.startswith("/store/"):
            self.store(forge, int(path.removeprefix("/store/")), urllib.parse.parse_qs(query), body)
        else:
            request = json.loads(body) if body else None
            if path.startswith(SERVICE):
                name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path.removeprefix(SERVICE)).lower()
                status, answer = getattr(forge, name.replace("_u_r_l", "_url"))(request)
            else:
                status, answer = forge.rest(self.command, path, request)
            content = b"" if answer is None else json.dumps(answer).encode()
            self.reply(status, content, [("Content-Type", "application/json")])

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    def store(self, forge, number, query, body):
        name, artifact = next(item for item in forge.artifacts.items() if item[1]["id"] == number)
        if self.command == "GET":
            file_name = name if artifact["type"] != "application/zip" else f"{name}.zip"
            headers = [
                ("Content-Type", artifact["type"]),
                ("Content-Disposition", f'attachment; filename="{file_name}"'),
            ]
            self.reply(200, artifact["bytes"], headers)
        elif query["comp"] == ["block"]:
            artifact["blocks"][query["blockid"][0]] = body
            self.reply(201, b"", [("ETag", '"1"')])
        else:
            ids = re.findall(r"<Latest>(.*?)</Latest>", body.decode())
            artifact["bytes"] = b"".join(artifact["blocks"][block] for block in ids)
            artifact["type"] = self.headers["x-ms-blob-content-type"]
            self.reply(201, b"", [("ETag", '"1"')])


@contextlib.contextmanager
def forge():
    """Serves one."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.forge = Forge()
    server.forge.origin = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.forge
    finally:
        server.shutdown()
        server.server_close()
