"""`install.sh` before a linter and before three shells, against a release that is served here."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import gate
from release import HERE, ROOT, archives, facts, serve, succeeds, sums, tool

SCRIPT = ROOT / "install.sh"
SHELLS = (("dash",), ("bash", "--posix"), ("busybox", "sh"))
# What the script needs from a machine.
TOOLS = ("chmod", "cat", "gzip", "ls", "mkdir", "mktemp", "mv", "rm", "sed", "sha256sum", "tar", "tr", "uname")


@contextlib.contextmanager
def release(*names):
    """A folder with a release, which is served, and an empty home."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        place = folder / "served/releases/download" / f"v{facts.VERSION}"
        place.mkdir(parents=True)
        sums(place, *archives(place, *names))
        latest = folder / "served/releases/latest"
        latest.mkdir()
        (latest / "download").symlink_to(place)
        (folder / "home").mkdir()
        with serve(folder / "served") as server:
            yield folder, place, server


def machine(folder, *tools, **stand_ins):
    """A PATH with these tools only; `stand_ins`: scripts that take the place of others."""
    path = folder / "path"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for name in (*TOOLS, *tools):
        if name not in stand_ins:
            (path / name).symlink_to(shutil.which(name))
    for name, text in stand_ins.items():
        (path / name).write_text(f"#!/bin/sh\n{text}\n")
        (path / name).chmod(0o755)
    return path


def install(folder, path, url, *arguments, shell=("dash",), script=SCRIPT, **variables):
    """Runs the script on a machine with this PATH."""
    environment = {"PATH": str(path), "HOME": str(folder / "home"), "CODEARTS_GATE_DOWNLOAD_URL": url, **variables}
    command = (shutil.which(shell[0]), *shell[1:], script, *arguments)
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


