"""Preprocessor of the books. A page links to files of the repository as GitHub shows them: what is outside of docs/
becomes a link to the repository, and README.md the index of its folder. Code is left as it is."""

import json
import posixpath
import re
import sys

LINK = re.compile(r"(\]\()([^)\s]+)(\))")
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def moved(target, folder, files):
    """The target of a link of a page in `folder`, a path in the repository."""
    path, mark, anchor = target.partition("#")
    if not path or re.match(r"[a-z]+:", path):
        return target
    full = posixpath.normpath(posixpath.join(folder, path))
    if not full.startswith("docs/"):
        return f"{files}/{full}{mark}{anchor}"
    if posixpath.basename(path) == "README.md":
        path = path[: -len("README.md")] + "index.md"
    return f"{path}{mark}{anchor}"


def rewritten(text, folder, files):
    """A page with its links moved, outside of blocks of code."""
    parts = FENCE.split(text)
    parts[::2] = [LINK.sub(lambda found: found[1] + moved(found[2], folder, files) + found[3], part) for part in parts[::2]]
    return "".join(parts)


def chapters(items):
    for item in items:
        if "Chapter" in item:
            yield item["Chapter"]
            yield from chapters(item["Chapter"]["sub_items"])


def main():
    if sys.argv[1:2] == ["supports"]:
        return
    context, book = json.load(sys.stdin)
    config = context["config"]
    files = config["output"]["html"]["git-repository-url"] + "/blob/main"
    root = posixpath.normpath(posixpath.join("book/any", config["book"]["src"]))
    for chapter in chapters(book.get("items") or book["sections"]):
        if chapter["source_path"]:
            folder = posixpath.dirname(posixpath.join(root, chapter["source_path"]))
            chapter["content"] = rewritten(chapter["content"], folder, files)
    json.dump(book, sys.stdout)


main()
