//! Sections of the log that GitLab's page can fold (`ci/gitlab`, section 8). Pure.

use crate::text::one_line;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longest title.
const TITLE_LIMIT: usize = 200;

/// A section that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSection(String);

impl LogSection {
    /// The section of this title, and the line that opens it.
    pub fn begin(title: &str, now: SystemTime) -> (Self, String) {
        let is_plain = |character: char| character.is_ascii_alphanumeric();
        let name = title.to_ascii_lowercase().replace(|character| !is_plain(character), "_");
        let line = format!(
            "\x1b[0Ksection_start:{}:{name}\r\x1b[0K{}\n",
            seconds(now),
            one_line(title, TITLE_LIMIT)
        );
        (Self(name), line)
    }

    /// The line that closes it.
    pub fn end(self, now: SystemTime) -> String {
        format!("\x1b[0Ksection_end:{}:{}\r\x1b[0K\n", seconds(now), self.0)
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begin_and_end_have_one_name() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let (section, line) = LogSection::begin("Waiting for it\x1b\r: 1", at(1_763_769_600));
        assert_eq!(line, "\x1b[0Ksection_start:1763769600:waiting_for_it____1\r\x1b[0KWaiting for it : 1\n");
        assert_eq!(
            section.end(at(1_763_769_660)),
            "\x1b[0Ksection_end:1763769660:waiting_for_it____1\r\x1b[0K\n"
        );
    }
}
