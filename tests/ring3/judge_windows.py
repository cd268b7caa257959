"""The release for Windows, built with mingw-w64, under Wine: its verdicts, its files, what it reads, and Ctrl-C."""

import contextlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import fake_github
import gate
import judge_formats as formats
import pypdf
import wine
from judge_binary import judge_tls

KEYS = gate.KEYS
FAST = ("--max-pause", "20ms", "--poll-interval", "1s")
RESERVED = ["CON", "NUL", "AUX", "PRN", "COM1", "LPT9", "nul"]
FINISHED = {"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms"}}}}


@contextlib.contextmanager
def place():
    """A folder of this machine, and what Windows calls it."""
    with tempfile.TemporaryDirectory() as folder:
        yield pathlib.Path(folder), wine.name(folder)


def check(origin, *arguments, task=gate.TASK, **options):
    variables = {**KEYS, "CODEARTS_ENDPOINT": origin}
    return wine.run("check", task, *FAST, *arguments, **{**variables, **options})


def result(folder):
    return json.loads(pathlib.Path(folder, "result.json").read_text())


class Verdicts(unittest.TestCase):
    def test_the_demo_passes(self):
        with place() as (folder, name):
            ended = wine.run("demo", "--report-dir", f"{name}\\reports")
            self.assertEqual(ended.returncode, 0, ended.stderr)
            found = result(folder / "reports")
            self.assertEqual((found["outcome"], found["exit_code"]), ("passed", 0))
            report = found["tasks"][0]["report"]
            self.assertEqual(report["path"], f"{name}\\reports\\{gate.TASK}.pdf")
            reader = pypdf.PdfReader(folder / "reports" / f"{gate.TASK}.pdf", strict=True)
            self.assertIn("Open findings: 14", reader.pages[0].extract_text())
            self.assertEqual(sorted(path.name for path in (folder / "reports").iterdir()), [f"{gate.TASK}.pdf", "result.json"])

    def judged(self, code, outcome, scenario, *arguments, **variables):
        with self.subTest(outcome), gate.sandbox(scenario) as origin, place() as (folder, name):
            ended = check(origin, "--report-dir", name, *arguments, **variables)
            self.assertEqual(ended.returncode, code, ended.stderr)
            found = result(folder)
            self.assertEqual((found["exit_code"], found["outcome"]), (code, outcome), ended.stderr)
            self.assertNotIn("\x1b", ended.stderr + ended.stdout)
            self.assertFalse([path for path in folder.iterdir() if path.name.startswith(".")])

    def test_every_exit_code(self):
        status = lambda number, **more: {"tasks": {"*": {"before": number, "pdf": {"duration": "10ms"}, **more}}}
        refusal = {"error_code": "CC.00050010", "error_msg": "no permission"}
        broken = [{"call": "pdf-file", "fault": {"kind": "truncate", "after": 9000}}]
        denied = [{"call": "*", "fault": {"kind": "answer", "status": 200, "body": refusal}}]
        self.judged(0, "passed", FINISHED)
        self.judged(1, "check-failed", status(1))
        self.judged(2, "timed-out", status(0, duration="60s"), "--timeout", "2s")
        self.judged(3, "stopped", status(3))
        self.judged(4, "gate-failed", status(2, is_access=0), "--report", "none")
        self.judged(5, "report-failed", {**FINISHED, "faults": broken})
        self.judged(6, "stale", FINISHED, "--run", "0" * 32)
        self.judged(64, "usage", FINISHED, "--timeout", "never")
        self.judged(69, "unavailable", FINISHED, CODEARTS_ENDPOINT=f"http://127.0.0.1:{gate.free_port()}")
        self.judged(77, "denied", {**FINISHED, "faults": denied})

    def test_a_build(self):
        for polls, word, code in ((1, "SUCCESS", 0), (1, "FAILED", 1)):
            script = {"jobs": {"*": {"polls": polls, "duration": "10ms", "result": word}}}
            with self.subTest(word), gate.sandbox(script) as origin, place() as (folder, name):
                variables = {**KEYS, "CODEARTS_BUILD_ENDPOINT": origin}
                ended = wine.run("build", gate.TASK, "--start", "--report-dir", name, *FAST, **variables)
                self.assertEqual(ended.returncode, code, ended.stderr)

    def test_only_a_trusted_certificate_is_talked_to(self):
        """Wine 8 knows no further roots and checks no revocation, so it trusts no certificate of a judge."""
        judge_tls(self, wine.run, wine.name, can_trust=False)


