"""The static binary for 64-bit Arm, run by QEMU: what it is, its verdicts, its PDF, its TLS, and how it ends when cancelled."""

import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import tempfile
import unittest

import gate
import pypdf
from judge_binary import judge_tls

BINARY = str(pathlib.Path(os.environ["GATE_ARM64"]).resolve())
SIZE_LIMIT = 6_000_000
FAST = ("--max-pause", "20ms", "--poll-interval", "1s")
# Of the header and of the table of segments (elf.h).
AARCH64, INTERPRETER, DYNAMIC = 183, 3, 2
NEEDED = 1


def start(*arguments, **variables):
    command = ["qemu-aarch64-static", BINARY, *arguments]
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(*arguments, **variables):
    process = start(*arguments, **variables)
    output, errors = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


def result(folder):
    return json.loads(pathlib.Path(folder, "result.json").read_text())


class Arm64(unittest.TestCase):
    def test_it_is_static_and_small(self):
        content = pathlib.Path(BINARY).read_bytes()
        self.assertLess(len(content), SIZE_LIMIT)
        self.assertEqual(content[:6], b"\x7fELF\x02\x01")
        machine, = struct.unpack_from("<H", content, 18)
        self.assertEqual(machine, AARCH64)
        offset, = struct.unpack_from("<Q", content, 32)
        size, count = struct.unpack_from("<HH", content, 54)
        for number in range(count):
            kind, _, place, _, _, length = struct.unpack_from("<IIQQQQ", content, offset + number * size)
            self.assertNotEqual(kind, INTERPRETER)
            if kind == DYNAMIC:
                entries = [struct.unpack_from("<QQ", content, place + step)[0] for step in range(0, length, 16)]
                self.assertNotIn(NEEDED, entries)
        self.assertNotIn(os.getcwd().encode() + b"/", content)

    def test_the_demo_passes(self):
        with tempfile.TemporaryDirectory() as reports:
            ended = run("demo", "--report-dir", reports)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            path = result(reports)["tasks"][0]["report"]["path"]
            self.assertIn("Open findings: 14", pypdf.PdfReader(path, strict=True).pages[0].extract_text())

    def test_verdicts(self):
        pdf = {"duration": "10ms"}
        rows = [{"defect_id": "1", "defect_level": "0", "defect_status": "0", "file_path": "a.c", "line_number": "1"}]
        cases = [
            (0, "passed", {"before": 2, "pdf": pdf}),
            (1, "check-failed", {"before": 1}),
            (3, "stopped", {"before": 3}),
            (4, "gate-failed", {"before": 2, "is_access": 0, "defects": rows, "pdf": pdf}),
        ]
        for code, outcome, script in cases:
            with self.subTest(outcome), gate.sandbox({"tasks": {"*": script}}) as origin, tempfile.TemporaryDirectory() as folder:
                variables = {**gate.KEYS, "CODEARTS_ENDPOINT": origin}
                ended = run("check", gate.TASK, "--report", "pdf,sarif,html", "--report-dir", folder, *FAST, **variables)
                self.assertEqual(ended.returncode, code, ended.stderr)
                found = result(folder)
                self.assertEqual((found["exit_code"], found["outcome"]), (code, outcome))
                whole = {f"{gate.TASK}.{ending}" for ending in ("pdf", "sarif", "html")} if code in (0, 4) else set()
                names = {path.name for path in pathlib.Path(folder).iterdir()}
                self.assertLessEqual(whole, names)

    def test_a_signal_stops_the_run_that_was_started(self):
        slow = {"tasks": {"*": {"duration": "60s"}}}
        with gate.sandbox(slow) as origin, tempfile.TemporaryDirectory() as folder:
            variables = {**gate.KEYS, "CODEARTS_ENDPOINT": origin}
            process = start("check", gate.TASK, "--start", "--report-dir", folder, *FAST, **variables)
            lines = []
            while not re.search("checking", "".join(lines)):
                lines.append(process.stderr.readline())
                self.assertIsNone(process.poll(), lines)
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 143, rest)
            self.assertEqual(result(folder)["exit_code"], 143)
            after = gate.run("check", gate.TASK, "--report-dir", folder, *FAST, **variables)
            self.assertEqual(after.returncode, 3, after.stderr)

    def test_only_a_trusted_certificate_is_talked_to(self):
        judge_tls(self, run)


if __name__ == "__main__":
    unittest.main()
