//! How much is logged, and how.

use crate::cli::LogArgs;
use crate::console::{LogFormat, Verbosity};

/// How much is said, and in which form.
pub fn log(args: &LogArgs) -> (LogFormat, Verbosity) {
    let verbosity = if args.quiet {
        Verbosity::Quiet
    } else if args.verbose {
        Verbosity::Verbose
    } else {
        Verbosity::Normal
    };
    (args.log_format, verbosity)
}
