"""The image of the Dockerfile, built and run by a separate Docker daemon, with the mounts and variables of GitHub's runner."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import fake_github
import gate

ROOT = gate.RING.parent.parent
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
DAEMON_START = 60
CANCEL_LIMIT = 5
PASSING = {"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms"}}}}
ENDLESS = {"tasks": {"*": {"duration": "1h"}}}


def without_compiling(dockerfile):
    """The last stage as it is shipped; the binary that was built here stands in for the stage that compiles."""
    stages = re.split(r"(?m)^(?=FROM )", dockerfile)
    named = {match.group(1): stage for stage in stages if (match := re.match(r"FROM \S+ AS (\w+)", stage))}
    assert set(named) == {"compile", "shell"}, named
    stand_in = f"FROM scratch AS compile\nCOPY codearts-gate /codearts-gate\nCOPY {CERTIFICATES} /{CERTIFICATES}\n"
    return stand_in + stages[-1]


@unittest.skipUnless(os.uname().sysname == "Linux", "images run on Linux")
class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worlds = contextlib.ExitStack()
        cls.folder = cls.worlds.enter_context(tempfile.TemporaryDirectory())
        cls.environment = {**os.environ, "DOCKER_HOST": f"unix://{cls.folder}/socket", "DOCKER_BUILDKIT": "0"}
        cls.environment["DOCKER_CONFIG"] = cls.folder
        cls.addClassCleanup(cls.worlds.close)
        log = cls.worlds.enter_context(open(f"{cls.folder}/log", "w+", encoding="utf-8"))
        command = ["dockerd", "--data-root", f"{cls.folder}/data", "--exec-root", f"{cls.folder}/exec"]
        command += ["--host", cls.environment["DOCKER_HOST"], "--pidfile", f"{cls.folder}/pid"]
        command += ["--storage-driver", "vfs", "--iptables=false", "--bridge=none"]
        # Separate from a daemon of this machine.
        pathlib.Path(cls.folder, "config.json").write_text("{}")
        command += ["--config-file", f"{cls.folder}/config.json", "--containerd-namespace", "judge"]
        command += ["--containerd-plugins-namespace", "judge-plugins"]
        daemon = subprocess.Popen(command, stdout=log, stderr=log)
        cls.worlds.callback(cls.end, daemon)
        deadline = time.monotonic() + DAEMON_START
        while cls.docker("version").returncode:
            if daemon.poll() is not None or time.monotonic() > deadline:
                log.seek(0)
                raise RuntimeError(f"the Docker daemon did not start:\n{log.read()[-3000:]}")
            time.sleep(0.2)
        context = pathlib.Path(cls.folder, "context")
        (context / CERTIFICATES).parent.mkdir(parents=True)
        shutil.copy(gate.BINARY, context / "codearts-gate")
        shutil.copy(f"/{CERTIFICATES}", context / CERTIFICATES)
        (context / "Dockerfile").write_text(without_compiling((ROOT / "Dockerfile").read_text()))
        built = cls.docker("build", "--tag", "gate", str(context))
        assert built.returncode == 0, built.stdout + built.stderr

    @classmethod
    def end(cls, daemon):
        daemon.terminate()
        daemon.wait(timeout=30)
        # The daemon leaves this mount behind, and with it the folder could not be removed.
        subprocess.run(["umount", "--lazy", f"{cls.folder}/exec/netns/default"], capture_output=True, check=False)

    @classmethod
    def docker(cls, *arguments):
        return subprocess.run(
            ["docker", *arguments], env=cls.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def test_it_holds_the_binary_and_little_else(self):
        size = int(self.docker("image", "inspect", "gate", "--format", "{{.Size}}").stdout)
        self.assertLess(size, os.path.getsize(gate.BINARY) + 300_000)
        container = self.docker("create", "gate").stdout.strip()
        listing = subprocess.run(
            f"docker export {container} | tar --list", shell=True, env=self.environment, capture_output=True, text=True,
            check=True,
        )
        files = {name for name in listing.stdout.split() if not name.endswith("/")}
        # Docker itself adds the rest to every container.
        added = {".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/mtab", "etc/resolv.conf"}
        self.assertEqual(files - added, {"codearts-gate", CERTIFICATES})
        entrypoint = self.docker("image", "inspect", "gate", "--format", "{{json .Config.Entrypoint}}")
        self.assertEqual(json.loads(entrypoint.stdout), ["/codearts-gate"])

    @contextlib.contextmanager
    def step(self, endpoint, user):
        """The command that the runner gives for a step of the action, and the folder behind its mounts."""
        with tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge:
            mounts = ["runner_temp", "home", "workflow", "file_commands", "workspace"]
            for mount in mounts:
                pathlib.Path(folder, mount).mkdir()
            variables = forge.variables(f"{folder}/file_commands")
            shutil.move(f"{folder}/file_commands/event.json", f"{folder}/workflow/event.json")
            variables |= {
                "HOME": "/github/home",
                "GITHUB_EVENT_PATH": "/github/workflow/event.json",
                "GITHUB_OUTPUT": "/github/file_commands/output",
                "GITHUB_STEP_SUMMARY": "/github/file_commands/summary",
                "GITHUB_WORKSPACE": "/github/workspace",
                # Inputs, some of them left empty; the job sets one to another value.
                "CODEARTS_GATE_ACTION": "true",
                "INPUT_TASK-ID": gate.TASK,
                "INPUT_START": "true",
                "INPUT_POLL-INTERVAL": "1s",
                "INPUT_ENDPOINT": endpoint,
                "INPUT_TIMEOUT": "",
                "INPUT_RETENTION-DAYS": "",
                "INPUT_GITHUB-TOKEN": fake_github.TOKEN,
                "GITHUB_TOKEN": "another",
                "CODEARTS_TASK_ID": "0" * 32,
                **gate.KEYS,
            }
            subprocess.run(["chown", "--recursive", user, folder], check=True)
            command = ["docker", "run", "--rm", "--network", "host", "--user", user, "--workdir", "/github/workspace"]
            for mount in mounts:
                command += ["--volume", f"{folder}/{mount}:/github/{mount}"]
            for name in variables:
                command += ["--env", name]
            yield [*command, "gate", "check"], {**self.environment, **variables}, pathlib.Path(folder), forge

    def test_a_step_of_the_action(self):
        for user in ("0:0", "1001:1001"):
            with self.subTest(user), gate.sandbox(PASSING) as endpoint:
                with self.step(endpoint, user) as (command, environment, folder, forge):
                    ended = subprocess.run(
                        command, env=environment, capture_output=True, text=True, timeout=60, check=False
                    )
                    self.assertEqual(ended.returncode, 0, ended.stderr)
                    pairs = (folder / "file_commands/output").read_text().splitlines()
                    outputs = dict(pair.split("=", 1) for pair in pairs)
                    self.assertEqual((outputs["outcome"], outputs["exit-code"]), ("passed", "0"))
                    pdf = folder / "workspace" / outputs["report-path"]
                    self.assertEqual(forge.artifacts[pdf.name]["bytes"], pdf.read_bytes())
                    self.assertIn("CodeArts Check passed", (folder / "file_commands/summary").read_text())
                    self.assertEqual(len(forge.comments), 1)
                    self.assertEqual(pdf.stat().st_uid, int(user.split(":")[0]))

    def test_cancelling_stops_the_remote_run(self):
        """The runner signals the client, which passes it on to process 1."""
        for number, code in [(signal.SIGTERM, 143), (signal.SIGINT, 130)]:
            with self.subTest(number), gate.sandbox(ENDLESS) as endpoint:
                with self.step(endpoint, "0:0") as (command, environment, folder, _):
                    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
                    alarm = threading.Timer(60, process.kill)
                    alarm.start()
                    for line in process.stderr:
                        if "checking" in line:
                            break
                    began = time.monotonic()
                    process.send_signal(number)
                    rest = process.stderr.read()
                    self.assertEqual(process.wait(timeout=30), code, rest)
                    self.assertLess(time.monotonic() - began, CANCEL_LIMIT)
                    alarm.cancel()
                    process.stderr.close()
                    self.assertIn("sent a stop request", rest)
                    self.assertIn(f"exit-code={code}", (folder / "file_commands/output").read_text())
                after = gate.run("check", gate.TASK, "--report-dir", f"{self.folder}/r", "--endpoint", endpoint, **gate.KEYS)
                self.assertEqual(after.returncode, 3, after.stderr)

    def test_it_speaks_tls(self):
        command = ["run", "--rm", "--network", "host", "--workdir", "/github", "--env", "HUAWEICLOUD_SDK_AK=a"]
        command += ["--env", "HUAWEICLOUD_SDK_SK=b", "gate", "check", gate.TASK, "--endpoint", "https://127.0.0.1:1"]
        ended = self.docker(*command, "--max-pause", "1ms")
        self.assertEqual(ended.returncode, 69, ended.stderr)
        self.assertIn("no connection", ended.stderr)


if __name__ == "__main__":
    unittest.main()
