#!/usr/bin/env python3
"""Puts released binaries into wheels, one for each archive: packaging/make_wheels.py FOLDER ARCHIVE..."""

import base64
import hashlib
import pathlib
import re
import stat
import sys
import zipfile

import facts

DISTRIBUTION = facts.NAME.replace("-", "_")
# Wheels of the same files are the same.
EPOCH = (1980, 1, 1, 0, 0, 0)


def metadata(licences):
    """The core metadata."""
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {facts.NAME}",
        f"Version: {facts.VERSION}",
        f"Summary: {facts.DESCRIPTION}",
        f"License-Expression: {facts.LICENSE}",
        *(f"License-File: {name}" for name in sorted(licences)),
        f"Keywords: {','.join(facts.CRATE['keywords'])}",
        f"Project-URL: Repository, {facts.REPOSITORY}",
        f"Project-URL: Changelog, {facts.REPOSITORY}/blob/v{facts.VERSION}/CHANGELOG.md",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join([*lines, "", facts.README])


def record(path, content):
    """A line of the list of files."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


def make(folder, archive):
    """Makes the wheel of an archive."""
    platform, binary, licences = facts.read(archive)
    tags = facts.PLATFORMS[platform].wheel
    about = f"{DISTRIBUTION}-{facts.VERSION}.dist-info"
    script = f"{DISTRIBUTION}-{facts.VERSION}.data/scripts/{facts.executable(platform)}"
    files = {script: binary, f"{about}/METADATA": metadata(licences).encode()}
    files |= {f"{about}/licenses/{name}": content for name, content in sorted(licences.items())}
    wheel = ["Wheel-Version: 1.0", "Generator: make_wheels", "Root-Is-Purelib: false", *(f"Tag: py3-none-{tag}" for tag in tags.split("."))]
    files[f"{about}/WHEEL"] = "\n".join([*wheel, ""]).encode()
    names = "".join(record(path, content) for path, content in files.items())
    files[f"{about}/RECORD"] = f"{names}{about}/RECORD,,\n".encode()
    with zipfile.ZipFile(folder / f"{DISTRIBUTION}-{facts.VERSION}-py3-none-{tags}.whl", "w", zipfile.ZIP_DEFLATED) as target:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | (0o755 if path == script else 0o644)) << 16
            target.writestr(entry, content)


def main(folder, *archives):
    """Makes a wheel of each archive."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", facts.VERSION):
        raise SystemExit(f"version {facts.VERSION}: wheels of pre-releases are written in another way")
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        make(folder, archive)


if __name__ == "__main__":
    main(*sys.argv[1:])
