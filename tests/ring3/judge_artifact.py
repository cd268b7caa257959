"""Artifacts before GitHub's own client, and before the artifact server of act, which is written in another language."""

import hashlib
import json
import pathlib
import subprocess
import tempfile
import unittest

import fake_github
import gate

PASSING = {"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms", "bytes": 9_000_000}}}}


def official(variables, *arguments):
    """Runs GitHub's client."""
    environment = {**variables, "HOME": variables["RUNNER_TEMP"]}
    command = [gate.NODE, gate.FOLDER / "artifact_client.mjs", *arguments]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if ended.returncode:
        raise AssertionError(ended.stdout + ended.stderr)


class OfficialClient(unittest.TestCase):
    def test_the_fake_is_one_the_official_client_talks_to(self):
        with tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge:
            variables = {**forge.variables(folder), "RUNNER_TEMP": folder}
            source = pathlib.Path(folder, "in", "a.txt")
            source.parent.mkdir()
            source.write_text("text")
            official(variables, "upload", "official", str(source))
            official(variables, "download", "official", f"{folder}/out")
            self.assertEqual(pathlib.Path(folder, "out", "a.txt").read_text(), "text")

    def test_it_downloads_what_we_uploaded_byte_for_byte(self):
        pdf, archive = f"{gate.TASK}.pdf", f"codearts-report-{gate.TASK}"
        for refused, name in [((), pdf), (("application/pdf", "application/octet-stream"), archive)]:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge:
                forge.refused_types = set(refused)
                variables = {**forge.variables(folder), "RUNNER_TEMP": folder}
                with gate.sandbox(PASSING) as endpoint:
                    ended = gate.run(
                        "check", gate.TASK, "--report-dir", f"{folder}/gate", "--publish", "artifact,outputs",
                        "--endpoint", endpoint, **gate.KEYS, **variables,
                    )
                self.assertEqual(ended.returncode, 0, ended.stderr)
                official(variables, "download", name, f"{folder}/official")
                own = pathlib.Path(folder, "gate", pdf).read_bytes()
                official_one = pathlib.Path(folder, "official", pdf).read_bytes()
                self.assertEqual(len(own), 9_000_000)
                self.assertEqual(hashlib.sha256(own).digest(), hashlib.sha256(official_one).digest())
                request = forge.artifacts[name]["request"]
                self.assertEqual(request["version"], 7)
                self.assertEqual(request["mime_type"], "application/zip" if refused else "application/pdf")

    def test_our_requests_have_the_form_of_the_official_ones(self):
        with tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge, gate.sandbox(PASSING) as endpoint:
            variables = {**forge.variables(folder), "RUNNER_TEMP": folder}
            source = pathlib.Path(folder, "a.txt")
            source.write_text("text")
            official(variables, "upload", "official", str(source))
            forge.refused_types = {"application/pdf", "application/octet-stream"}
            arguments = ["check", gate.TASK, "--report-dir", f"{folder}/r", "--publish", "artifact"]
            ended = gate.run(*arguments, "--endpoint", endpoint, **gate.KEYS, **variables)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            official_one, own = (artifact["request"] for artifact in forge.artifacts.values())
            types = {field: type(value) for field, value in official_one.items()}
            self.assertEqual(types, {field: type(value) for field, value in own.items()}, json.dumps(own))
            self.assertEqual([official_one[field] for field in ("version", "mime_type")], [7, "application/zip"])


if __name__ == "__main__":
    unittest.main()