class Install(unittest.TestCase):
    def test_the_linter_accepts_it(self):
        succeeds(tool("shellcheck"), SCRIPT)
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
            file.write("#!/bin/sh\necho $1\nlocal x=1\n")
            file.flush()
            with self.assertRaises(AssertionError):
                succeeds(tool("shellcheck"), file.name)

    def assert_installed(self, folder, ended, name="home/.local/bin/codearts-gate"):
        self.assertEqual(ended.returncode, 0, ended.stderr)
        installed = folder / name
        self.assertEqual(installed.read_bytes(), pathlib.Path(gate.BINARY).read_bytes())
        self.assertTrue(os.access(installed, os.X_OK))
        # Nothing else is left.
        self.assertEqual([path.name for path in installed.parent.iterdir()], [installed.name])
        self.assertEqual(ended.stdout, "")

    def assert_refused(self, folder, ended, *expected, code=1):
        self.assertEqual(ended.returncode, code, ended.stderr)
        self.assertTrue(ended.stderr.startswith("error: ") or "\nerror: " in ended.stderr, ended.stderr)
        for words in expected:
            self.assertIn(words, ended.stderr)
        self.assertEqual([path for path in (folder / "home").rglob("*") if not path.is_dir()], [])
        self.assertEqual([path for path in (folder / "home").rglob(".codearts*")], [])

    def test_every_shell_and_client_installs_it(self):
        with release(HERE) as (folder, _, server):
            url = f"{server.origin}/releases/download"
            busybox = {"wget": f"exec {shutil.which('busybox')} wget \"$@\"", "tar": f"exec {shutil.which('busybox')} tar \"$@\""}
            machines = (("curl",), ("wget",), ())
            for shell, tools in zip(SHELLS, machines):
                with self.subTest(shell=shell, tools=tools):
                    path = machine(folder, *tools, **({} if tools else busybox))
                    ended = install(folder, path, url, shell=shell)
                    self.assert_installed(folder, ended)
                    self.assertIn(f"hint: add {folder}/home/.local/bin to PATH", ended.stderr)
                    shutil.rmtree(folder / "home/.local")
            # Two times is as good as once, and a relative folder with a blank is fine.
            path = machine(folder, "curl")
            for _ in range(2):
                ended = install(folder, path, url, CODEARTS_GATE_DIR="home/my tools")
                self.assert_installed(folder, ended, "home/my tools/codearts-gate")

    def test_it_asks_for_the_version(self):
        with release(HERE) as (folder, _, server):
            path = machine(folder, "curl")
            url = f"{server.origin}/releases/download"
            self.assert_installed(folder, install(folder, path, url))
            self.assertEqual({asked.rpartition("/")[0] for asked in server.asked}, {"/releases/latest/download"})
            for version in (facts.VERSION, f"v{facts.VERSION}"):
                server.asked.clear()
                self.assert_installed(folder, install(folder, path, url + "/", CODEARTS_GATE_VERSION=version))
                self.assertEqual({asked.rpartition("/")[0] for asked in server.asked}, {f"/releases/download/v{facts.VERSION}"})
            shutil.rmtree(folder / "home/.local")
            self.assert_refused(folder, install(folder, path, server.origin), "the newest version at", "hint: set CODEARTS_GATE_VERSION")

    def test_only_the_right_digest_is_installed(self):
        with release(HERE) as (folder, place, server):
            path = machine(folder, "curl")
            url = f"{server.origin}/releases/download"
            archive = place / facts.archive_name(HERE)
            good = (place / "SHA256SUMS").read_text()
            # A digest that is given needs no other file.
            (place / "SHA256SUMS").unlink()
            self.assert_refused(folder, install(folder, path, url), "cannot download", "SHA256SUMS", "hint: ")
            self.assert_installed(folder, install(folder, path, url, CODEARTS_GATE_SHA256=good[:64].upper()))
            shutil.rmtree(folder / "home/.local")
            self.assert_refused(folder, install(folder, path, url, CODEARTS_GATE_SHA256="0" * 64), f"not {'0' * 64}", good[:64])
            # A list without this archive, but with a name that ends like it.
            (place / "SHA256SUMS").write_text(good.replace("codearts", "x-codearts"))
            self.assert_refused(folder, install(folder, path, url), "does not name codearts-gate-")
            (place / "SHA256SUMS").write_text(good)
            with archive.open("ab") as file:
                file.write(b"x")
            self.assert_refused(folder, install(folder, path, url), "the SHA-256 digest of", "nothing was installed")
            archive.unlink()
            self.assert_refused(folder, install(folder, path, url), "cannot download", archive.name)
            # What was there stays.
            (folder / "kept").mkdir()
            (folder / "kept/codearts-gate").write_text("old")
            install(folder, path, url, CODEARTS_GATE_DIR=str(folder / "kept"))
            self.assertEqual([(file.name, file.read_text()) for file in (folder / "kept").iterdir()], [("codearts-gate", "old")])

    def test_a_list_that_anybody_can_change_is_not_believed(self):
        with release(HERE) as (folder, _, _server):
            path = machine(folder, "curl")
            ended = install(folder, path, "http://mirror.example/download", CODEARTS_GATE_VERSION=facts.VERSION)
            self.assert_refused(folder, ended, "it is not https", "hint: use https, or set CODEARTS_GATE_SHA256")

    def test_a_binary_that_does_not_run_is_not_installed(self):
        other = next(name for name in facts.PLATFORMS if name != HERE and name.startswith("linux"))
        with release(HERE) as (folder, place, server):
            (place / "codearts-gate").write_text("#!/bin/false\n")
            (place / "codearts-gate").chmod(0o755)
            archive = place / facts.archive_name(other)
            succeeds("tar", "--create", "--gzip", "--file", archive, "--directory", place, "codearts-gate")
            sums(place, archive)
            path = machine(folder, "curl", uname=f'[ "$1" = -s ] && echo Linux || echo {facts.PLATFORMS[other].machines[0]}')
            self.assert_refused(folder, install(folder, path, f"{server.origin}/releases/download"), "does not run on this machine")

    def test_every_platform_gets_its_archive_and_no_other_one(self):
        with release(*facts.PLATFORMS) as (folder, _, server):
            url = f"{server.origin}/releases/download"
            for name, about in facts.PLATFORMS.items():
                for processor in about.machines:
                    with self.subTest(name, processor=processor):
                        server.asked.clear()
                        system = about.system + ("-10.0-20348" if about.node_system == "win32" else "")
                        path = machine(folder, "curl", uname=f'[ "$1" = -s ] && echo {system} || echo {processor}')
                        self.assert_installed(folder, install(folder, path, url), f"home/.local/bin/{facts.executable(name)}")
                        self.assertIn(f"/releases/latest/download/{facts.archive_name(name)}", server.asked)
                        shutil.rmtree(folder / "home/.local")
            server.asked.clear()
            for system, processor in (("Linux", "riscv64"), ("Linux", "i686"), ("FreeBSD", "amd64"), ("Darwin", "ppc"), ("x", "y")):
                path = machine(folder, "curl", uname=f'[ "$1" = -s ] && echo {system} || echo {processor}')
                ended = install(folder, path, url)
                self.assert_refused(folder, ended, f"there is no binary for {system} on {processor}", "hint: compile it")
            self.assertEqual(server.asked, [])

    def test_a_machine_without_a_tool_is_named(self):
        with release(HERE) as (folder, _, server):
            url = f"{server.origin}/releases/download"
            self.assert_refused(folder, install(folder, machine(folder), url), "neither curl nor wget is there")
            path = machine(folder, "curl")
            (path / "sha256sum").unlink()
            self.assert_refused(folder, install(folder, path, url), "neither sha256sum nor shasum is there")

    def test_arguments_and_truncated_copies_do_nothing(self):
        with release(HERE) as (folder, _, server):
            path = machine(folder, "curl")
            url = f"{server.origin}/releases/download"
            self.assert_refused(folder, install(folder, path, url, "--help"), "unexpected argument '--help'", code=64)
            lines = SCRIPT.read_text().splitlines(keepends=True)
            copy = folder / "copy.sh"
            copy.write_text("".join(lines[:-1]))
            install(folder, path, url, script=copy)
            self.assertEqual(server.asked, [])

    def test_a_signal_leaves_nothing(self):
        with release(HERE) as (folder, _, server):
            path = machine(folder, curl="kill -TERM $PPID; exec sleep 1")
            (path / "sleep").symlink_to(shutil.which("sleep"))
            ended = install(folder, path, f"{server.origin}/releases/download")
            self.assertNotEqual(ended.returncode, 0)
            self.assertEqual(list((folder / "home/.local/bin").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
