//! Systems that run pipelines, as far as a pipeline can be written for them: plain data.

use crate::model::choice::Choice;

/// A system for which `init` writes a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Pipeline {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Jenkins.
    Jenkins,
    /// Gitee Go.
    GiteeGo,
    /// GitCode Actions.
    GitCode,
    /// CodeArts Build, by itself or in CodeArts Pipeline.
    CodeArts,
    /// Gitea Actions.
    Gitea,
    /// Forgejo Actions.
    Forgejo,
}

impl Choice for Pipeline {
    fn all() -> Vec<Self> {
        vec![
            Self::GitHub,
            Self::GitLab,
            Self::Jenkins,
            Self::GiteeGo,
            Self::GitCode,
            Self::CodeArts,
            Self::Gitea,
            Self::Forgejo,
        ]
    }

    fn word(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Jenkins => "jenkins",
            Self::GiteeGo => "gitee",
            Self::GitCode => "gitcode",
            Self::CodeArts => "codearts",
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Jenkins => "Jenkins",
            Self::GiteeGo => "Gitee Go",
            Self::GitCode => "GitCode Actions",
            Self::CodeArts => "CodeArts Build",
            Self::Gitea => "Gitea Actions",
            Self::Forgejo => "Forgejo Actions",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::GiteeGo => &["gitee-go"],
            Self::GitCode => &["atomgit"],
            Self::GitHub | Self::GitLab | Self::Jenkins | Self::CodeArts | Self::Gitea | Self::Forgejo => &[],
        }
    }
}
