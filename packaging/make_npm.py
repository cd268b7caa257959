#!/usr/bin/env python3
"""Puts released binaries into packages for npm: packaging/make_npm.py FOLDER ARCHIVE...

FOLDER gets a package for each archive, of which npm installs the one for the machine, and `codearts-gate`, which starts it."""

import json
import pathlib
import shutil
import sys

import facts


def write(folder, licences, **fields):
    """Writes what all packages have."""
    folder.mkdir(parents=True)
    about = {
        "version": facts.VERSION,
        "description": facts.DESCRIPTION,
        "license": facts.LICENSE,
        "repository": {"type": "git", "url": f"git+{facts.REPOSITORY}.git"},
        **fields,
    }
    (folder / "package.json").write_text(json.dumps(about, indent=2) + "\n")
    (folder / "README.md").write_text(facts.README)
    for name, content in licences.items():
        (folder / name).write_bytes(content)


def main(folder, *archives):
    """Writes the folders of all packages."""
    folder = pathlib.Path(folder)
    chosen = {}
    licences = {}
    for archive in archives:
        platform, binary, licences = facts.read(archive)
        about = facts.PLATFORMS[platform]
        # The launcher finds the package under Node's own names.
        short = f"{about.node_system}-{about.node_processor}"
        name = f"@{facts.NAME}/{short}"
        executable = facts.executable(platform)
        files = [executable, "LICENSE-*"]
        write(folder / short, licences, name=name, os=[about.node_system], cpu=[about.node_processor], files=files, preferUnplugged=True)
        (folder / short / executable).write_bytes(binary)
        (folder / short / executable).chmod(0o755)
        chosen[name] = facts.VERSION
    launcher = pathlib.Path(__file__).parent / "launcher.js"
    write(
        folder / facts.NAME,
        licences,
        name=facts.NAME,
        bin={facts.NAME: launcher.name},
        files=[launcher.name, "LICENSE-*"],
        engines={"node": ">=16"},
        optionalDependencies=chosen,
    )
    shutil.copy(launcher, folder / facts.NAME)


if __name__ == "__main__":
    main(*sys.argv[1:])
