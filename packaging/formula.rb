# Made by the release from packaging/formula.rb.
class CodeartsGate < Formula
  desc "$short"
  homepage "$repository"
  version "$version"
  license any_of: [$licences]

  on_macos do
    on_arm do
      url "$macos_arm64_url"
      sha256 "$macos_arm64_sum"
    end
    on_intel do
      url "$macos_x64_url"
      sha256 "$macos_x64_sum"
    end
  end

  on_linux do
    on_arm do
      url "$linux_arm64_url"
      sha256 "$linux_arm64_sum"
    end
    on_intel do
      url "$linux_x64_url"
      sha256 "$linux_x64_sum"
    end
  end

  def install
    bin.install "codearts-gate"
    generate_completions_from_executable(bin/"codearts-gate", "completions")
    (man1/"codearts-gate.1").write Utils.safe_popen_read(bin/"codearts-gate", "man")
  end

  test do
    assert_match "PASSED (exit 0)", shell_output("#{bin}/codearts-gate demo 2>&1")
  end
end
