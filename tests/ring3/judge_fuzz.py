"""Every fuzz target for a few thousand inputs: what it begins with, and what comes of that by chance, which is the same each time."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

FUZZ = pathlib.Path(__file__).parent.parent.parent / "fuzz"
PROGRAM = pathlib.Path(os.environ["FUZZ"]) / "gate"
# For each target. A time instead would find on one machine what it does not find on another. Where tables are hashed with the time of
# day (findings, lists, artifact_github), the inputs differ all the same.
INPUTS = 5000
# For all that a target does, its corpus first; no target takes nearly as long.
LIMIT = 120


def names():
    """The names of all targets, as the program lists them where it does not know one."""
    asked = subprocess.run([PROGRAM, "-runs=0", "-exact_artifact_path=/dev/null"], env={"TARGET": "?"}, capture_output=True, text=True, check=False)
    return re.search(r"none of the targets: (.*)", asked.stderr).group(1).split()


def fuzz(target):
    """Runs a target; what it printed if it failed, and how many inputs it ran."""
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "-seed=1", f"-runs={INPUTS}", "-rss_limit_mb=2048", f"-artifact_prefix={folder}/", folder, FUZZ / "corpus" / target]
        ran = subprocess.run(command, env={"TARGET": target}, capture_output=True, text=True, errors="replace", timeout=LIMIT, check=False)
        done = re.search(r"Done (\d+) runs", ran.stderr)
        found = [path.read_bytes() for path in pathlib.Path(folder).glob("crash-*")]
        return "" if ran.returncode == 0 else f"{found}\n{ran.stderr[-4000:]}", int(done.group(1)) if done else 0


class Fuzz(unittest.TestCase):
    def test_no_target_finds_anything(self):
        subprocess.run([FUZZ / "seed"], check=True)
        targets = names()
        self.assertGreater(len(targets), 50)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for target, (failure, runs) in zip(targets, pool.map(fuzz, targets)):
                with self.subTest(target=target):
                    self.assertFalse(failure, failure)
                    self.assertEqual(runs, INPUTS)
                    self.assertLess(len(list((FUZZ / "corpus" / target).iterdir())), INPUTS)
