//! Where a patch shows a line of the new file. Pure.

use super::hunk::{Header, is_hunk};
use super::lines::Lines;

/// How far below the first `@@` of a patch a line of the new file stands: the line right below it is 1, and the `@@` of later
/// hunks count, too. `None`: the patch does not show the line.
pub fn position(patch: &str, line: u32) -> Option<u64> {
    let mut position = 0;
    let mut next: Option<u32> = None;
    for text in Lines::new(patch.as_bytes()) {
        position += u64::from(next.is_some());
        if is_hunk(text) {
            next = Some(Header::read(text).ok()?.start);
            continue;
        }
        let Some(number) = next else { continue };
        if !matches!(text.first(), Some(b'-' | b'\\')) {
            if number == line {
                return Some(position);
            }
            next = Some(number.checked_add(1)?);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_below_the_first_hunk() {
        let patch = "--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,4 @@ f\n a\n-b\n+c\n+d\n e\n@@ -9 +10,2 @@\n-x\n\\ No newline\n+y\n+z\n";
        let cases = [
            (1, Some(1)),
            (2, Some(3)),
            (3, Some(4)),
            (4, Some(5)),
            (5, None),
            (9, None),
            (10, Some(9)),
            (11, Some(10)),
            (12, None),
        ];
        for (line, expected) in cases {
            assert_eq!(position(patch, line), expected, "{line}");
        }
        for odd in ["", "text\n+1\n", "@@ odd @@\n+1\n", "@@ -1 +4294967295,9 @@\n+1\n"] {
            assert_eq!(position(odd, 1), None, "{odd}");
        }
    }
}
