//! The language of everything that people read. It is chosen before the first message, so also for a refused command line.

use super::environment::Environment;
use crate::ci::CiHost;
use crate::model::choice::Choice as _;
use crate::model::language::Language;
use std::ffi::OsString;

/// The option.
const OPTION: &str = "--language";
/// The variables of the system's language; the first that is set counts.
const LOCALE_VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];
/// Names of locales with simplified Chinese.
const CHINESE_LOCALES: [&str; 5] = ["zh", "zh_cn", "zh_sg", "zh_hans", "zh_hans_cn"];

/// What a command line, else its variable, else the terminal asks for. Anything else is refused elsewhere.
pub fn language_of(arguments: &[OsString], environment: &Environment) -> Language {
    let typed = arguments.iter().take_while(|argument| *argument != "--");
    let typed: Vec<&str> = typed.filter_map(|argument| argument.to_str()).collect();
    let separate = typed.windows(2).filter(|pair| pair[0] == OPTION).map(|pair| pair[1]);
    let joined = typed.iter().filter_map(|text| text.strip_prefix(OPTION)?.strip_prefix('='));
    let of_option = joined.chain(separate).find_map(Language::find);
    let of_variable = || Language::find(&environment.described("CODEARTS_LANGUAGE")?.to_ascii_lowercase());
    of_option.or_else(of_variable).or_else(|| of_terminal(environment)).unwrap_or_default()
}

/// The language of the person at the terminal. The log of a job does not depend on its machine.
fn of_terminal(environment: &Environment) -> Option<Language> {
    if !environment.has_terminal() || !matches!(environment.ci().host, CiHost::None) {
        return None;
    }
    let locale = LOCALE_VARIABLES.iter().find_map(|name| environment.described(name))?;
    let name = locale.split(['.', '@']).next().unwrap_or_default().replace('-', "_").to_ascii_lowercase();
    CHINESE_LOCALES.contains(&name.as_str()).then_some(Language::Chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(line: &str, variables: &[(&str, &str)], has_terminal: bool) -> Language {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = variables.collect::<Environment>().with_terminal(has_terminal);
        language_of(&line.split(' ').map(OsString::from).collect::<Vec<_>>(), &environment)
    }

    type Case = (&'static str, &'static [(&'static str, &'static str)], bool, Language);

    #[test]
    fn the_option_beats_the_variable_and_both_beat_the_terminal() {
        use Language::{Chinese, English};
        let cases: [Case; 14] = [
            ("gate check", &[], true, English),
            ("gate check --language zh-cn x", &[], false, Chinese),
            ("gate check --language=zh-cn", &[("CODEARTS_LANGUAGE", "en-us")], false, Chinese),
            ("gate check --language nonsense", &[("CODEARTS_LANGUAGE", "zh-cn")], false, Chinese),
            ("gate check -- --language=zh-cn", &[], false, English),
            ("gate check", &[("CODEARTS_LANGUAGE", " ZH-CN ")], false, Chinese),
            ("gate check --language", &[], false, English),
            ("gate check", &[("LANG", "zh_CN.UTF-8")], true, Chinese),
            ("gate check", &[("LANG", "zh_CN.UTF-8")], false, English),
            ("gate check", &[("LANG", "zh_CN.UTF-8"), ("CI", "true")], true, English),
            ("gate check", &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C.UTF-8")], true, English),
            ("gate check", &[("LANG", "en_US"), ("LC_MESSAGES", "zh_CN")], true, Chinese),
            ("gate check", &[("LANG", "zh_TW.UTF-8")], true, English),
            ("gate check", &[("LANG", "zh_CN.UTF-8"), ("CODEARTS_LANGUAGE", "en-us")], true, English),
        ];
        for (line, variables, has_terminal, expected) in cases {
            assert_eq!(language(line, variables, has_terminal), expected, "{line} {variables:?}");
        }
    }
}
