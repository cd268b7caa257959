//! Setting a repository up: which pipeline fits, what its files say, and what is left to do by hand. [`plan`] is pure;
//! [`write()`] puts the files where they belong, all or none.

mod answers;
mod branch;
mod files;
mod hosts;
mod plan;
mod planned;
mod steps;
mod template;
mod texts;

pub use answers::Answers;
pub use branch::Branch;
pub use files::write;
pub use hosts::{likely, of_host, places, region_of_host};
pub use plan::{Plan, Present, plan};
pub use planned::{Change, PlannedFile};
pub use steps::Step;
pub use texts::names_branch;
