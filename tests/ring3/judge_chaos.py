"""Two thousand whole jobs with random faults, signals and kills, played with the shipped binary; and whether they were hit at all."""

import json
import os
import subprocess
import unittest

from gate import BINARY, RING

JOBS = 2000
# Exit codes of the table that no disk or defect is needed for.
CODES = {0, 1, 2, 3, 4, 5, 6, 64, 69, 77, 129, 130, 143}


class Chaos(unittest.TestCase):
    def test_no_promise_is_broken(self):
        variables = os.environ | {"GATE": BINARY, "CHAOS_RUNS": str(JOBS)}
        command = ["cargo", "test", "--locked", "--quiet", "--test", "gate", "chaos", "--", "--nocapture"]
        ended = subprocess.run(command, cwd=RING.parent.parent, env=variables, capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout[-20_000:] + ended.stderr[-20_000:])
        for line in ended.stdout.splitlines():
            if line.startswith("chaos, "):
                print(line)
        line = next(line for line in ended.stdout.splitlines() if line.startswith("chaos: "))
        print(line)
        figures = json.loads(line.removeprefix("chaos: "))
        self.assertEqual((figures["runs"], figures["failures"]), (JOBS, 0))
        # Chaos that never bites proves nothing.
        self.assertLessEqual(CODES, {int(code) for code in figures["exit_codes"]})
        self.assertEqual(len(figures["places"]), 8)
        self.assertGreater(sum(figures["signals"].values()), 50)
        for group in ("jobs", "faults", "kills"):
            never = [name for name, number in figures[group].items() if number == 0]
            self.assertEqual(never, [], group)


if __name__ == "__main__":
    unittest.main()
