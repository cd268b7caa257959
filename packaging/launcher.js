#!/usr/bin/env node
// Starts the binary of the package that npm has installed for this machine, and ends as it ends.
"use strict";

const { spawn } = require("node:child_process");

const windows = process.platform === "win32";
const name = `@codearts-gate/${process.platform}-${process.arch}`;
// The code for wrong usage or configuration: nothing was decided.
const USAGE = 64;

function locate() {
  try {
    return require.resolve(`${name}/codearts-gate${windows ? ".exe" : ""}`);
  } catch {
    console.error(`error: the package ${name} is not installed`);
    console.error("hint: install without `--omit=optional`; if there is no such package, compile codearts-gate with cargo");
    process.exit(USAGE);
  }
}

const binary = locate();
// A cancelled job must stop the run that it started. The handlers are there before the binary is. On Windows Ctrl+C reaches the
// binary by itself, and `kill` would end it at once.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => windows || child.kill(signal));
}
const child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`error: cannot start ${binary}: ${error.message}`);
  process.exit(USAGE);
});
child.on("exit", (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exit(code);
  }
});
