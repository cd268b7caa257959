#!/usr/bin/env python3
"""Fills in the sums of a release: packaging/make_manifests.py FOLDER SHA256SUMS

FOLDER gets a formula for Homebrew, a manifest for Scoop, and `install.sh` with the version and the sums of its archives."""

import json
import pathlib
import re
import string
import sys

import facts


def read(path):
    """The digests of the archives, by platform."""
    digests = {name: digest for digest, name in re.findall(r"^([0-9a-f]{64})  (.+)$", pathlib.Path(path).read_text(), re.MULTILINE)}
    missing = [facts.archive_name(platform) for platform in facts.PLATFORMS if facts.archive_name(platform) not in digests]
    if missing:
        raise SystemExit(f"{path} does not name {', '.join(missing)}")
    return {platform: digests[facts.archive_name(platform)] for platform in facts.PLATFORMS}


def url(platform, version=facts.VERSION):
    """The address of a platform's archive."""
    return f"{facts.RELEASES}/v{version}/{facts.archive_name(platform)}"


def formula(digests):
    """The formula for Homebrew."""
    values = {
        "short": facts.SHORT,
        "repository": facts.REPOSITORY,
        "version": facts.VERSION,
        "licences": ", ".join(f'"{licence}"' for licence in facts.LICENSE.split(" OR ")),
    }
    for platform, digest in digests.items():
        name = platform.replace("-", "_")
        values |= {f"{name}_url": url(platform), f"{name}_sum": digest}
    return string.Template((facts.FOLDER / "formula.rb").read_text()).substitute(values)


def manifest(digests):
    """The manifest for Scoop."""
    platform = "windows-x64"
    about = {
        "version": facts.VERSION,
        "description": facts.SHORT,
        "homepage": facts.REPOSITORY,
        # Scoop's mark for a choice.
        "license": facts.LICENSE.replace(" OR ", "|"),
        "architecture": {"64bit": {"url": url(platform), "hash": digests[platform]}},
        "bin": facts.executable(platform),
        "checkver": {"github": facts.REPOSITORY},
        "autoupdate": {
            "architecture": {"64bit": {"url": url(platform, "$version")}},
            "hash": {"url": "$baseurl/SHA256SUMS"},
        },
    }
    return json.dumps(about, indent=4) + "\n"


def script(digests):
    """`install.sh` of this release."""
    text = (facts.FOLDER.parent / "install.sh").read_text().replace(facts.CRATE["repository"], facts.REPOSITORY)
    sums = "\n".join(f"{digest}  {facts.archive_name(platform)}" for platform, digest in digests.items())
    text, versions = re.subn(r"^pinned_version=$", f"pinned_version={facts.VERSION}", text, flags=re.MULTILINE)
    text, lists = re.subn(r"^pinned_sums=''$", f"pinned_sums='{sums}'", text, flags=re.MULTILINE)
    if (versions, lists) != (1, 1):
        raise SystemExit("install.sh has no place for the version and the sums of a release, or names them already")
    return text


def main(folder, sums):
    """Writes the three files."""
    digests = read(sums)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{facts.NAME}.rb").write_text(formula(digests))
    (folder / f"{facts.NAME}.json").write_text(manifest(digests))
    (folder / "install.sh").write_text(script(digests))
    (folder / "install.sh").chmod(0o755)


if __name__ == "__main__":
    main(*sys.argv[1:])
