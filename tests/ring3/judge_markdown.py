"""The comment and the summary before two other readers of Markdown, one of them GitHub's, and the log before the rules of
GitHub's runner."""

import html.parser
import json
import pathlib
import re
import tempfile
import unittest

import cmarkgfm
import cmarkgfm.cmark
import markdown_it

import fake_github
import gate

HOSTILE = (
    "a\n::error::b\n##[add-mask]c\n/merge\n| x | y |\n|---|---|\n</td></details><h1>big</h1><script>alert(1)</script> "
    "<!-- codearts-gate:x --> \x1b[31m **bold** `code` [link](https://evil.example) ![image](https://evil.example/i.png) "
    "@team #12 https://evil.example www.evil.example \u202e" + "x" * 100_000
)
# Text that GitHub turns into links without markup, also around invisible characters.
ADDRESSES = [
    "www.evil.example/a", "www.evil-example", "WWW.evil.example www.-x www. x", "www.恶意.example", "http://evil.example",
    "https://evil", "HTTPS://evil.example", "ftp://evil.example/x", "mailto:mallory@evil.example", "xmpp:mallory@evil.example/room",
    "mallory@evil.example m.a+l_l-ory@evil.example", "(www.evil.example)", "a:www.evil.example", "*www.evil.example*",
    "~www.evil.example~", "\u200bwww.evil.example", "ww\u00adw.evil.example", "www\u2060.evil.example", "www.\ufeffevil.example",
    "h\u200bttps://evil.example", "https:/\u200d/evil.example", "www\\.evil.example", "https:\\//evil.example",
    "https&#58;//evil.example", "\U000e0077www.evil.example", "[www.evil.example](x)", "<https://evil.example>",
    "www.evil.example|www.evil.example", "`www.evil.example", "www.www.evil.example", "_www.evil.example_", "www..evil.example",
]
# Steps that are shown of a log.
STEPS_LIMIT = 5
RUN_URL = "https://github.com/acme/widget/actions/runs/555/attempts/1"
# Tags that pages of the gate use.
KNOWN_TAGS = {"h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "sub", "a", "em"}


class Page(html.parser.HTMLParser):
    """Tags, links, text and rows of a page; `reader`: the converter to HTML."""

    def __init__(self, text, reader=None):
        super().__init__()
        self.tags, self.links, self.rows, self.comments, self.words = set(), [], [], [], ""
        usual = markdown_it.MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
        self.feed((reader or usual.render)(text))

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


def of_github(text):
    """The page as GitHub's own reader makes it, links without markup included."""
    return cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)


class Shown:
    """The pages of a log whose steps have these texts in all fields."""

    def __init__(self, *texts):
        steps = [dict.fromkeys(("display_name", "log", "analysis", "faq"), text) | {"level": "error"} for text in texts]
        answer = {"kind": "answer", "status": 200, "body": {"log_info": steps}}
        scenario = {"tasks": {"*": {"before": 1}}, "faults": [{"call": "log-detail", "fault": answer}]}
        with tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge:
            with gate.sandbox(scenario) as endpoint:
                self.ended = gate.run(
                    "check", gate.TASK, "--project-id", gate.PROJECT, "--report-dir", f"{folder}/reports",
                    "--endpoint", endpoint, **gate.KEYS, **forge.variables(folder),
                )
            self.summary = pathlib.Path(folder, "summary").read_text()
            self.outputs = pathlib.Path(folder, "output").read_text()
            self.result = json.loads(pathlib.Path(folder, "reports/result.json").read_text())
            self.comment = forge.comments[0]["body"]


class UnmarkedLinks(unittest.TestCase):
    def test_the_reader_makes_links_of_them(self):
        self.assertEqual(Page("see www.evil.example, a@evil.example", of_github).links,
                         ["http://www.evil.example", "mailto:a@evil.example"])

    def test_none_of_them_is_one(self):
        for start in range(0, len(ADDRESSES), STEPS_LIMIT):
            texts = ADDRESSES[start:start + STEPS_LIMIT]
            shown = Shown(*texts)
            for text in (shown.summary, shown.comment):
                page = Page(text, of_github)
                self.assertEqual(page.links, [RUN_URL], text)
                self.assertLessEqual(page.tags, KNOWN_TAGS, text)
                # The heading of the tasks, the task, the heading of the steps, the steps.
                self.assertEqual(page.rows, [3, 3, 4] + [4] * len(texts), text)
                self.assertIn("evil", page.words)