class Signals(unittest.TestCase):
    def press(self, kind, code):
        """Presses the keys while a run that the gate has started goes on."""
        slow = {"tasks": {"*": {"duration": "60s"}}}
        with self.subTest(kind), gate.sandbox(slow) as origin, place() as (folder, name):
            variables = {**KEYS, "CODEARTS_ENDPOINT": origin}
            command = [wine.name(wine.BINARY), "check", gate.TASK, "--start", "--report-dir", f"{name}\\reports", *FAST]
            console = wine.Terminal("press.exe", kind, f"{name}\\now", "--", *command, variables=variables)
            console.read(until=b"checking")
            pressed = time.monotonic()
            (folder / "now").touch()
            self.assertEqual(console.close(), code, console.shown)
            self.assertLess(time.monotonic() - pressed, 25)
            self.assertIn(b"sent a stop request", console.shown)
            found = result(folder / "reports")
            self.assertEqual((found["outcome"], found["exit_code"]), ("cancelled", code))
            self.assertEqual([path.name for path in (folder / "reports").iterdir()], ["result.json"])
            # The remote run is over, as another gate sees it.
            after = gate.run("check", gate.TASK, "--report-dir", str(folder / "after"), *FAST, **variables)
            self.assertEqual(after.returncode, 3, after.stderr)

    def test_keys_stop_the_run_that_was_started(self):
        self.press("c", 130)
        self.press("break", 143)
        self.press("close", 129)


