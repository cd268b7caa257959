//! What the variables say of the terminal.

use super::environment::Environment;
use crate::ci::CiHost;
use crate::console::Terminal;
use std::io::IsTerminal as _;

/// Columns of help where nothing says how many there are.
const USUAL_COLUMNS: usize = 100;

impl Environment {
    /// Whether a terminal may be drawn on: it is of a kind that can, and its text is not kept as the log of a job.
    pub fn may_draw(&self) -> bool {
        let is_able = |kind: &str| !["dumb", "unknown"].contains(&kind.trim().to_ascii_lowercase().as_str());
        // Terminals of Windows have no kind.
        self.described("TERM").map_or(cfg!(windows), |kind| is_able(&kind))
            && matches!(self.ci().host, CiHost::None)
    }

    /// Whether somebody is there who can be asked.
    pub fn may_ask(&self) -> bool {
        matches!(self.ci().host, CiHost::None)
            && std::io::stdin().is_terminal()
            && std::io::stderr().is_terminal()
    }

    /// The same as [`Self::may_draw`] with what is said about colours: `NO_COLOR` (<https://no-color.org>), else `CLICOLOR_FORCE`.
    pub fn terminal(&self) -> Terminal {
        let colour = match (self.get("NO_COLOR"), self.get("CLICOLOR_FORCE")) {
            (Some(_), _) => Some(false),
            (None, Some("0") | None) => None,
            (None, Some(_)) => Some(true),
        };
        Terminal { may_draw: self.may_draw(), colour, has_links: self.has_links() }
    }

    /// How wide help may be, as clap has it: as the terminal is, else `COLUMNS`.
    pub fn columns(&self) -> usize {
        let of_variable = || self.get("COLUMNS").and_then(|columns| columns.trim().parse().ok());
        let of_terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        of_terminal.or_else(of_variable).filter(|columns| *columns > 0).unwrap_or(USUAL_COLUMNS)
    }

    /// Whether the terminal is known to make links of addresses that are not shown. `FORCE_HYPERLINK` decides, as other programs
    /// have it; others show the bytes of a link to their reader.
    fn has_links(&self) -> bool {
        if let Some(forced) = self.get("FORCE_HYPERLINK") {
            return forced != "0";
        }
        let is = |name, able: &[&str]| self.get(name).is_some_and(|value| able.contains(&value));
        // Of GNOME's terminals 0.50 was the first.
        let is_vte = self.get("VTE_VERSION").and_then(|version| version.parse().ok()) >= Some(5000);
        self.may_draw()
            && (is_vte
                || is("TERM_PROGRAM", &["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby"])
                || is("TERM", &["xterm-kitty", "xterm-ghostty", "alacritty", "foot"])
                || ["WT_SESSION", "KONSOLE_VERSION"].iter().any(|name| self.get(name).is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_a_terminal_of_a_known_kind_outside_of_a_job_is_drawn_on() {
        let cases: [(&[(&str, &str)], bool); 7] = [
            (&[("TERM", "xterm-256color")], true),
            (&[("TERM", "Dumb")], false),
            (&[("TERM", "unknown")], false),
            (&[("TERM", " ")], cfg!(windows)),
            (&[], cfg!(windows)),
            (&[("TERM", "xterm"), ("CI", "true")], false),
            (&[("TERM", "xterm"), ("GITHUB_ACTIONS", "true")], false),
        ];
        for (variables, expected) in cases {
            assert_eq!(environment(variables).may_draw(), expected, "{variables:?}");
        }
    }

    #[test]
    fn links_are_for_terminals_that_are_known_to_have_them() {
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[("TERM", "xterm-256color")], false),
            (&[("TERM", "xterm-kitty")], true),
            (&[("TERM", "xterm"), ("VTE_VERSION", "7200")], true),
            (&[("TERM", "xterm"), ("VTE_VERSION", "4600")], false),
            (&[("TERM", "xterm"), ("TERM_PROGRAM", "vscode")], true),
            (&[("TERM", "xterm"), ("TERM_PROGRAM", "vscode"), ("FORCE_HYPERLINK", "0")], false),
            (&[("TERM", "xterm"), ("FORCE_HYPERLINK", "1")], true),
            (&[("TERM", "dumb"), ("WT_SESSION", "x")], false),
            (&[("TERM", "xterm"), ("WT_SESSION", "x"), ("GITHUB_ACTIONS", "true")], false),
        ];
        for (variables, expected) in cases {
            assert_eq!(environment(variables).terminal().has_links, expected, "{variables:?}");
        }
    }
}
