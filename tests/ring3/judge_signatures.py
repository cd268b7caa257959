"""The official signer signs the requests that the gate sent, once more: both must agree."""

import contextlib
import http.server
import json
import os
import random
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

import gate


class Verifier(http.server.BaseHTTPRequestHandler):
    """A small CodeArts that keeps the signature the gate sent and the one the official signer makes."""

    protocol_version = "HTTP/1.1"
    # An answer in one piece, without delay.
    wbufsize = -1
    disable_nagle_algorithm = True
    seen = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urllib.parse.urlsplit(self.path)
        sent = self.headers["Authorization"]
        names = sent.split("SignedHeaders=")[1].split(",")[0].split(";")
        request = SdkRequest(
            method=self.command,
            schema="http",
            host=self.headers["Host"],
            # The signer decodes it itself, once.
            resource_path=address.path,
            query_params=urllib.parse.parse_qsl(address.query, keep_blank_values=True),
            header_params={name: self.headers[name] for name in names},
            body=body or None,
        )
        Signer._process_signed_headers = staticmethod(lambda request: sorted(names))
        made = Signer(BasicCredentials(gate.ACCESS_KEY, gate.SECRET_KEY)).sign(request)
        self.seen.append((f"{self.command} {self.path}", sent, made.header_params["Authorization"]))
        self.reply(address.path)

    do_GET = do_PUT = do_POST = do_DELETE = answer

    def has_run(self):
        return any(name.endswith("/run") for name, _, _ in self.seen)

    def reply(self, path):
        if path.endswith("/progress"):
            body = {"task_status": 2 if self.has_run() else None}
        elif path.endswith("/run"):
            body = {"exec_id": "d163535d0bbbbbbb81d6a7654443eaaa"}
        elif path.endswith("/last-jobs"):
            run = "d163535d0bbbbbbb81d6a7654443eaaa" if self.has_run() else None
            body = {"result": {"last_job_id": run, "last_success_job_id": run}}
        elif path.endswith("/defects-summary"):
            body = {"task_id": gate.TASK, "is_access": "1", "issue_count": 0}
        elif path.endswith("/defects-detail"):
            body = {"defects": [], "total": 0}
        elif path.endswith("/pdf-async-job"):
            body = {"status": "success", "result": {"timeAsk": 1, "asyncJobId": 7}}
        elif path.endswith("/async-job"):
            body = {"status": "success", "result": {"jobStatus": "SUCCESS", "jobFile": "a/b c/演示~+%.pdf"}}
        elif path.endswith("/pdf-file"):
            body = None
        else:
            body = {}
        payload = b"%PDF-1.7 small but whole %%EOF" if body is None else json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def verifier():
    """Serves until the end; returns the address."""
    Verifier.seen.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Verifier)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class OfficialSigner(unittest.TestCase):
    def test_it_agrees_with_a_thousand_random_requests(self):
        seed = str(random.randrange(2**32))
        with verifier() as origin:
            command = [os.environ["REQUESTS"], origin, seed, "1000"]
            ended = subprocess.run(command, env={}, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(ended.returncode, 0, f"seed {seed}: {ended.stderr}")
        self.assertEqual(len(Verifier.seen), 1000)
        for name, sent, made in Verifier.seen:
            self.assertEqual(sent, made, f"seed {seed}: {name}")
        # The requests are as unusual as intended.
        names = " ".join(name for name, _, _ in Verifier.seen)
        for part in ("%20", "%2F", "%2B", "%25", "%E6%BC%94", "=&", "&n="):
            self.assertIn(part, names)
        self.assertGreater(len({name for name, _, _ in Verifier.seen}), 900)

    def test_it_agrees_with_every_request(self):
        with verifier() as origin, tempfile.TemporaryDirectory() as reports:
            ended = gate.run(
                "check", gate.TASK, "--start", "--timeout", "30s", "--report", "pdf,json", "--severity", "critical,minor", "--report-title", "演示 报告 a/b+c%20~", "--iam-project-id", gate.PROJECT,
                "--report-dir", reports, "--endpoint", origin, "--max-pause", "50ms",
                **gate.KEYS,
            )
        self.assertEqual(ended.returncode, 0, ended.stderr)
        calls = {name.split("?")[0].rsplit("/", 1)[1] for name, _, _ in Verifier.seen}
        self.assertEqual(calls, {"progress", "last-jobs", "run", "defects-summary", "defects-detail", "pdf-async-job", "async-job", "pdf-file"})
        for name, sent, made in Verifier.seen:
            self.assertEqual(sent, made, name)


if __name__ == "__main__":
    unittest.main()
