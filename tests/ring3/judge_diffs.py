"""The changed lines of diffs, before git itself."""

import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

CHANGED_LINES = str(pathlib.Path(os.environ["CHANGED_LINES"]).resolve())
FILES = 600
LINES = ["a", "b", "", "  ", "-- x", "++ y", "--- a/f", "+++ b/f", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No newline at end of file", "é", "\tx"]
NAMES = ["plain", "with blank", "b", "quote\"d", "back\\slash", "tab\there", "测试", "é", "a", "x and y", "-- x"]
HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
WAYS = [
    ([], []),
    ([], ["-U0"]),
    ([], ["-U10"]),
    ([], ["--no-prefix"]),
    ([], ["--no-prefix", "-U0"]),
    (["diff.mnemonicPrefix=true"], []),
    (["core.quotePath=false"], []),
    ([], ["--patch-with-stat", "--full-index", "--binary"]),
]


def content(chance, lines):
    """A file of these lines, with ends of lines and a last line of every kind."""
    end = chance.choice(["\n", "\n", "\r\n"])
    text = end.join(lines) + (end if lines and chance.random() < 0.7 else "")
    return text.encode()


def changed(chance, lines):
    """The same lines after some edits."""
    edited = []
    for line in lines:
        kind = chance.random()
        if kind < 0.1:
            continue
        edited.append(chance.choice(LINES) if kind < 0.2 else line)
        if kind > 0.9:
            edited.extend(chance.choices(LINES, k=chance.randint(1, 3)))
    return edited


class Diffs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def git(self, *arguments):
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "core.autocrlf=false", *arguments]
        return subprocess.run(command, cwd=self.root, env={"PATH": os.environ["PATH"], "HOME": str(self.root)}, capture_output=True, check=True).stdout

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "x")

    def make(self, chance):
        """Two commits: files that are changed, added, deleted, renamed, copied, binary, or get another mode."""
        self.git("init", "--quiet")
        before = {}
        for number in range(FILES):
            path = self.root / f"{chance.choice(NAMES)} {number % 7}" / f"{chance.choice(NAMES)}{number}"
            path.parent.mkdir(exist_ok=True)
            before[path] = chance.choices(LINES, k=chance.randint(0, 40)) + [f"only in {number}"] * 3
            if chance.random() < 0.9:
                path.write_bytes(content(chance, before[path]))
        self.commit()
        for path, lines in before.items():
            kind = chance.random()
            if kind < 0.05 and path.exists():
                path.unlink()
            elif kind < 0.1:
                path.write_bytes(b"\0" + bytes(chance.randbytes(20)))
            elif kind < 0.15 and path.exists():
                path.chmod(0o755)
            elif kind < 0.3 and path.exists():
                path.write_bytes(content(chance, changed(chance, lines)))
                path.rename(path.with_name(path.name + " renamed"))
            else:
                if kind > 0.9 and path.exists():
                    path.with_name(path.name + " copied").write_bytes(path.read_bytes() + chance.choice([b"", b"one more\n"]))
                path.write_bytes(content(chance, changed(chance, lines)))
        self.commit()

    def expected(self, search):
        """What git says, one file at a time. Every line of a copy is new."""
        named = self.git("diff", search, "--name-status", "-z", "HEAD~", "HEAD").decode().split("\0")
        files, fields = {}, iter(named[:-1])
        for status in fields:
            old = next(fields)
            new = next(fields) if status[0] in "RC" else old
            if status == "D":
                continue
            # Control characters are taken out of paths, and `\` is a separator, as in the paths of findings.
            path = "/".join(new.replace("\t", "").split("\\"))
            if status[0] == "C":
                files[path] = None
                continue
            patch = self.git("--literal-pathspecs", "diff", "-M", "-U0", "HEAD~", "HEAD", "--", old, new)
            lines = [line for start, count in HUNK.findall(patch) for line in range(int(start), int(start) + int(count or 1))]
            is_binary = b"\nBinary files " in patch.split(b"\n@@", 1)[0]
            files[path] = None if is_binary else lines
        return files

    def test_the_lines_are_those_of_git(self):
        seed = random.randrange(1 << 32)
        with self.subTest(seed=seed):
            self.make(random.Random(seed))
            for search in ["-M", "-C"]:
                expected = self.expected(search)
                self.assertGreater(len(expected), 500)
                for settings, options in WAYS:
                    configured = [argument for setting in settings for argument in ("-c", setting)]
                    diff = self.git(*configured, "diff", search, *options, "HEAD~", "HEAD")
                    self.assertEqual(b"\ncopy to " in diff, search == "-C")
                    found = subprocess.run([CHANGED_LINES], input=diff, capture_output=True, check=False)
                    self.assertEqual(found.stderr, b"", options)
                    self.assertEqual(json.loads(found.stdout), expected, options)
