"""The files of findings, before the tools that read them."""

import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import gate
import junitparser
from lxml import etree
from markdown_it import MarkdownIt

FORMATS = "sarif,junit=findings,codequality,checkstyle,json,markdown,html,csv"
MULTITOOL = gate.MODULES / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
HOSTILE = [
    "<script>window.hacked=1;alert(1)</script>",
    "</script><script>window.hacked=1</script>",
    "\"><img src=x onerror=\"window.hacked=1\">",
    "' onmouseover='window.hacked=1",
    "]]> <![CDATA[ &lt; &amp; &#0; &unknown;",
    "\x00\x01\x08\x0b\x1f\x7f\ufffe\uffff\u202e\u200b",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "lone \\ud800 half",
    "../../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/passwd",
    "C:\\Users\\x",
    "| a | b |\n|---|---|\n# heading\n@everyone #1 https://evil.example ![x](y) `code` ~~x~~",
    "::error::x\n##[error]y\n::set-output name=a::b",
    "测试 🎉 é",
    "a" * 1_000_000,
    "\n\n\r\n",
    "",
    "{{ 7*7 }} ${7*7} <%= 7*7 %>",
    "src/a.c\nsrc/b.c",
]
FIELDS = [
    "defect_id", "issue_key", "defect_checker_name", "rule_name", "rule_system_tags", "defect_content", "file_path", "created_at",
]


def row(number, level, path, line, **more):
    return {
        "defect_id": f"d{number}", "issue_key": f"K{number}", "defect_level": str(level), "defect_status": "0",
        "defect_checker_name": "Checker", "rule_name": f"R{number % 3}", "rule_system_tags": "security,CWE-79",
        "defect_content": f"message {number}", "file_path": path, "line_number": str(line),
        "created_at": "2026-11-20T02:12:01Z",
        "fragment": [{"line_num": str(line), "line_content": f"int x{number} = 1;", "start_offset": 4, "end_offset": 6}],
        "events": [{"description": "here", "path": path, "line": line, "events": [{"description": "there", "path": path, "line": 2}]}],
    } | more


def hostile_rows():
    rows = []
    for number, text in enumerate(HOSTILE):
        for field in FIELDS:
            base = row(1000 + len(rows), len(rows) % 4, "src/a.c", 3)
            if field == "defect_id":
                text = f"{text}{len(rows)}"
            rows.append(base | {field: text})
        base = row(1000 + len(rows), 1, "src/a.c", 3)
        base["fragment"][0]["line_content"] = text
        base["events"][0] |= {"description": text, "path": text}
        rows.append(base)
    return rows


