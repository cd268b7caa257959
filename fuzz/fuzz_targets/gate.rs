//! All targets in one program, which is linked once: `TARGET` names the one to run, else the name of the program does.

#![no_main]

use codearts_gate_fuzz::{TARGETS, Target};
use std::path::Path;
use std::sync::LazyLock;

static CHOSEN: LazyLock<Target> = LazyLock::new(|| {
    let program = std::env::args().next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = std::env::var("TARGET").unwrap_or(program);
    let names = || TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ");
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("{name:?} is none of the targets: {}", names())).1
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // What an input does must not depend on those before it.
    fastrand::seed(7);
    CHOSEN(input);
});
