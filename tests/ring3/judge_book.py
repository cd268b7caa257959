"""The books in both languages, built by mdBook: every link of every page leads to a page, and to a heading of it."""

import pathlib
import subprocess
import tempfile
import unittest
import urllib.parse

import lxml.html

import gate

ROOT = gate.RING.parent.parent
MDBOOK = gate.FOLDER / "venv/bin/mdbook"


class Book(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.book = pathlib.Path(cls.folder.name, "book")
        for language, place in (("en", cls.book), ("zh", cls.book / "zh")):
            command = (MDBOOK, "build", "--dest-dir", place, ROOT / "book" / language)
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            said = ended.stdout + ended.stderr
            if ended.returncode != 0 or "WARN" in said or "ERROR" in said:
                raise AssertionError(said)
        # The page with everything repeats the others, and that for missing pages is served at any address.
        skipped = {"print.html", "404.html", "toc.html"}
        found = [path for path in cls.book.rglob("*.html") if path.name not in skipped]
        cls.pages = {path: lxml.html.parse(path) for path in found}

    def test_every_page_of_the_contents_is_built(self):
        for folder, place in ((ROOT / "docs", self.book), (ROOT / "docs/zh", self.book / "zh")):
            for source in folder.glob("*.md"):
                name = {"README": "index"}.get(source.stem, source.stem)
                if name != "SUMMARY":
                    self.assertIn(place / f"{name}.html", self.pages)

    def test_every_link_leads_somewhere(self):
        anchors = {path: set(page.xpath("//@id")) for path, page in self.pages.items()}
        count = 0
        for path, page in self.pages.items():
            for link in page.xpath("//main//a/@href | //main//img/@src"):
                parts = urllib.parse.urlsplit(link)
                if parts.scheme:
                    self.assertEqual(parts.scheme, "https", f"{path}: {link}")
                    continue
                target = path if not parts.path else (path.parent / urllib.parse.unquote(parts.path)).resolve()
                self.assertTrue(target.is_file(), f"{path}: {link}")
                if parts.fragment:
                    self.assertIn(urllib.parse.unquote(parts.fragment), anchors[target], f"{path}: {link}")
                count += 1
        self.assertGreater(count, 150)

    def test_links_to_the_repository_name_files_of_it(self):
        for path, page in self.pages.items():
            for link in page.xpath("//main//a/@href"):
                _, mark, file = link.partition("/codearts-gate/blob/main/")
                if mark:
                    self.assertTrue((ROOT / file.partition("#")[0]).exists(), f"{path}: {link}")

    def test_both_books_lead_to_each_other(self):
        english, chinese = self.pages[self.book / "index.html"], self.pages[self.book / "zh/index.html"]
        self.assertIn("zh/index.html", english.xpath("//main//a/@href"))
        self.assertIn("../index.html", chinese.xpath("//main//a/@href"))
        self.assertEqual(english.getroot().get("lang"), "en")
        self.assertEqual(chinese.getroot().get("lang"), "zh-CN")


if __name__ == "__main__":
    unittest.main()