def made(defects, *arguments, **variables):
    """Runs a check with these findings; returns the texts of its files by file ending, and the process."""
    scenario = {"tasks": {"*": {"before": 2, "defects": defects, "is_access": 0}}}
    with gate.sandbox(scenario) as origin, tempfile.TemporaryDirectory() as folder:
        ended = gate.run(
            "check", gate.TASK, "--report", FORMATS, "--report-dir", folder, *arguments,
            CODEARTS_ENDPOINT=origin, CODEARTS_PROJECT_ID=gate.PROJECT, **gate.KEYS, **variables,
        )
        files = {
            path.name.removeprefix(f"{gate.TASK}."): path.read_bytes().decode()
            for path in pathlib.Path(folder).iterdir()
        }
    return files, ended


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        plain = [row(number, number % 4, f"src/dir{number % 7}/测试 {number % 3}.c", number + 1) for number in range(60)]
        plain.append(row(90, 2, "src/late.c", 4, delayed=True))
        cls.rows = hostile_rows()
        cls.sets = {"clean": made([])[0], "plain": made(plain, "--max-major", "0")[0]}
        cls.sets["hostile"], cls.ended = made(cls.rows, "--max-critical", "0")
        for name, files in cls.sets.items():
            for ending, text in files.items():
                pathlib.Path(cls.folder.name, f"{name}.{ending}").write_text(text, newline="")

    def each(self, ending):
        return [(name, files[ending]) for name, files in self.sets.items()]

    def path(self, name, ending):
        return pathlib.Path(self.folder.name, f"{name}.{ending}")

    def test_everything_is_there(self):
        self.assertEqual(self.ended.returncode, 4, self.ended.stderr)
        for files in self.sets.values():
            self.assertEqual(len(files), 10, files.keys())
        issues = json.loads(self.sets["hostile"]["json"])["issues"]
        self.assertEqual(len(issues), len(self.rows))
        for stream in (self.ended.stdout, self.ended.stderr):
            self.assertFalse(re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", stream))

    def test_paths_stay_in_the_repository(self):
        for issue in json.loads(self.sets["hostile"]["json"])["issues"]:
            paths = [issue["fileName"], *(step["path"] for step in issue["codearts"].get("flow", []))]
            for path in paths:
                self.assertNotRegex(path, r"(^|/)\.{1,2}(/|$)|^/|\\|//|^$|[\x00-\x1f]")

    def test_sarif_before_the_multitool(self):
        MULTITOOL.chmod(0o755)
        for name, text in self.each("sarif"):
            log = self.path(name, "validation")
            subprocess.run(
                [MULTITOOL, "validate", self.path(name, "sarif"), "--output", log, "--level", "Error;Warning", "--log", "ForceOverwrite"],
                capture_output=True, text=True, check=False, env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "HOME": self.folder.name},
            )
            results = json.loads(log.read_text())["runs"][0]["results"]
            self.assertEqual([r["message"] for r in results if r.get("level", "warning") == "error"], [])
            run = json.loads(text)["runs"][0]
            rules = run["tool"]["driver"]["rules"]
            self.assertEqual(len(rules), len({rule["id"] for rule in rules}))
            for rule in rules:
                for key in ("shortDescription", "fullDescription", "help"):
                    self.assertTrue(0 < len(rule[key]["text"]) <= 1024)
                self.assertLessEqual(len(rule["properties"]["tags"]), 20)
            for result in run["results"]:
                self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
                self.assertTrue(result["message"]["text"].strip())
                uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                # The characters of a path, and what is escaped (RFC 3986, section 3.3).
                self.assertRegex(uri, r"^[A-Za-z0-9%._~/!$&'()*+,;=:@-]+$")

    def test_the_multitool_is_awake(self):
        broken = self.path("broken", "sarif")
        document = json.loads(self.sets["plain"]["sarif"])
        document["runs"][0]["results"][0]["ruleIndex"] = 99
        document["runs"][0]["results"][1].pop("message")
        broken.write_text(json.dumps(document))
        log = self.path("broken", "validation")
        subprocess.run(
            [MULTITOOL, "validate", broken, "--output", log, "--log", "ForceOverwrite"],
            capture_output=True, check=False, env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "HOME": self.folder.name},
        )
        results = json.loads(log.read_text())["runs"][0]["results"]
        self.assertTrue([r for r in results if r.get("level") == "error"])

    def test_sarif_before_a_second_reader(self):
        tool = gate.FOLDER / "venv/bin/sarif"
        for name, _ in self.each("sarif"):
            path = self.path(name, "sarif")
            printed = subprocess.run([tool, "summary", path], capture_output=True, text=True, check=True).stdout
            entries = json.loads(self.sets[name]["codequality.json"])
            shown = {level: sum(e["severity"] in words for e in entries) for level, words in
                     {"error": ("critical", "major"), "warning": ("minor",)}.items()}
            delayed = sum(e["description"].startswith("[delayed]") for e in entries)
            self.assertEqual(int(re.search(r"error: (\d+)", printed).group(1)), shown["error"])
            # There a delayed finding keeps its level, and is suppressed.
            self.assertEqual(int(re.search(r"warning: (\d+)", printed).group(1)), shown["warning"] + delayed)
            other = self.path(name, "climate.json")
            subprocess.run([tool, "codeclimate", path, "--output", other], capture_output=True, check=True)
            self.assertEqual(len(json.loads(other.read_text())), len(entries))

    def test_junit(self):
        schema = etree.XMLSchema(etree.parse(gate.RING / "junit.xsd"))
        expected = {"clean": (3, 1), "plain": (4, 2), "hostile": (4, 2)}
        for name, text in self.each("junit.xml"):
            schema.assertValid(etree.fromstring(text.encode()))
            suites = junitparser.JUnitXml.fromstring(text.encode())
            suite = next(iter(suites))
            self.assertEqual((suite.tests, suite.failures), expected[name])
            self.assertEqual((suite.errors, len(list(suite))), (0, suite.tests))
        self.assertFalse(schema.validate(etree.fromstring("<testsuites><testsuite name='x' tests='0' failures='0' errors='0' skipped='0'/></testsuites>")))

    def test_junit_with_a_test_for_each_finding(self):
        schema = etree.XMLSchema(etree.parse(gate.RING / "junit.xsd"))
        for name, text in self.each("findings.junit.xml"):
            schema.assertValid(etree.fromstring(text.encode()))
            suite = next(iter(junitparser.JUnitXml.fromstring(text.encode())))
            issues = json.loads(self.sets[name]["json"])["issues"]
            self.assertEqual(len(list(suite)), max(len(issues), 1))
            delayed = sum(issue["codearts"]["delayed"] for issue in issues)
            self.assertEqual((suite.tests, suite.failures, suite.skipped), (max(len(issues), 1), len(issues) - delayed, delayed))
            # One name each, also where the texts are the same.
            self.assertEqual(len({(case.classname, case.name) for case in suite}), len(list(suite)))

    def test_code_quality_by_the_rules_of_gitlab(self):
        for name, text in self.each("codequality.json"):
            entries = json.loads(text)
            self.assertIsInstance(entries, list)
            self.assertNotIn("\ufeff", text[:1])
            for entry in entries:
                for key in ("description", "check_name", "fingerprint"):
                    self.assertIsInstance(entry[key], str)
                    self.assertTrue(entry[key])
                self.assertIn(entry["severity"], ("info", "minor", "major", "critical", "blocker"))
                self.assertFalse(entry["location"]["path"].startswith(("./", "/")))
                self.assertIs(type(entry["location"]["lines"]["begin"]), int)
                self.assertGreater(entry["location"]["lines"]["begin"], 0)
            self.assertEqual(len({entry["fingerprint"] for entry in entries}), len(entries))

    def test_checkstyle(self):
        for name, text in self.each("checkstyle.xml"):
            root = etree.fromstring(text.encode())
            self.assertEqual(root.tag, "checkstyle")
            errors = root.findall("file/error")
            self.assertEqual(len(errors), len(json.loads(self.sets[name]["json"])["issues"]))
            for error in errors:
                self.assertIn(error.get("severity"), ("error", "warning", "info"))
                self.assertGreater(int(error.get("line")), 0)
                self.assertTrue(error.get("message") and error.get("source"))

    def test_the_jenkins_json(self):
        for _, text in self.each("json"):
            for issue in json.loads(text)["issues"]:
                self.assertIn(issue["severity"], ("ERROR", "HIGH", "NORMAL", "LOW"))
                self.assertIsInstance(issue["lineStart"], int)
                # The plugin reads it as text, and would reject the whole file.
                self.assertNotIn("additionalProperties", issue)
                self.assertNotRegex(issue["description"], r"<(?!/?pre>)")

    def test_csv_holds_no_formula(self):
        for name, text in self.each("csv"):
            self.assertTrue(text.startswith("\ufeff"))
            table = list(csv.reader(io.StringIO(text[1:], newline="")))
            self.assertEqual(len(table), 1 + len(json.loads(self.sets[name]["json"])["issues"]))
            for cells in table:
                self.assertEqual(len(cells), 13)
                for cell in cells:
                    for piece in re.split(r"[;\t\r\n]", cell):
                        self.assertFalse(piece.lstrip().startswith(("=", "+", "-", "@")), cell[:80])

    def test_markdown(self):
        reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        for _, text in self.each("md"):
            self.assertLess(len(text.encode()), 1_048_576)
            rendered = reader.render(text)
            tags = set(re.findall(r"<([a-z0-9]+)", rendered))
            self.assertLessEqual(tags, {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "strong", "sub"})
            self.assertNotIn("evil.example\"", rendered)

    def test_the_page_in_a_browser(self):
        browser = shutil.which("chromium")
        needles = [row(number, number % 4, f"src/{9 - number % 10}.c", 100 - number) for number in range(40)]
        needles += [row(50 + number, number % 4, "lib/z.c", number + 1, defect_content="a NEEDLE here", rule_name="needle rule") for number in range(4)]
        rows = needles + self.rows
        files, _ = made(rows)
        page = self.path("page", "html")
        page.write_text(files["html"])
        ended = subprocess.run(
            [gate.NODE, gate.FOLDER / "page.mjs", page, browser, self.folder.name],
            capture_output=True, text=True, timeout=180, check=False,
        )
        self.assertEqual(ended.returncode, 0, ended.stderr)
        seen = json.loads(ended.stdout)
        self.assertEqual(set(seen["requests"]), {f"file://{page}"})
        self.assertEqual((seen["dialogs"], seen["errors"]), (0, []))
        self.assertEqual(seen["planted"], ["undefined", 0])
        self.assertTrue(any("<script>window.hacked=1;alert(1)</script>" in text for text in seen["texts"]))

        def place(row):
            return [row[1], row[2]]

        self.assertEqual(len(seen["rows"]), len(rows))
        self.assertEqual([row[0] for row in seen["rows"]], sorted(row[0] for row in seen["rows"]))
        # The browser compares text by UTF-16 units.
        units = lambda row: [row[1].encode("utf-16-be"), row[2]]
        self.assertEqual([place(row) for row in seen["byPlace"]], [place(row) for row in sorted(seen["rows"], key=units)])
        self.assertEqual([place(row) for row in seen["byPlaceDown"]], [place(row) for row in reversed(seen["byPlace"])])
        self.assertEqual(seen["sorted"], "descending")
        self.assertEqual(len(seen["withoutSuggestions"]), sum(row[0] != "3" for row in seen["rows"]))
        self.assertEqual([row[3] for row in seen["searched"]], ["needle rule"] * 3)
        self.assertEqual(seen["shown"], f"3 of {len(rows)} shown")
        self.assertEqual(seen["withoutScript"], len(rows))
        self.assertEqual(seen["toolsWithoutScript"], 0)
        # Nothing to scroll sideways, and no word in two lines.
        self.assertEqual(seen["widths"], [[width, width, []] for width in (360, 768, 1440)])
        self.assertEqual(seen["title"], "Quality gate failed: sandbox (master)")
        self.assertEqual(seen["openCode"], 10)
        self.assertNotEqual(seen["background"], seen["darkBackground"])


if __name__ == "__main__":
    unittest.main()
