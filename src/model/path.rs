//! Paths as the service returns them, made paths of the repository. Pure; nothing is looked up.

use crate::text::is_unprintable;
use std::borrow::Cow;

/// Stands for a path that says nothing.
pub const NO_PATH: &str = "unknown";

/// The path within the repository: forward slashes, no drive, nothing absolute, nothing that nobody sees, and never out of it.
/// The longest of `prefixes` that it begins with is cut off.
pub fn in_repository(path: &str, prefixes: &[String]) -> String {
    let parts = parts(path);
    let cut = prefixes
        .iter()
        .map(|prefix| self::parts(prefix))
        .filter(|prefix| prefix.len() < parts.len() && parts.starts_with(prefix))
        .map(|prefix| prefix.len())
        .max()
        .unwrap_or_default();
    let path = parts[cut..].join("/");
    if path.is_empty() { NO_PATH.to_owned() } else { path }
}

/// The names on the way; steps upwards that would leave the repository are dropped.
fn parts(path: &str) -> Vec<Cow<'_, str>> {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let mut parts = Vec::new();
    for part in path.split(['/', '\\']) {
        let part = match part.contains(is_unprintable) {
            true => Cow::Owned(part.replace(is_unprintable, "")),
            false => Cow::Borrowed(part),
        };
        match part.as_ref() {
            "" | "." => {}
            ".." => drop(parts.pop()),
            drive if parts.is_empty() && is_drive(drive) => {}
            _ => parts.push(part),
        }
    }
    parts
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_to_write_a_path() {
        let cases = [
            ("src/a.c", "src/a.c"),
            ("./src//a.c", "src/a.c"),
            ("/src/a.c", "src/a.c"),
            ("src\\net\\a.c", "src/net/a.c"),
            ("C:\\work\\a.c", "work/a.c"),
            ("\\\\server\\share\\a.c", "server/share/a.c"),
            ("file:///src/a.c", "src/a.c"),
            ("../../etc/passwd", "etc/passwd"),
            ("src/../../../etc/passwd", "etc/passwd"),
            ("src/../b.c", "b.c"),
            ("a b/测试.c", "a b/测试.c"),
            ("a\u{0}b\n.c", "ab.c"),
            ("a\u{200b}/\u{2060}/b\u{fe0f}.c", "a/b.c"),
            ("", "unknown"),
            ("..", "unknown"),
            ("c:", "unknown"),
        ];
        for (path, expected) in cases {
            assert_eq!(in_repository(path, &[]), expected, "{path:?}");
        }
    }

    #[test]
    fn the_longest_prefix_that_fits_is_cut_off() {
        let prefixes = ["/home/build".to_owned(), "home\\build\\repo\\".to_owned(), "src".to_owned()];
        let cases = [
            ("/home/build/repo/a.c", "a.c"),
            ("/home/build/other/a.c", "other/a.c"),
            ("/home/builder/a.c", "home/builder/a.c"),
            ("src/a.c", "a.c"),
            ("src", "src"),
        ];
        for (path, expected) in cases {
            assert_eq!(in_repository(path, &prefixes), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leaves_the_repository(path in r"[./\\a:C-]{0,30}", prefix in r"[./\\a]{0,6}") {
            let path = in_repository(&path, &[prefix]);
            prop_assert!(!path.is_empty() && !path.starts_with('/') && !path.contains('\\'));
            prop_assert!(path.split('/').all(|part| !["", ".", ".."].contains(&part)), "{}", path);
        }
    }
}