class Files(unittest.TestCase):
    def test_every_format_has_the_bytes_of_linux(self):
        """Paths in findings have backslashes, drives and reserved names; reports of Windows and of Linux do not differ."""
        paths = [r"src\net\a.c", r"C:\work\src\b.c", r"\\server\share\c.c", r"..\..\d.c", "src/a b#c%.c", "NUL", "con.c", "a:b.c", "测试.c"]
        rows = [formats.row(number, number % 4, path, number + 1) for number, path in enumerate(paths)]
        rows += formats.hostile_rows()
        scenario = {"tasks": {"*": {"before": 2, "defects": rows, "is_access": 0}}}
        written = {}
        with gate.sandbox(scenario) as origin, place() as (folder, name):
            (folder / "src").mkdir()
            (folder / "src/a b#c%.c").write_bytes(b"int x;\r\n" * 9)
            options = ["--report", formats.FORMATS, "--language", "zh-cn"]
            for system, reports, start in (("linux", folder / "l", gate.run), ("windows", f"{name}\\w", wine.run)):
                variables = {**KEYS, "CODEARTS_ENDPOINT": origin, "CODEARTS_PROJECT_ID": gate.PROJECT}
                ended = start("check", gate.TASK, *options, "--report-dir", str(reports), **variables)
                self.assertEqual(ended.returncode, 4, ended.stderr)
                files = sorted((folder / system[0]).iterdir())
                written[system] = {path.name.removeprefix(gate.TASK): path.read_bytes() for path in files}
        self.assertEqual(len(written["linux"]), 10)
        self.assertEqual(written["linux"].keys(), written["windows"].keys())
        for ending, content in written["linux"].items():
            if ending != "result.json":
                self.assertEqual(self.without_times(written["windows"][ending]), self.without_times(content), ending)
        sarif = json.loads(written["windows"][".sarif"])
        addresses = [
            place["physicalLocation"]["artifactLocation"]["uri"] for found in sarif["runs"][0]["results"] for place in found["locations"]
        ]
        for address in ("src/net/a.c", "work/src/b.c", "server/share/c.c", "src/a%20b%23c%25.c", "NUL", "con.c"):
            self.assertIn(address, addresses)
        self.assertFalse([address for address in addresses if "\\" in address])

    @staticmethod
    def without_times(content):
        text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?", "TIME", content.decode())
        return re.sub(r"\d+(\.\d+)?( ?秒| ?毫秒| s\b|s\b|ms\b)|(?<=time=\")[\d.]+", "DURATION", text)

    def test_report_directories(self):
        drive = wine.DRIVE / "judge"
        self.addCleanup(shutil.rmtree, drive, ignore_errors=True)
        shutil.rmtree(drive, ignore_errors=True)
        (drive / "work").mkdir(parents=True)
        long = "\\".join(["d" * 60] * 5)
        cases = [
            (r"C:\judge\plain", "plain"),
            ("C:/judge/forward", "forward"),
            (r"\judge\rooted", "rooted"),
            (r"..\up", "up"),
            ("here", "work/here"),
            (r"C:\judge\blank and 测试", "blank and 测试"),
            (rf"C:\judge\{long}", "/".join(["d" * 60] * 5)),
            (rf"\\?\C:\judge\{long}x", "/".join(["d" * 60] * 5) + "x"),
        ]
        with gate.sandbox(FINISHED) as origin:
            for given, expected in cases:
                with self.subTest(given):
                    # Started from a folder of drive C:.
                    ended = check(origin, "--report-dir", given, "--report", "pdf,html", folder=drive / "work")
                    self.assertEqual(ended.returncode, 0, ended.stderr)
                    names = sorted(path.name for path in (drive / expected).iterdir())
                    self.assertEqual(names, [f"{gate.TASK}.html", f"{gate.TASK}.pdf", "result.json"])
            for given in ("NUL", r"C:\judge\*", r"C:\judge\plain\result.json", r"Q:\none"):
                with self.subTest(given):
                    ended = check(origin, "--report-dir", given, folder=drive / "work")
                    self.assertEqual(ended.returncode, 64, ended.stderr)

    def test_ids_that_are_devices_are_no_files(self):
        with gate.sandbox(FINISHED) as origin:
            for task in RESERVED:
                with self.subTest(task), place() as (folder, name):
                    ended = check(origin, "--report-dir", name, task=task)
                    self.assertEqual(ended.returncode, 64, ended.stderr)
                    self.assertEqual([path.name for path in folder.iterdir()], ["result.json"])

    def test_one_gate_at_a_time(self):
        slow = {"tasks": {"*": {"duration": "60s"}}}
        with gate.sandbox(slow) as origin, place() as (folder, name):
            variables = {**KEYS, "CODEARTS_ENDPOINT": origin}
            command = ["check", gate.TASK, "--start", "--report-dir", name, *FAST]
            first = wine.start(wine.BINARY.name, *command, variables=variables, stderr=subprocess.PIPE)
            try:
                while b"checking" not in first.stderr.readline():
                    self.assertIsNone(first.poll())
                second = wine.run(*command, **variables)
                self.assertEqual(second.returncode, 64, second.stderr)
                self.assertIn("another codearts-gate is using the report directory", second.stderr)
            finally:
                first.kill()
                first.communicate()
            # Killed: the directory is free, and nothing is left in it.
            ended = check(origin, "--report-dir", name, "--timeout", "1s")
            self.assertEqual(ended.returncode, 2, ended.stderr)
            self.assertEqual(sorted(path.name for path in folder.iterdir()), ["result.json"])

    def test_a_file_that_somebody_holds(self):
        """What cannot be replaced never passes, and nothing half is left."""
        with gate.sandbox(FINISHED) as origin, place() as (folder, name):
            (folder / f"{gate.TASK}.pdf").write_bytes(b"old")
            holder = wine.start("hold.exe", f"{name}\\{gate.TASK}.pdf", stdin=subprocess.PIPE)
            try:
                self.assertEqual(holder.stdout.readline().strip(), b"held")
                ended = check(origin, "--report-dir", name)
                self.assertEqual(ended.returncode, 64, ended.stderr)
                self.assertIn(f"{gate.TASK}.pdf", ended.stderr)
                self.assertEqual(result(folder)["outcome"], "usage")
                self.assertEqual((folder / f"{gate.TASK}.pdf").read_bytes(), b"old")
            finally:
                holder.communicate()
            ended = check(origin, "--report-dir", name)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual(sorted(path.name for path in folder.iterdir()), [f"{gate.TASK}.pdf", "result.json"])

    def test_the_files_of_a_runner(self):
        """Outputs and summary are written twice; the second replaces the first."""
        with fake_github.forge() as forge, gate.sandbox(FINISHED) as origin, place() as (folder, name):
            variables = {key: value.replace(f"{folder}/", f"{name}\\") for key, value in forge.variables(folder).items()}
            (folder / "output").write_bytes(b"before=1\r\n")
            more = {"GITHUB_WORKSPACE": name, **variables}
            ended = check(origin, "--report-dir", "reports", "--report", "pdf,html", folder=folder, **more)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            lines = (folder / "output").read_text().splitlines()
            self.assertEqual(lines[0], "before=1")
            # As often as on Linux: the outputs of an attempt that is replaced are gone.
            self.assertEqual(lines.count("outcome=passed"), 1, lines)
            self.assertEqual(sum(line.startswith("report-sha256=") for line in lines), 1, lines)
            values = dict(line.split("=", 1) for line in lines)
            self.assertEqual(values["report-path"], f"reports/{gate.TASK}.pdf")
            self.assertEqual((folder / "summary").read_text().count("<!--"), (folder / "summary").read_text().count("-->"))
            self.assertIn("passed", (folder / "summary").read_text())
            self.assertEqual(len(forge.artifacts), 1)
            self.assertEqual(len(forge.comments), 1)


