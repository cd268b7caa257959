"""The comment and the summary before another reader of Markdown, and the log before the rules of GitHub's runner."""

import html.parser
import json
import pathlib
import re
import tempfile
import unittest

import markdown_it

import fake_github
import gate

HOSTILE = (
    "a\n::error::b\n##[add-mask]c\n/merge\n| x | y |\n|---|---|\n</td></details><h1>big</h1><script>alert(1)</script> "
    "<!-- codearts-gate:x --> \x1b[31m **bold** `code` [link](https://evil.example) ![image](https://evil.example/i.png) "
    "@team #12 https://evil.example www.evil.example \u202e" + "x" * 100_000
)
STEP = {"display_name": HOSTILE, "level": "error", "log": HOSTILE, "analysis": HOSTILE, "faq": HOSTILE}
# What pages of ours are made of.
KNOWN_TAGS = {"h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "sub", "a", "em"}


class Page(html.parser.HTMLParser):
    """Tags, links, text and rows of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.rows, self.comments, self.words = set(), [], [], [], ""
        reader = markdown_it.MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
        self.feed(reader.render(text))

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1

    def handle_comment(self, data):
        self.comments.append(data.strip())

    def handle_data(self, data):
        self.words += data


def commands(log):
    """The commands that GitHub's runner finds in a log, by its own rules."""
    found = []
    for line in log.splitlines():
        if match := re.match(r"\s*::([a-z-]+)[ :]", line, re.IGNORECASE):
            found.append(match.group(1).lower())
        elif match := re.search(r"##\[([a-z-]+)", line, re.IGNORECASE):
            found.append(match.group(1).lower())
    return found


class HostileText(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        answer = {"kind": "answer", "status": 200, "body": {"log_info": [STEP]}}
        scenario = {"tasks": {"*": {"before": 1}}, "faults": [{"call": "log-detail", "fault": answer}]}
        with tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge:
            with gate.sandbox(scenario) as endpoint:
                cls.ended = gate.run(
                    "check", gate.TASK, "--project-id", gate.PROJECT, "--report-dir", f"{folder}/reports",
                    "--endpoint", endpoint, **gate.KEYS, **forge.variables(folder),
                )
            cls.summary = pathlib.Path(folder, "summary").read_text()
            cls.outputs = pathlib.Path(folder, "output").read_text()
            cls.result = json.loads(pathlib.Path(folder, "reports/result.json").read_text())
            cls.comment = forge.comments[0]["body"]

    def test_the_verdict_stands(self):
        self.assertEqual((self.ended.returncode, self.result["outcome"]), (1, "check-failed"), self.ended.stderr)

    def test_it_changes_nothing_but_its_own_row(self):
        for text, comments in [(self.summary, []), (self.comment, [f"codearts-gate:{gate.TASK}"])]:
            page = Page(text)
            self.assertLessEqual(page.tags, KNOWN_TAGS)
            self.assertEqual(page.comments, comments)
            # A table of tasks with its heading, a table of steps with its heading: no row more, no cell more.
            self.assertEqual(page.rows, [3, 3, 4, 4])
            self.assertEqual(page.links, ["https://github.com/acme/widget/actions/runs/555/attempts/1"])
            # Shown, as text, and no longer than a glance.
            self.assertIn("<script>alert(1)</script>", page.words)
            self.assertLess(len(text), 10_000)

    def test_it_notifies_and_links_nobody(self):
        for text in (self.summary, self.comment):
            words = Page(text).words
            for reference in (r"@\w", r"#\d", r"https?://", r"www\.\w", r"\x1b", r"\u202e"):
                self.assertNotRegex(words, reference)
            self.assertNotRegex(text, r"(?m)^/")

    def test_the_runner_obeys_nothing_of_it(self):
        self.assertEqual(
            [command for command in commands(self.ended.stderr) if command != "add-mask"],
            ["group", "endgroup", "group", "error", "endgroup"],
        )
        self.assertEqual(commands(self.ended.stdout), [])
        for line in self.outputs.splitlines():
            self.assertRegex(line, r"^[a-z0-9-]+=")


if __name__ == "__main__":
    unittest.main()
