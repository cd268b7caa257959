"""The shipped file itself: static, small, running on an empty machine; its TLS; the PDF in another reader."""

import datetime
import http.server
import ipaddress
import json
import os
import pathlib
import platform
import ssl
import subprocess
import tempfile
import threading
import unittest

import pypdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import gate

SIZE_LIMIT = 6_000_000


class ShippedBinary(unittest.TestCase):
    def test_it_is_static_and_small(self):
        self.assertLess(os.path.getsize(gate.BINARY), SIZE_LIMIT)
        linked = subprocess.run(["ldd", gate.BINARY], capture_output=True, text=True, check=False)
        self.assertRegex(linked.stdout + linked.stderr, "statically linked|not a dynamic executable")

    def test_it_holds_no_names_of_the_builder(self):
        content = pathlib.Path(gate.BINARY).read_bytes()
        self.assertNotIn(str(pathlib.Path.home()).encode() + b"/", content)
        self.assertNotIn(os.getcwd().encode() + b"/", content)

    @unittest.skipUnless(platform.machine() == "x86_64", "for this kind of processor only")
    def test_it_copies_memory_right(self):
        with tempfile.TemporaryDirectory() as folder:
            program = f"{folder}/copies"
            flags = ["-O2", "-fno-builtin", "-fno-tree-loop-distribute-patterns", "-fsanitize=address,undefined"]
            sources = ["scripts/copy.c", "tests/ring3/copies.c"]
            subprocess.run(["gcc", *flags, *sources, "-o", program], check=True)
            ended = subprocess.run([program], capture_output=True, text=True, check=False)
        self.assertEqual((ended.returncode, ended.stdout), (0, ""), ended.stderr[-2000:])

    def test_a_machine_without_certificates_is_no_usage_error(self):
        with tempfile.TemporaryDirectory() as empty:
            ended = gate.run(
                "check", gate.TASK, "--endpoint", "https://127.0.0.1:1", "--report-dir", empty, "--max-pause", "1ms",
                SSL_CERT_FILE=f"{empty}/none", SSL_CERT_DIR=empty, **gate.KEYS,
            )
        self.assertEqual(ended.returncode, 69, ended.stderr)


class Pdf(unittest.TestCase):
    def test_another_reader_opens_it(self):
        with tempfile.TemporaryDirectory() as reports:
            ended = gate.run("demo", "--report-dir", reports)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            result = json.loads(pathlib.Path(reports, "result.json").read_text())
            path = result["tasks"][0]["report"]["path"]
            reader = pypdf.PdfReader(path, strict=True)
            text = reader.pages[0].extract_text()
        self.assertEqual(len(reader.pages), 1)
        self.assertIn("Open findings: 14", text)


def judge_tls(judge, run, name=str, can_trust=True):
    """Only a trusted certificate is talked to. `run` starts a binary, and `name` is what its system calls a file. `can_trust`: whether
    that system takes a further root."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = made_certificate(folder)
        handler = type("Handler", (http.server.BaseHTTPRequestHandler,), {"do_GET": finished, "log_message": quiet})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        arguments = [
            "check", gate.TASK, "--endpoint", f"https://127.0.0.1:{server.server_port}", "--report", "none",
            "--report-dir", name(f"{folder}/reports"), "--max-pause", "10ms",
        ]
        refused = run(*arguments, **gate.KEYS)
        judge.assertEqual(refused.returncode, 69, refused.stderr)
        judge.assertIn("--ca-file", refused.stderr)
        if can_trust:
            accepted = run(*arguments, "--ca-file", name(certificate), **gate.KEYS)
            judge.assertEqual(accepted.returncode, 0, accepted.stderr)
        server.shutdown()
        server.server_close()


class Tls(unittest.TestCase):
    def test_only_a_trusted_certificate_is_talked_to(self):
        judge_tls(self, gate.run)


def made_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = f"{folder}/certificate.pem", f"{folder}/key.pem"
    pathlib.Path(paths[0]).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pathlib.Path(paths[1]).write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


def finished(handler):
    body = b'{"task_status": 2, "result": {"last_job_id": "a", "last_success_job_id": "a"}}'
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def quiet(*_):
    pass


if __name__ == "__main__":
    unittest.main()
