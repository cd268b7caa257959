"""The examples for GitLab and Jenkins, before the tools that read such files; the GitLab one is run."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import gate
from ruamel.yaml import YAML

ROOT = gate.RING.parent.parent
EXAMPLE = ROOT / "examples/gitlab-ci.yml"
COMPONENT = ROOT / "templates/codearts-gate/template.yml"
PASSING = {"before": 2, "pdf": {"duration": "10ms", "bytes": 20000}, "findings": {"critical": 0, "major": 1, "minor": 4, "suggestion": 9}}


def filled(text, **given):
    """The component as GitLab reads it with its inputs filled in."""
    head, body = text.split("\n---\n")
    inputs = YAML(typ="safe").load(head)["spec"]["inputs"]
    values = {name: given.get(name, about.get("default")) for name, about in inputs.items()}

    def value(match):
        found = values[match.group(1)]
        if found is None:
            raise ValueError(f"{match.group(1)} has no default")
        return {True: "true", False: "false"}.get(found, str(found)) if isinstance(found, bool) else str(found)

    return re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", value, body)


@contextlib.contextmanager
def project(pipeline):
    """A repository with this pipeline, and the binary on the PATH."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "bin").mkdir()
        (folder / "bin/codearts-gate").symlink_to(gate.BINARY)
        repository = folder / "widget"
        repository.mkdir()
        (repository / ".gitlab-ci.yml").write_text(pipeline)
        (repository / ".gitignore").write_text(".gitlab-ci-local/\ncodearts-report/\n")
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
        for arguments in (
            ["init", "--quiet", "--initial-branch=main"],
            ["remote", "add", "origin", "git@gitlab.example.com:acme/widget.git"],
            ["add", "."],
            ["commit", "--quiet", "--message=x"],
        ):
            subprocess.run([*git, *arguments], cwd=repository, check=True, capture_output=True)
        yield folder, repository


def run(folder, repository, origin, **variables):
    """Runs the pipeline on this machine."""
    variables = {
        "CODEARTS_ENDPOINT": origin,
        "CODEARTS_TASK_ID": gate.TASK,
        "CODEARTS_POLL_INTERVAL": "1s",
        "CODEARTS_MAX_PAUSE": "20ms",
        # This runner does not claim to be GitLab.
        "GITLAB_CI": "true",
        "CI_DEFAULT_BRANCH": "main",
        **gate.KEYS,
        **variables,
    }
    command = [gate.NODE, gate.MODULES / "gitlab-ci-local/dist/index.js", "--force-shell-executor"]
    command += ["--ignore-predefined-vars", "GITLAB_CI,CI_DEFAULT_BRANCH"]
    for name, value in variables.items():
        command += ["--variable", f"{name}={value}"]
    environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, timeout=120, check=False)