class HostileText(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shown = Shown(HOSTILE)
        cls.ended, cls.result, cls.outputs = shown.ended, shown.result, shown.outputs
        cls.summary, cls.comment = shown.summary, shown.comment

    def test_the_verdict_stands(self):
        self.assertEqual((self.ended.returncode, self.result["outcome"]), (1, "check-failed"), self.ended.stderr)

    def test_it_changes_nothing_but_its_own_row(self):
        for text, comments in [(self.summary, []), (self.comment, [f"codearts-gate:{gate.TASK}", f"codearts-gate-head:{'2' * 40}"])]:
            page = Page(text)
            self.assertLessEqual(page.tags, KNOWN_TAGS)
            self.assertEqual(page.comments, comments)
            # A table of tasks with its heading, a table of steps with its heading: no further row or cell.
            self.assertEqual(page.rows, [3, 3, 4, 4])
            self.assertEqual(page.links, [RUN_URL])
            # Shown as text, and shortened.
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


class HostileNames(unittest.TestCase):
    """The name of a task and the path of a finding, which is a link to its line."""

    def shown(self, name, path):
        """The summary and the comment of a pull request."""
        repository = {"full_name": "acme/widget", "clone_url": "https://github.com/acme/widget.git"}
        pull_request = {"number": 12, "state": "open", "title": "A widget", "changed_files": 1,
                        "head": {"sha": fake_github.HEAD, "ref": "feature", "repo": repository},
                        "base": {"ref": "main", "repo": repository}}
        finding = {"defect_id": "d1", "defect_level": "0", "defect_content": "The buffer may overflow", "file_path": path,
                   "defect_checker_name": "G.MEM.01", "line_number": "7", "defect_status": "0"}
        task = {"name": name, "repository": repository["clone_url"], "branch": "main", "project": gate.PROJECT, "polls": 1,
                "defects": [finding]}
        with tempfile.TemporaryDirectory() as folder, fake_github.forge() as forge:
            forge.faults[("GET", "/repos/acme/widget/pulls/12")] = [(200, json.dumps(pull_request).encode(), [])] * 10
            with gate.sandbox({"tasks": {"*": task}}) as endpoint:
                ended = gate.run(
                    "check", gate.TASK, "--pull-request", "auto", "--scope", "all", "--max-issues", "0", "--report", "none",
                    "--report-dir", f"{folder}/reports", "--endpoint", endpoint, **gate.KEYS, **forge.variables(folder),
                )
            self.assertEqual(ended.returncode, 4, ended.stderr)
            return pathlib.Path(folder, "summary").read_text(), forge.comments[0]["body"]

    def test_they_change_nothing_but_their_own_cells(self):
        hostile = HOSTILE.rstrip("x")
        for name, path in [("Widget", "src/a b.c"), (hostile, "src/a.c"), ("Widget", hostile), (hostile, "](x)|`y`.c")]:
            for text in self.shown(name, path):
                for reader in (None, of_github):
                    page = Page(text, reader)
                    self.assertLessEqual(page.tags, KNOWN_TAGS | {"pre"}, text)
                    self.assertEqual(page.rows, [8, 8, 5, 5, 5, 4, 4], text)
                    of_line, *others = page.links
                    self.assertRegex(of_line, rf"^https://github\.com/acme/widget/blob/{fake_github.HEAD}/[\w.~%/-]+#L7$")
                    self.assertEqual(others, [RUN_URL], text)
                self.assertNotRegex(text, r"(?m)^/")
                if name == hostile:
                    words = Page(text).words
                    for reference in (r"@\w", r"#\d", r"www\.\w", r"\x1b", r"\u202e"):
                        self.assertNotRegex(words, reference)


if __name__ == "__main__":
    unittest.main()