class Inputs(unittest.TestCase):
    def test_files_with_ends_of_lines_of_windows(self):
        with place() as (folder, name), gate.sandbox({"tasks": {"*": {"before": 2, "findings": {"critical": 1, "major": 1}}}}) as origin:
            write = lambda file, text: (folder / file).write_bytes(text.replace("\n", "\r\n").encode())
            # The configuration file, with a byte order mark.
            write("codearts-gate.toml", '\ufeffreport = ["json"]\nmax-critical = 0\n\n[[task]]\nid = "%s"\nname = "widget"\n' % gate.TASK)
            ended = wine.run("check", *FAST, folder=folder, CODEARTS_ENDPOINT=origin, **KEYS)
            self.assertEqual(ended.returncode, 4, ended.stderr)
            self.assertEqual(result(folder / "codearts-report")["tasks"][0]["name"], "widget")
            # A baseline.
            reports = folder / "codearts-report"
            issues = json.loads((reports / f"{gate.TASK}.json").read_text())["issues"]
            write("baseline.json", json.dumps({"schema": 1, "fingerprints": [issue["fingerprint"] for issue in issues]}, indent=1))
            ended = check(origin, "--baseline", f"{name}\\baseline.json", "--max-issues", "0", "--max-critical", "0", folder=folder)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            # SARIF.
            (folder / "codearts-gate.toml").unlink()
            ended = check(origin, "--write-baseline", f"{name}\\new.json", "--report", "sarif", folder=folder)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            write("in.sarif", (reports / f"{gate.TASK}.sarif").read_text())
            ended = check(origin, "--baseline", "in.sarif", "--max-issues", "0", "--report", "none", folder=folder)
            self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_a_diff(self):
        rows = [formats.row(1, 0, r"src\a.c", 2), formats.row(2, 0, r"src\a.c", 9)]
        diff = "diff --git a/src/a.c b/src/a.c\n--- a/src/a.c\n+++ b/src/a.c\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n"
        with place() as (folder, name), gate.sandbox({"tasks": {"*": {"before": 2, "defects": rows}}}) as origin:
            for text in (diff, diff.replace("\n", "\r\n"), "\ufeff" + diff.replace("\n", "\r\n")):
                (folder / "changes.diff").write_bytes(text.encode())
                ended = check(
                    origin, "--scope", "changed", "--diff", "changes.diff", "--max-critical", "9", "--report", "none", folder=folder,
                )
                self.assertEqual(ended.returncode, 0, ended.stderr)
                self.assertEqual(result(folder / "codearts-report")["tasks"][0]["counts"]["issues"], 1, ended.stderr)
            # What the redirection of PowerShell 5 makes is refused, and not taken for no change.
            (folder / "changes.diff").write_bytes(diff.encode("utf-16"))
            ended = check(origin, "--scope", "changed", "--diff", "changes.diff", "--max-critical", "9", folder=folder)
            self.assertEqual(ended.returncode, 64, ended.stderr)

    def test_a_scenario(self):
        with place() as (folder, name):
            (folder / "scenario.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(FINISHED, indent=1).replace("\n", "\r\n").encode())
            sandbox = wine.start(wine.BINARY.name, "sandbox", "--port", "0", "--scenario-file", f"{name}\\scenario.json")
            try:
                origin = re.search(rb"http://[\d.]+:\d+", sandbox.stderr.readline()).group().decode()
                ended = check(origin, "--report-dir", f"{name}\\reports")
                self.assertEqual(ended.returncode, 0, ended.stderr)
            finally:
                sandbox.kill()
                sandbox.communicate()

    def test_credentials(self):
        """The profile below the user's home, which `USERPROFILE` names: Wine sets it itself."""
        home = next(path for path in (wine.DRIVE / "users").iterdir() if path.name != "Public")
        self.addCleanup(shutil.rmtree, home / ".huaweicloud")
        (home / ".huaweicloud").mkdir()
        profile = f"[basic]\nak = {gate.ACCESS_KEY}\nsk = {gate.SECRET_KEY}\n"
        (home / ".huaweicloud/credentials").write_bytes(profile.replace("\n", "\r\n").encode())
        with gate.sandbox(FINISHED) as origin, place() as (folder, name):
            ended = wine.run("check", gate.TASK, "--report-dir", name, *FAST, CODEARTS_ENDPOINT=origin)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertIn("profile", ended.stderr.lower())

    def test_names_of_variables_in_any_case(self):
        with gate.sandbox(FINISHED) as origin, place() as (folder, name):
            keys = {key.lower(): value for key, value in KEYS.items()}
            variables = {**keys, "codearts_Endpoint": origin, "CodeArts_Report_Dir": name, "codearts_task_id": gate.TASK}
            ended = wine.run("check", *FAST, **variables)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            ended = wine.run("check", *FAST, **{**variables, "https_PROXY": "nonsense://"})
            self.assertEqual(ended.returncode, 64, ended.stderr)

    def test_the_language(self):
        with gate.sandbox(FINISHED) as origin, place() as (folder, name):
            ended = check(origin, "--report-dir", name, CODEARTS_LANGUAGE="zh-cn")
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertRegex(ended.stderr, "[\u4e00-\u9fff]{4}")
            # Git's shell sets it; the log of a job does not depend on it.
            ended = check(origin, "--report-dir", name, LANG="zh_CN.UTF-8")
            self.assertNotRegex(ended.stderr, "[\u4e00-\u9fff]")

    def test_a_repository_is_found_up_to_the_drive(self):
        drive = wine.DRIVE / "judge-init"
        self.addCleanup(shutil.rmtree, drive, ignore_errors=True)
        shutil.rmtree(drive, ignore_errors=True)
        (drive / "repo/.git").mkdir(parents=True)
        (drive / "repo/sub/deep").mkdir(parents=True)
        (drive / "repo/.git/config").write_bytes(b'[remote "origin"]\r\n\turl = https://github.com/acme/widget.git\r\n')
        options = ["init", "--region", "cn-north-4", "--project-id", gate.PROJECT, "--yes"]
        ended = wine.run(*options, folder=drive / "repo/sub/deep", CODEARTS_TASK_ID=gate.TASK)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        written = [path for path in (drive / "repo").rglob("*.yml")]
        self.assertEqual([path.parent.name for path in written], ["workflows"])
        self.assertNotIn(b"\r", written[0].read_bytes())
        # No repository on the way up to the drive.
        ended = wine.run("init", "--region", "cn-north-4", folder=drive)
        self.assertEqual(ended.returncode, 64, ended.stderr)


if __name__ == "__main__":
    unittest.main()