class GitLab(unittest.TestCase):
    def form(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(text)
            file.flush()
            tool = gate.FOLDER / "venv/bin/check-jsonschema"
            command = [tool, "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", file.name]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_the_files_have_the_documented_form(self):
        component = filled(COMPONENT.read_text(), **{"task-id": gate.TASK})
        examples = [path.read_text() for path in sorted(ROOT.glob("examples/gitlab-*.yml"))]
        self.assertEqual(len(examples), 2)
        for text in (*examples, component):
            ended = self.form(text)
            self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        # The judge notices mistakes.
        self.assertNotEqual(self.form("a:\n  script: []\n  artifacts: {when: sometimes}\n").returncode, 0)

    def test_every_input_of_the_component_is_used(self):
        text = COMPONENT.read_text()
        inputs = YAML(typ="safe").load(text.split("\n---\n")[0])["spec"]["inputs"]
        for name, about in inputs.items():
            self.assertIn(f"$[[ inputs.{name} ]]", text)
            self.assertTrue(about["description"], name)
        # Each is the variable of an option, or belongs to the job.
        usage = gate.run("check", "--help").stdout
        for name in set(inputs) - {"stage", "job-name", "image", "version", "releases", "task-id"}:
            self.assertIn(f"--{name} ", usage.replace("\n", " "), name)

    def assert_report(self, repository, job):
        kept = repository / ".gitlab-ci-local/artifacts" / job / "codearts-report"
        names = sorted(path.name for path in kept.iterdir())
        self.assertIn(f"{gate.TASK}.pdf", names)
        self.assertEqual(json.loads((kept / "result.json").read_text())["outcome"], "passed")
        for name in (f"{gate.TASK}.junit.xml", f"{gate.TASK}.codequality.json", "codearts-gate.env", "codearts-gate.annotations.json"):
            self.assertIn(name, names)

    def test_the_example_runs_to_its_end(self):
        with gate.sandbox({"tasks": {"*": PASSING}}) as origin, project(EXAMPLE.read_text()) as (folder, repository):
            ended = run(folder, repository, origin)
            self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
            self.assert_report(repository, "codearts-check")
            # The later job has the values.
            self.assertRegex(ended.stdout, r"CodeArts Check passed, 14 open findings, codearts-report/2b31ed520aaa\w+\.pdf")
            self.assertNotIn(gate.SECRET_KEY, ended.stdout + ended.stderr)

    def test_a_lost_report_is_a_warning_and_a_failed_check_is_not(self):
        lost = {**PASSING, "pdf": {"duration": "10ms", "failure": "no paper"}}
        cases = [(lost, "WARN", "report-failed"), ({**PASSING, "final_status": 1}, "FAIL", "check-failed")]
        for task, colour, outcome in cases:
            with gate.sandbox({"tasks": {"*": task}}) as origin, project(EXAMPLE.read_text()) as (folder, repository):
                ended = run(folder, repository, origin, CODEARTS_REPORT_TIMEOUT="5s")
                self.assertRegex(ended.stdout, rf"{colour} +codearts-check")
                self.assertRegex(ended.stdout, rf"CodeArts Check {outcome}, ")

    def test_the_component_runs_with_the_binary_there_or_downloaded(self):
        with gate.sandbox({"tasks": {"*": PASSING}}) as origin, tempfile.TemporaryDirectory() as releases:
            release = pathlib.Path(releases, "v0.1.0")
            release.mkdir()
            archive = release / "codearts-gate-linux-x64.tar.gz"
            with tempfile.TemporaryDirectory() as folder:
                shutil.copy(gate.BINARY, pathlib.Path(folder, "codearts-gate"))
                subprocess.run(["tar", "-czf", archive, "-C", folder, "codearts-gate"], check=True)
            sums = subprocess.run(["sha256sum", archive.name], cwd=release, capture_output=True, text=True, check=True)
            (release / "SHA256SUMS").write_text(sums.stdout)
            component = filled(COMPONENT.read_text(), **{"task-id": gate.TASK, "releases": f"file://{releases}", "start": False})
            for is_there in (True, False):
                with project(component) as (folder, repository):
                    if not is_there:
                        (folder / "bin/codearts-gate").unlink()
                    # Inputs override the variables of the project.
                    ended = run(folder, repository, origin, CODEARTS_TASK_ID="f" * 32, CODEARTS_REPORT="none")
                    self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
                    self.assert_report(repository, "codearts-check")
            # A broken download runs nothing.
            archive.write_bytes(b"broken")
            with project(component) as (folder, repository):
                (folder / "bin/codearts-gate").unlink()
                ended = run(folder, repository, origin)
                self.assertNotEqual(ended.returncode, 0)
                self.assertNotIn("service:", ended.stdout + ended.stderr)


# The steps of Jenkins that the library calls, as far as they matter: `sh` really runs, with the variables that are bound.
STEPS = """
import groovy.json.JsonSlurper
def given = new JsonSlurper().parse(new File(args[1]))
def bound = [:]
def binding = new Binding()
def step = { name, body -> binding.setVariable(name, body) }
step('usernamePassword') { about -> [(about.usernameVariable): given.user, (about.passwordVariable): given.password] }
step('string') { about -> [(about.variable): given.secrets[about.credentialsId]] }
step('withCredentials') { bindings, body -> bindings.each { bound << it }; body(); bound.clear() }
step('pwd') { -> given.folder }
step('withEnv') { variables, body ->
    def before = given.environment.clone()
    variables.each { def (name, value) = it.split('=', 2); given.environment[name] = value }
    body()
    given.environment = before
}
step('archiveArtifacts') { about -> println "archive ${about.artifacts}" }
step('junit') { about -> println "junit ${about.testResults}" }
step('unstable') { text -> println "UNSTABLE ${text}" }
step('error') { text -> println "ERROR ${text}"; throw new IllegalStateException(text) }
step('sh') { about ->
    assert about.returnStatus
    println "sh ${about.script}"
    def variables = (given.environment + bound).collect { name, value -> "${name}=${value}" }
    def process = ['sh', '-c', about.script].execute(variables, new File(given.folder))
    process.waitForProcessOutput(System.err, System.err)
    process.exitValue()
}
def library = new GroovyShell(binding).parse(new File(args[0]))
try { library.call(given.options) } catch (IllegalStateException ended) { }
"""


class Jenkins(unittest.TestCase):
    def step(self, origin, folder, **options):
        """Runs the step as a shared library; returns the lines of the steps that it takes."""
        given = {
            "user": gate.ACCESS_KEY,
            "password": gate.SECRET_KEY,
            "secrets": {"token": "canary-token"},
            "folder": folder,
            "environment": {"PATH": f"{folder}:{os.environ['PATH']}", "CODEARTS_ENDPOINT": origin, "CODEARTS_POLL_INTERVAL": "1s"},
            "options": {"taskId": gate.TASK, "region": "cn-north-4", **options},
        }
        pathlib.Path(folder, "given.json").write_text(json.dumps(given))
        pathlib.Path(folder, "steps.groovy").write_text(STEPS)
        jars = gate.MODULES / "npm-groovy-lint/lib/java/groovy/lib/*"
        command = ["java", "-cp", jars, "groovy.ui.GroovyMain", f"{folder}/steps.groovy", ROOT / "vars/codeartsGate.groovy", f"{folder}/given.json"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertNotIn("canary", ended.stdout + ended.stderr)
        self.assertNotIn(gate.SECRET_KEY, ended.stdout + ended.stderr)
        return ended.stdout.splitlines(), ended.stderr

    def test_the_step_of_the_library_maps_every_end(self):
        lost = {**PASSING, "pdf": {"duration": "10ms", "failure": "no paper"}}
        cases = [
            (PASSING, {"start": True, "maxMajor": 1, "reportTitle": "it's $HOME `x`", "wait": None}, None, "PASSED (exit 0)"),
            (PASSING, {"maxMajor": 0, "start": False}, "ERROR CodeArts Check: exit code 4, see codearts-gate explain 4", "exit 4"),
            (lost, {"reportTimeout": "5s"}, "UNSTABLE CodeArts Check passed, but its report could not be delivered", "exit 5"),
            (PASSING, {"maxMajro": 0}, "ERROR CodeArts Check: exit code 64, see codearts-gate explain 64", "--max-majro"),
        ]
        for task, options, end, log in cases:
            with gate.sandbox({"tasks": {"*": task}}) as origin, tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, "codearts-gate").symlink_to(gate.BINARY)
                lines, output = self.step(origin, folder, githubToken="token", **options)
                self.assertIn(log, output)
                self.assertTrue(lines[0].startswith(f"sh exec codearts-gate check '{gate.TASK}' '--region=cn-north-4'"), lines[0])
                self.assertIn("'--report-dir=codearts-report'", lines[0])
                self.assertEqual(lines[1:3], ["archive codearts-report/**", "junit codearts-report/*.junit.xml"])
                self.assertEqual(lines[3:], [end] if end else [])

    def test_the_step_of_the_library_takes_lists_and_variables(self):
        other = "a" * 32
        with gate.sandbox({"tasks": {"*": PASSING}}) as origin, tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "codearts-gate").symlink_to(gate.BINARY)
            lines, _ = self.step(origin, folder, taskId=[gate.TASK, other], report=["pdf", "junit"])
            self.assertIn(f"check '{gate.TASK},{other}'", lines[0])
            names = {path.name for path in pathlib.Path(folder, "codearts-report").iterdir()}
            self.assertLessEqual({f"{gate.TASK}.pdf", f"{other}.junit.xml"}, names)
            # Without an id there is no id, not one called "null".
            lines, output = self.step(origin, folder, taskId=None)
            self.assertIn("no task id", output)
            self.assertEqual(lines[-1], "ERROR CodeArts Check: exit code 64, see codearts-gate explain 64")

    def test_the_examples_are_groovy(self):
        examples = [*sorted(ROOT.glob("examples/Jenkinsfile*")), ROOT / "vars/codeartsGate.groovy"]
        self.assertEqual(len(examples), 4)
        with tempfile.TemporaryDirectory() as folder:
            for example in examples:
                target = pathlib.Path(folder, example.name.replace("file.", "file-"), "Jenkinsfile")
                target.parent.mkdir()
                shutil.copy(example, target)
            broken = pathlib.Path(folder, "broken", "Jenkinsfile")
            broken.parent.mkdir()
            broken.write_text("pipeline { agent any\n stages { stage('x' { } }\n")
            tool = gate.MODULES / "npm-groovy-lint/lib/index.js"
            command = [gate.NODE, tool, "--noserver", "--failon", "none", "--output", "json", "--path", folder, "--files", "**/Jenkinsfile"]
            environment = {"PATH": f"{gate.FOLDER}/venv/bin:{os.environ['PATH']}", "HOME": folder}
            ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
            self.assertTrue(ended.stdout.strip(), ended.stderr)
            found = json.loads(ended.stdout[ended.stdout.index("{") :])["files"]
            errors = {
                pathlib.Path(name).parent.name: [error["rule"] for error in about["errors"] if error["severity"] == "error"]
                for name, about in found.items()
            }
        self.assertEqual(errors.pop("broken"), ["NglParseError"])
        self.assertEqual([rules for rules in errors.values() if rules], [])


if __name__ == "__main__":
    unittest.main()
