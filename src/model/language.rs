//! Languages in which people read this program and the reports of CodeArts.

/// A language of messages, of pages, and of what the service renders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    #[value(name = "en-us")]
    English,
    /// Chinese.
    #[value(name = "zh-cn")]
    Chinese,
}

impl Language {
    /// The name of the language: the value of `--language`, and of the service's `X-Language` header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "en-us",
            Self::Chinese => "zh-cn",
        }
    }
}
