"""Starts the binary for Windows, and helpers beside it, under Wine. Its own drive C: is empty but for Wine; Z: is this machine."""

import os
import pathlib
import pty
import select
import signal
import subprocess
import time

import gate

# Filled by `run`: the binary, the library that Wine lacks, and the helpers of `windows/*.c`.
FOLDER = gate.FOLDER / "windows"
BINARY = FOLDER / "codearts-gate.exe"
PREFIX = gate.FOLDER.parent / "target" / "wine"
DRIVE = PREFIX / "drive_c"
LIMIT = 120
# Where the machine is busy, Wine now and then kills a process that is ending by itself.
TRIES = 2


def environment(variables):
    """These variables, and what Wine itself needs."""
    return {
        "PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "WINEPREFIX": str(PREFIX), "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=", "LC_ALL": "C.UTF-8", **variables,
    }


def name(path):
    """What Windows calls a file of this machine."""
    return "Z:" + str(pathlib.Path(path).resolve()).replace("/", "\\")


def start(program, *arguments, folder=None, variables=None, **streams):
    """Starts a program of the folder."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    command = ["wine", str(FOLDER / program), *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment(variables or {}), **streams)


def run(*arguments, folder=None, **variables):
    """Runs the binary with these variables and no others of its own."""
    for _ in range(TRIES):
        process = start(BINARY.name, *arguments, folder=folder, variables=variables)
        output, errors = process.communicate(timeout=LIMIT)
        if process.returncode != -signal.SIGKILL:
            break
    return subprocess.CompletedProcess(arguments, process.returncode, output.decode(), errors.decode())


class Terminal:
    """A console with a program in it, as a person has one."""

    def __init__(self, program, *arguments, folder=None, variables=None):
        self.end, other = pty.openpty()
        streams = {"stdin": other, "stdout": other, "stderr": other, "start_new_session": True}
        self.process = start(program, *arguments, folder=folder, variables=variables, **streams)
        os.close(other)
        self.shown = b""

    def read(self, until=None):
        """Reads what is shown, until that is there, or to the end of the program."""
        deadline = time.monotonic() + LIMIT
        while until is None or until not in self.shown:
            if time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"nothing more is shown: {self.shown}")
            ready, _, _ = select.select([self.end], [], [], 0.2)
            try:
                piece = os.read(self.end, 65536) if ready else b""
            except OSError:
                break
            self.shown += piece
            if not piece and self.process.poll() is not None:
                break
        return self.shown

    def close(self):
        """The exit code."""
        self.read()
        os.close(self.end)
        return self.process.wait(timeout=LIMIT)
