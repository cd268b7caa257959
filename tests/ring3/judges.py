"""Builds what is judged, and lets the judges at it while the rest is built: several at a time, because most of them wait. Prints how
long each part took and the whole output of each judge, and last what failed."""

import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import time

RING = pathlib.Path(__file__).parent
# Judges at a time.
AT_ONCE = 3
# Before the commands of builds that leave the processors to the judges.
LATER = ("nice", "-n", "19")
EXAMPLES = ("cargo", "build", "--profile", "test", "--locked", "--quiet", "--example", "requests", "--example", "changed_lines")
# What is built, by the variable in which its judges find the path that the build prints last. Lanes run beside each other. In a lane, one
# build follows another: Cargo locks their directory. The first is what all judges need.
LANES = (
    {"GATE": ("scripts/build-static",), "WINDOWS": (*LATER, "tests/ring3/windows/build"), "GATE_ARM64": (*LATER, "scripts/build-static", "aarch64")},
    {"EXAMPLES": EXAMPLES, "FUZZ": (*LATER, "fuzz/build")},
)
# What some judges need, too, if only that Cargo has left its directory. They come last, in this order.
NEEDS = {
    "judge_packages": "EXAMPLES",
    "judge_diffs": "EXAMPLES",
    "judge_signatures": "EXAMPLES",
    "judge_windows": "WINDOWS",
    "judge_fuzz": "FUZZ",
    "judge_arm64": "GATE_ARM64",
}


@dataclasses.dataclass
class Step:
    """A command that has ended."""

    name: str
    output: str
    is_good: bool
    seconds: float
    tests: int = 0

    def __str__(self):
        return f"--- {self.seconds:.0f} s: {self.name}{'' if self.is_good else ': FAILED'}"


def run(name, command, variables=()):
    """Runs a command to its end."""
    begun = time.monotonic()
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    ended = subprocess.run(command, cwd=RING.parent.parent, env={**os.environ, **dict(variables)}, check=False, **streams)
    return Step(name, ended.stdout.decode(errors="replace"), ended.returncode == 0, time.monotonic() - begun)


def build(name, command, before):
    """Builds one thing once the one before it has been built."""
    concurrent.futures.wait(before)
    step = run(f"build of {name}", command)
    print(step, flush=True)
    return step


def judge(name, builds):
    """Lets one file of judges at what it needs; nothing if that could not be built."""
    needed = {need: builds[need].result() for need in ("GATE", NEEDS.get(name)) if need}
    if not all(step.is_good for step in needed.values()):
        return None
    variables = {need: step.output.strip().rpartition("\n")[2] for need, step in needed.items()}
    command = (sys.executable, "-m", "unittest", "discover", "--verbose", "--start-directory", RING, "--pattern", f"{name}.py")
    step = run(name, command, variables)
    step.tests = sum(map(int, re.findall(r"^Ran (\d+) tests? in ", step.output, re.MULTILINE)))
    # Nothing that ran is nothing that passed.
    step.is_good &= step.tests > 0
    return step


def main():
    begun = time.monotonic()
    late = list(NEEDS)
    names = sorted((path.stem for path in RING.glob("judge_*.py")), key=lambda name: (late.index(name) if name in late else -1, name))
    builds, judged = {}, []
    with concurrent.futures.ThreadPoolExecutor(len(names)) as builders, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as judges:
        for lane in LANES:
            before = []
            for name, command in lane.items():
                builds[name] = builders.submit(build, name, command, before)
                before = [builds[name]]
        for step in filter(None, judges.map(lambda name: judge(name, builds), names)):
            judged.append(step)
            print(f"\n{step.output if step.is_good else ''}{step}", flush=True)
    failed = [step for step in (*(future.result() for future in builds.values()), *judged) if not step.is_good]
    for step in failed:
        print(f"\n{step.output}{step}")
    print(f"\nRan {sum(step.tests for step in judged)} tests in {time.monotonic() - begun:.0f}s\n")
    print(f"FAILED ({', '.join(step.name for step in failed)})" if failed else "OK")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
