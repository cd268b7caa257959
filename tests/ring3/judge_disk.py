"""The binary on real file systems that are full, read-only or slow, and killed in the middle of a rename. Needs root."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree

from gate import BINARY, KEYS, TASK, sandbox

# A task that has passed, with enough findings for lists of tens of kilobytes.
FINDINGS = {"critical": 0, "major": 20, "minor": 100, "suggestion": 180}
PASSED = {"tasks": {"*": {"before": 2, "findings": FINDINGS, "pdf": {"duration": "10ms", "bytes": 300_000}}}}
LISTS = "sarif,json,csv,junit,codequality,checkstyle,markdown,html"
CODES = {0: "passed", 4: "gate-failed", 5: "report-failed", 64: "usage", 70: "internal"}
FULL = "No space left on device"
# Each of the two limits of `check`, in seconds; where a disk is slow, an exit may take both and 20 s.
LIMIT = 60
SHORT = 2
PATIENCE = 300


class Process:
    """A gate that runs, and its log so far."""

    def __init__(self, command, variables, log):
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=file)

    def wait_for(self, text):
        """Until the log shows it."""
        begun = time.monotonic()
        while text not in self.log.read_text():
            if time.monotonic() - begun > PATIENCE:
                raise RuntimeError(f"`{text}` is not in the log: {self.log.read_text()}")
            time.sleep(0.01)

    def finish(self):
        code = self.process.wait(timeout=PATIENCE)
        return subprocess.CompletedProcess(self.process.args, code, "", self.log.read_text())


class Disks(unittest.TestCase):
    def setUp(self):
        self.assertEqual(os.geteuid(), 0, "file systems are mounted")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        mocks = contextlib.ExitStack()
        self.addCleanup(mocks.close)
        self.serve = lambda scenario: mocks.enter_context(sandbox(scenario))
        self.counter = 0

    def mount(self, *arguments):
        """Mounts a file system; returns where."""
        self.counter += 1
        place = self.root / f"disk{self.counter}"
        place.mkdir()
        subprocess.run(["mount", *arguments, place], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", place], check=True)
        return place

    def memory(self, options):
        return self.mount("-t", "tmpfs", "-o", options, "tmpfs")

    def ext4(self, megabytes):
        """A file system in a file, without blocks that are kept for root."""
        image = self.root / f"image{self.counter}"
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", image], check=True)
        return self.mount("-o", "loop", image)

    def variables(self, service, reports):
        return {"CODEARTS_ENDPOINT": service, "CODEARTS_REPORT_DIR": str(reports), "CODEARTS_MAX_PAUSE": "5ms", **KEYS}

    def check(self, service, reports, *options):
        return self.spawn(service, reports, *options).finish()

    def spawn(self, service, reports, *options, before=(), limit=LIMIT):
        self.counter += 1
        limits = ["--timeout", f"{limit}s", "--report-timeout", f"{limit}s"]
        command = [*before, BINARY, "check", TASK, *limits, *options]
        return Process(command, self.variables(service, reports), self.root / f"log{self.counter}")

    def assert_whole(self, reports):
        """Every file is whole, or absent; returns their names."""
        names = {path.name for path in reports.iterdir() if path.name != "lost+found"} if reports.is_dir() else set()
        for path in (reports / name for name in names if not name.endswith(".part")):
            content = path.read_bytes()
            with self.subTest(file=path.name):
                if path.suffix in (".json", ".sarif"):
                    json.loads(content)
                elif path.suffix == ".xml":
                    xml.etree.ElementTree.fromstring(content)
                elif path.suffix == ".pdf":
                    self.assertTrue(content.startswith(b"%PDF-") and content.endswith(b"%%EOF"), len(content))
                elif path.suffix == ".html":
                    self.assertTrue(content.rstrip().endswith(b"</html>"), len(content))
                else:
                    self.assertTrue(content.endswith(b"\n"), len(content))
        return names

    def judge(self, ended, reports):
        """What holds after every end; returns the names of the files."""
        names = self.assert_whole(reports)
        self.assertIn(ended.returncode, CODES, ended.stderr)
        self.assertEqual([name for name in names if name.endswith(".part")], [])
        if "result.json" in names:
            result = json.loads((reports / "result.json").read_text())
            self.assertEqual((result["exit_code"], result["outcome"]), (ended.returncode, CODES[ended.returncode]))
            for task in result["tasks"]:
                for file in [task["report"], *task.get("files", [])]:
                    if file:
                        content = (reports / pathlib.Path(file["path"]).name).read_bytes()
                        if "sha256" in file:
                            self.assertEqual(hashlib.sha256(content).hexdigest(), file["sha256"])
        if ended.returncode == 0:
            self.assertIn("result.json", names)
        return names

    def assert_explained(self, ended, reports, why):
        """The file and the cause are named."""
        lines = [line for line in ended.stderr.splitlines() if why in line]
        self.assertTrue(any(str(reports) in line for line in lines), ended.stderr)

    def fill(self, disk, room):
        """Leaves about this much room, in bytes."""
        with (disk / "filler").open("wb", buffering=0) as file:
            free = None
            # A flush gives back what was kept for the structure of the file.
            while free != 0:
                for piece in (1 << 20, 4096):
                    with contextlib.suppress(OSError):
                        while file.write(bytes(piece)):
                            pass
                os.fsync(file.fileno())
                left = os.statvfs(disk).f_bavail
                free = 0 if left == free else left
            file.truncate(max(os.fstat(file.fileno()).st_size - room, 0))
            os.fsync(file.fileno())

    def test_a_disk_that_is_full_at_each_point(self):
        service = self.serve(PASSED)
        seen = set()
        for room in range(4096, 2 << 20, 8192):
            disk = self.memory(f"size={room}")
            ended = self.check(service, disk, "--report", LISTS)
            names = self.judge(ended, disk)
            seen.add(ended.returncode)
            self.assertIn(ended.returncode, (0, 5), ended.stderr)
            if ended.returncode == 0:
                self.assertEqual(len(names), 9)
                break
            self.assert_explained(ended, disk, FULL)
        self.assertEqual(seen, {0, 5})

    def test_a_full_disk_never_hides_a_verdict(self):
        service = self.serve(PASSED)
        seen = set()
        for room in range(4096, 2 << 20, 65_536):
            disk = self.memory(f"size={room}")
            ended = self.check(service, disk, "--report", LISTS, "--max-major", "3")
            self.judge(ended, disk)
            self.assertEqual(ended.returncode, 4, ended.stderr)
            seen.add(FULL in ended.stderr)
        self.assertEqual(seen, {True, False})

    def test_findings_that_decide_and_cannot_be_kept(self):
        """More than one batch of findings goes to the disk before they are counted."""
        many = {"critical": 0, "major": 0, "minor": 0, "suggestion": 30_000}
        service = self.serve({"tasks": {"*": {"before": 2, "findings": many}}})
        baseline = self.root / "baseline.json"
        ended = self.check(service, self.root / "first", "--report", "none", "--write-baseline", str(baseline))
        self.assertEqual(ended.returncode, 0, ended.stderr)
        disk = self.memory("size=64k")
        ended = self.check(service, disk, "--report", "none", "--baseline", str(baseline), "--max-issues", "0")
        self.judge(ended, disk)
        self.assertEqual(ended.returncode, 70, ended.stderr)
        self.assertIn(FULL, ended.stderr)

    def test_a_disk_without_room_for_another_file(self):
        """Room enough, but no inodes: the PDF too fails at each point."""
        service = self.serve(PASSED)
        seen = set()
        for inodes in range(1, 20):
            disk = self.memory(f"size=200m,nr_inodes={inodes}")
            ended = self.check(service, disk, "--report", f"pdf,{LISTS}")
            names = self.judge(ended, disk)
            seen.add(ended.returncode)
            if ended.returncode == 0:
                self.assertEqual(len(names), 10)
                break
            self.assert_explained(ended, disk, FULL)
        self.assertEqual(seen, {0, 5, 64})

    def test_a_disk_that_fills_up_during_the_download(self):
        """The PDF can be fetched once: room was there before."""
        late = {"call": "pdf-file", "fault": {"kind": "delay", "by": "3s"}}
        service = self.serve(PASSED | {"faults": [late]})
        for room in (0, 4096, 150_000):
            disk = self.memory("size=100m")
            reports = disk / "reports"
            process = self.spawn(service, reports)
            process.wait_for("downloading")
            self.fill(disk, room)
            ended = process.finish()
            names = self.judge(ended, reports)
            self.assertEqual((ended.returncode, f"{TASK}.pdf" in names), (5, False), ended.stderr)
            self.assertIn(str(reports), ended.stderr)

    def test_a_real_file_system_that_is_nearly_full(self):
        service = self.serve(PASSED)
        disk = self.ext4(16)
        seen = set()
        for room in [*range(0, 200_000, 20_000), 2 << 20]:
            reports = disk / "reports"
            shutil.rmtree(reports, ignore_errors=True)
            (disk / "filler").unlink(missing_ok=True)
            os.sync()
            self.fill(disk, room)
            ended = self.check(service, reports, "--report", LISTS)
            self.judge(ended, reports)
            seen.add(ended.returncode)
            if ended.returncode != 0:
                self.assert_explained(ended, reports, FULL)
        self.assertEqual(seen - {64}, {0, 5})

    def test_a_read_only_disk(self):
        service = self.serve(PASSED)
        disk = self.ext4(100)
        old = self.check(service, disk)
        self.assertEqual(old.returncode, 0, old.stderr)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        ended = self.check(service, disk)
        self.assertEqual(ended.returncode, 64, ended.stderr)
        self.assert_explained(ended, disk, "Read-only file system")

    def test_a_disk_that_becomes_read_only(self):
        """Linux does that after an error of the device. What is there already was removed at the beginning."""
        service = self.serve({"tasks": {"*": {"before": 0, "duration": "5s", "pdf": {"duration": "10ms"}}}})
        disk = self.ext4(100)
        process = self.spawn(service, disk)
        process.wait_for("checking")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        ended = process.finish()
        self.assertEqual(self.judge(ended, disk), set())
        self.assertEqual(ended.returncode, 5, ended.stderr)
        self.assert_explained(ended, disk, "Read-only file system")

    def test_a_slow_disk(self):
        """A quarter of a second for each file that is flushed, renamed or removed: limits hold, and all is whole."""
        service = self.serve(PASSED)
        calls = "fsync,rename,renameat,renameat2,linkat,unlink,unlinkat"
        slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:delay_enter=250000"]
        begun = time.monotonic()
        reports = self.root / "reports"
        ended = self.spawn(service, reports, "--report", f"pdf,{LISTS}", before=slow, limit=SHORT).finish()
        self.judge(ended, reports)
        self.assertIn(ended.returncode, (0, 5), ended.stderr)
        self.assertGreater(time.monotonic() - begun, 3)
        self.assertLess(time.monotonic() - begun, 2 * SHORT + 20)

    def test_errors_of_the_device(self):
        """The n-th flush or rename fails."""
        service = self.serve(PASSED)
        seen = set()
        for call in ("fsync", "rename", "renameat", "renameat2"):
            for number in range(1, 16):
                reports = self.root / f"{call}{number}"
                trace = self.root / "trace"
                failing = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={number}"]
                ended = self.spawn(service, reports, "--report", f"pdf,{LISTS}", before=failing).finish()
                self.judge(ended, reports)
                if "INJECTED" not in trace.read_text():
                    break
                seen.add((call, ended.returncode))
                # What is written a second time may succeed.
                self.assertIn(ended.returncode, (0, 5), ended.stderr)
        self.assertTrue(any(code == 5 for _, code in seen), seen)

    def test_killed_at_each_rename(self):
        """Before it, and after it: what has a final name is whole, and the next run is not misled."""
        service = self.serve(PASSED)
        failing = self.serve({"tasks": {"*": {"before": 1}}})
        kills = 0
        for call in ("rename", "renameat", "renameat2", "unlink", "unlinkat", "fsync"):
            for number in range(1, 40):
                reports = self.root / f"{call}{number}"
                killing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"]
                ended = self.spawn(service, reports, "--report", f"pdf,{LISTS}", before=killing).finish()
                self.assert_whole(reports)
                if ended.returncode == 0:
                    break
                self.assertIn(ended.returncode, (-signal.SIGKILL, 128 + signal.SIGKILL), ended.stderr)
                kills += 1
                # The next one is about a check that failed: nothing of the pass may stay.
                ended = self.check(failing, reports, "--report", f"pdf,{LISTS}")
                names = self.judge_failed(ended, reports)
                self.assertNotIn(f"{TASK}.pdf", names)
        self.assertGreater(kills, 15)

    def judge_failed(self, ended, reports):
        names = self.assert_whole(reports)
        self.assertEqual(ended.returncode, 1, ended.stderr)
        self.assertEqual([name for name in names if name.endswith(".part")], [])
        result = json.loads((reports / "result.json").read_text())
        self.assertEqual((result["exit_code"], result["outcome"]), (1, "check-failed"))
        listed = {pathlib.Path(file["path"]).name for task in result["tasks"] for file in task.get("files", [])}
        self.assertEqual(names, listed | {"result.json"})
        return names

    def test_killed_at_many_moments(self):
        """Without a tracer, at moments that are spread over the whole run."""
        service = self.serve(PASSED)
        kills = 0
        reports = self.root / "reports"
        for number in range(60):
            process = self.spawn(service, reports, "--report", f"pdf,{LISTS}")
            time.sleep(number * 0.0005)
            process.process.kill()
            kills += process.finish().returncode == -signal.SIGKILL
            self.assert_whole(reports)
        self.assertGreater(kills, 20)
        ended = self.check(service, reports, "--report", f"pdf,{LISTS}")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(len(self.judge(ended, reports)), 10)

    def test_two_processes_in_one_directory(self):
        """One has it, and the other leaves it alone."""
        service = self.serve(PASSED)
        seen = set()
        for number in range(20):
            reports = self.root / f"reports{number}"
            both = [self.spawn(service, reports, "--report", f"pdf,{LISTS}") for _ in range(2)]
            ended = [process.finish() for process in both]
            codes = sorted(process.returncode for process in ended)
            seen.add(tuple(codes))
            winner = min(ended, key=lambda process: process.returncode)
            self.assertEqual(len(self.judge(winner, reports)), 10)
            for process in ended:
                if process.returncode == 64:
                    self.assert_explained(process, reports, "is using")
        self.assertLessEqual(seen, {(0, 64), (0, 0)})
        self.assertIn((0, 64), seen)


if __name__ == "__main__":
    unittest.main()
