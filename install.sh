#!/bin/sh
# Installs the codearts-gate binary of a release after checking its SHA-256 digest. Needs no root.
#
#   curl -fsSL https://github.com/OWNER/codearts-gate/releases/latest/download/install.sh | sh
#
# Variables, all optional:
#   CODEARTS_GATE_VERSION       version to install, such as 0.1.0, or `latest` [default: the release this script is from]
#   CODEARTS_GATE_DIR           folder to install to [default: ~/.local/bin]
#   CODEARTS_GATE_DOWNLOAD_URL  where versions are, for a mirror; files are at URL/vVERSION/NAME [default: GitHub]
#   CODEARTS_GATE_SHA256        digest of the archive for this machine [default: that in this script, else from SHA256SUMS]
set -eu

repository=https://github.com/OWNER/codearts-gate
# The release fills these in: its version, and the lines of its archives in SHA256SUMS.
pinned_version=
pinned_sums=''

fail() {
    echo "error: $1" >&2
    if [ $# -gt 1 ]; then echo "hint: $2" >&2; fi
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# The name of this platform in the names of archives.
platform() {
    case "$(uname -s)/$(uname -m)" in
        Linux/x86_64 | Linux/amd64) echo linux-x64 ;;
        Linux/aarch64 | Linux/arm64) echo linux-arm64 ;;
        Darwin/arm64) echo macos-arm64 ;;
        Darwin/x86_64) echo macos-x64 ;;
        # The shell that comes with Git for Windows.
        MINGW*_NT*/x86_64 | MSYS_NT*/x86_64) echo windows-x64 ;;
        *) return 1 ;;
    esac
}

# download URL FILE
download() {
    if has curl; then
        curl --fail --silent --show-error --location --proto-redir =https --retry 5 --connect-timeout 30 --output "$2" "$1"
    elif has wget; then
        # Nothing else: some builds of BusyBox crash at `-T`.
        wget -q -O "$2" "$1"
    else
        fail "neither curl nor wget is there"
    fi || fail "cannot download $1" "behind a proxy set HTTPS_PROXY; for a mirror set CODEARTS_GATE_DOWNLOAD_URL"
}

# sha256 FILE
sha256() {
    if has sha256sum; then
        sha256sum "$1"
    elif has shasum; then
        shasum -a 256 "$1"
    else
        fail "neither sha256sum nor shasum is there: the archive cannot be checked"
    fi
}

# Removes what is unfinished. The name is empty until the folder is there.
unfinished=
tidy() {
    if [ -n "$unfinished" ]; then cd / && rm -rf "$unfinished"; fi
}

# The script is read as a whole before anything happens: its last line starts it.
main() {
    if [ $# -gt 0 ]; then
        echo "error: unexpected argument '$1'" >&2
        echo "hint: set variables such as CODEARTS_GATE_VERSION; the first lines of this script list them" >&2
        exit 64
    fi
    name=$(platform) || fail "there is no binary for $(uname -s) on $(uname -m)" "compile it: cargo install --locked --git https://github.com/OWNER/codearts-gate"
    archive=codearts-gate-$name.tar.gz
    binary=codearts-gate
    if [ "$name" = windows-x64 ]; then binary=codearts-gate.exe; fi

    url=${CODEARTS_GATE_DOWNLOAD_URL:-$repository/releases/download}
    url=${url%/}
    version=${CODEARTS_GATE_VERSION:-${pinned_version:-latest}}
    version=${version#v}
    if [ "$version" = latest ]; then
        case $url in
            */releases/download) place=${url%/download}/latest/download ;;
            *) fail "the newest version at $url is not known" "set CODEARTS_GATE_VERSION" ;;
        esac
    else
        place=$url/v$version
    fi

    folder=${CODEARTS_GATE_DIR:-${HOME:?set HOME or CODEARTS_GATE_DIR}/.local/bin}
    mkdir -p "$folder" || fail "cannot create $folder" "set CODEARTS_GATE_DIR to a folder of yours"
    folder=$(CDPATH='' cd -- "$folder" && pwd)
    trap tidy EXIT
    trap 'exit 1' HUP INT TERM
    # Beside the final place: the last step is then one rename.
    unfinished=$(mktemp -d "$folder/.codearts-gate.XXXXXX") || fail "cannot write to $folder" "set CODEARTS_GATE_DIR to a folder of yours"
    # Names without a folder: elsewhere on Windows they hold a colon, which tar takes for a server.
    cd "$unfinished"

    expected=$(echo "${CODEARTS_GATE_SHA256:-}" | tr A-F a-f)
    if [ -z "$expected" ]; then
        if [ "$version" = "$pinned_version" ]; then
            echo "$pinned_sums" >SHA256SUMS
        else
            case $place in
                https://* | http://127.0.0.1:* | http://localhost:*) ;;
                *) fail "SHA256SUMS from $url proves nothing: it is not https" "use https, or set CODEARTS_GATE_SHA256" ;;
            esac
            download "$place/SHA256SUMS" SHA256SUMS
        fi
        expected=$(sed -n "s/^\([0-9a-f]\{64\}\)  $archive\$/\1/p" SHA256SUMS)
        [ -n "$expected" ] || fail "SHA256SUMS of version $version does not name $archive"
    fi
    download "$place/$archive" "$archive"
    found=$(sha256 "$archive")
    found=${found%% *}
    if [ "$found" != "$expected" ]; then
        fail "the SHA-256 digest of $place/$archive is $found, not $expected" "nothing was installed; download again, or from another place"
    fi
    # `o`: for root, too, the files are those of whoever unpacks them.
    tar -xzof "$archive"
    installed=$("./$binary" --version) || fail "the binary does not run on this machine"
    if [ -d "$folder/$binary" ]; then fail "$folder/$binary is a folder"; fi
    mv -f "$binary" "$folder/$binary"
    echo "installed $installed to $folder/$binary" >&2
    # Whoever names a folder knows it.
    case ${CODEARTS_GATE_DIR:+known}:$PATH: in
        known:* | *":$folder:"*) ;;
        *) echo "hint: add $folder to PATH" >&2 ;;
    esac
}

main "$@"
