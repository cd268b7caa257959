"""What every package says about the program, and the platforms that a release has an archive for: the one table of them."""

import dataclasses
import os
import pathlib
import tarfile
import tomllib

FOLDER = pathlib.Path(__file__).parent
CRATE = tomllib.loads((FOLDER.parent / "Cargo.toml").read_text())["package"]
NAME = CRATE["name"]
VERSION = CRATE["version"]
DESCRIPTION = CRATE["description"]
# One line without a full stop, below 80 characters, as packagers want it.
SHORT = DESCRIPTION.partition(":")[0]
LICENSE = CRATE["license"]
# In a workflow: the repository that makes the release.
REPOSITORY = f"https://github.com/{os.environ['GITHUB_REPOSITORY']}" if "GITHUB_REPOSITORY" in os.environ else CRATE["repository"]
# Where the archives of a version are.
RELEASES = f"{REPOSITORY}/releases/download"
README = (FOLDER / "description.md").read_text().replace("REPOSITORY", REPOSITORY)


@dataclasses.dataclass(frozen=True)
class Platform:
    """How others call a platform."""

    # GitHub's runner that builds its archive.
    runner: str
    # Rust's names.
    triples: tuple[str, ...]
    # The tags of a wheel.
    wheel: str
    # What Node.js says in `process.platform` and `process.arch`.
    node_system: str
    node_processor: str
    # What `uname -s` and `uname -m` print; on Windows in the shell that comes with Git, followed by a version.
    system: str
    machines: tuple[str, ...]


# By the name in the archive. The Linux binaries are static and run with every C library.
PLATFORMS = {
    "linux-x64": Platform(
        runner="ubuntu-24.04",
        triples=("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"),
        wheel="manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
        node_system="linux",
        node_processor="x64",
        system="Linux",
        machines=("x86_64", "amd64"),
    ),
    "linux-arm64": Platform(
        runner="ubuntu-24.04-arm",
        triples=("aarch64-unknown-linux-gnu", "aarch64-unknown-linux-musl"),
        wheel="manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        node_system="linux",
        node_processor="arm64",
        system="Linux",
        machines=("aarch64", "arm64"),
    ),
    "macos-arm64": Platform(
        runner="macos-15",
        triples=("aarch64-apple-darwin",),
        wheel="macosx_11_0_arm64",
        node_system="darwin",
        node_processor="arm64",
        system="Darwin",
        machines=("arm64",),
    ),
    "macos-x64": Platform(
        runner="macos-15-intel",
        triples=("x86_64-apple-darwin",),
        wheel="macosx_10_12_x86_64",
        node_system="darwin",
        node_processor="x64",
        system="Darwin",
        machines=("x86_64",),
    ),
    "windows-x64": Platform(
        runner="windows-2025",
        triples=("x86_64-pc-windows-msvc",),
        wheel="win_amd64",
        node_system="win32",
        node_processor="x64",
        system="MINGW64_NT",
        machines=("x86_64",),
    ),
}


def archive_name(platform):
    """The name of a platform's archive in a release."""
    return f"{NAME}-{platform}.tar.gz"


def executable(platform):
    """The name of the binary in the archive of a platform."""
    return f"{NAME}.exe" if PLATFORMS[platform].node_system == "win32" else NAME


def read(path):
    """The platform of an archive, its binary, and its licences by name."""
    path = pathlib.Path(path)
    platform = next((name for name in PLATFORMS if path.name == archive_name(name)), None)
    if platform is None:
        raise SystemExit(f"{path} is not an archive of a release")
    with tarfile.open(path) as archive:
        files = {pathlib.PurePosixPath(member.name).name: archive.extractfile(member).read() for member in archive if member.isfile()}
    licences = {name: content for name, content in files.items() if name.startswith("LICENSE-")}
    return platform, files[executable(platform)], licences
