//! A terminal: what is written to it, and what can be read there in the end.

use crate::kit::Run;
use crate::kit::secrets::assert_none;
use nix::pty::{OpenptyResult, Winsize, openpty};
use std::fs::File;
use std::io::Read as _;
use std::process::{Child, Stdio};

/// Wide enough that no line wraps.
const COLUMNS: u16 = 1000;

/// Runs it on a terminal; returns everything written there, and the exit code. `meanwhile` gets the process once it
/// runs.
pub(super) fn run(run: &Run, meanwhile: impl FnOnce(&Child)) -> (String, i32) {
    let size = Winsize { ws_row: 24, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 };
    let OpenptyResult { master, slave } = openpty(Some(&size), None).expect("a terminal");
    let reader = std::thread::spawn(|| {
        // Reading ends with an error when the other side is closed.
        let mut bytes = Vec::new();
        let _ = File::from(master).read_to_end(&mut bytes);
        bytes
    });
    let mut child = run.spawn_on(Stdio::from(slave));
    meanwhile(&child);
    let code = child.wait().expect("an end").code().expect("an exit code");
    let text = String::from_utf8(reader.join().expect("a reader")).expect("UTF-8");
    assert_none("terminal", &text);
    (text, code)
}

/// What remains visible after lines were redrawn. An unknown control sequence is a failure, so that nothing is hidden.
pub(super) fn left(text: &str) -> String {
    let mut lines: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '\r' => column = 0,
            '\n' => {
                row += 1;
                if row == lines.len() {
                    lines.push(Vec::new());
                }
            }
            '\u{1b}' => {
                assert_eq!(rest.next(), Some('['), "a control sequence");
                let mut number = String::new();
                let command = loop {
                    match rest.next().expect("a control sequence") {
                        digit @ ('0'..='9' | '?' | ';') => number.push(digit),
                        command => break command,
                    }
                };
                match (number.as_str(), command) {
                    (_, 'm') | ("?25", 'l' | 'h') => {}
                    ("2", 'K') => lines[row].clear(),
                    (up, 'A') => row -= up.parse().unwrap_or(1),
                    (down, 'B') => row += down.parse().unwrap_or(1),
                    ("0" | "", 'K') => lines[row].truncate(column),
                    _ => panic!("an unknown control sequence: {number}{command}"),
                }
            }
            _ => {
                let line = &mut lines[row];
                if line.len() <= column {
                    line.resize(column + 1, ' ');
                }
                line[column] = character;
                column += 1;
            }
        }
    }
    let lines = lines.iter().map(|line| line.iter().collect::<String>().trim_end().to_owned() + "\n");
    lines.collect::<String>().trim_end().to_owned() + "\n"
}

#[test]
fn what_is_drawn_over_is_gone() {
    let text =
        "one\r\n\u{1b}[2K[=> ] 10 %\r\u{1b}[2Ktwo\r\n[==>] 20 %\u{1b}[1A\r\u{1b}[2Kthree\r\n\u{1b}[2Kfour";
    assert_eq!(left(text), "one\nthree\nfour\n");
}
