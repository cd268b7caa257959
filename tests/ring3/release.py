"""Archives like those of a release, for the judges of what users install."""

import contextlib
import functools
import hashlib
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

import gate

ROOT = gate.RING.parent.parent
sys.path.insert(0, str(ROOT / "packaging"))
import facts  # noqa: E402

HERE = next(name for name, about in facts.PLATFORMS.items() if about.system == os.uname().sysname and os.uname().machine in about.machines)


def succeeds(*command, **options):
    """Runs a command that must succeed; returns what it prints."""
    options = {"timeout": 120, **options}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if ended.returncode != 0:
        raise AssertionError(f"{command}\n{ended.stdout}{ended.stderr}")
    return ended.stdout + ended.stderr


def tool(name):
    """A tool of the judges."""
    return gate.FOLDER / "venv/bin" / name


def archives(folder, *names):
    """Archives like those of a release, all with the binary of this machine."""
    made = []
    for name in names:
        made.append(pathlib.Path(folder, facts.archive_name(name)))
        with tempfile.TemporaryDirectory() as content:
            shutil.copy(gate.BINARY, pathlib.Path(content, facts.executable(name)))
            for path in (*ROOT.glob("LICENSE-*"), ROOT / "README.md"):
                shutil.copy(path, content)
            succeeds("tar", "--create", "--gzip", "--file", made[-1], "--directory", content, ".")
    return made


def make(script, *arguments):
    """Runs a script of `packaging`, outside any workflow."""
    return succeeds(sys.executable, "-B", ROOT / "packaging" / script, *arguments, env={})


def sums(folder, *paths):
    """The file of checksums, as the release writes it."""
    file = pathlib.Path(folder, "SHA256SUMS")
    file.write_text("".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths))
    return file


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked.append(self.path)
        super().do_GET()


@contextlib.contextmanager
def serve(folder):
    """Serves a folder; yields the server, which keeps the paths that it was asked for."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    server.asked = []
    server.origin = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
