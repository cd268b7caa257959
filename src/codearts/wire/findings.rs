//! Pages of findings (`check-results`, section 2). Their rows are many, so they are borrowed from the answer instead of copied: the
//! one place that names their fields.

use crate::http::field;
use serde::Deserialize;
use serde_json_borrow::Value;

/// `GET /v2/tasks/{task_id}/defects-detail`, without its rows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct FindingsPage {
    #[serde(deserialize_with = "field::integer")]
    pub(in crate::codearts) total: Option<i64>,
    /// The list of rows, or null.
    pub(in crate::codearts) defects: serde_json::Value,
}

impl FindingsPage {
    /// Name of the list of rows.
    pub(in crate::codearts) const ROWS: &'static str = "defects";
}

/// Names the fields of a borrowed row, and reads it.
macro_rules! row {
    ($(#[$meaning:meta])* $row:ident { $($field:ident: $name:literal,)* }) => {
        $(#[$meaning])*
        pub(in crate::codearts) struct $row<'a> {
            $(pub(in crate::codearts) $field: &'a Value<'a>,)*
        }

        impl<'a> From<&'a Value<'_>> for $row<'a> {
            fn from(row: &'a Value<'_>) -> Self {
                Self { $($field: row.get($name),)* }
            }
        }
    };
}

row! {
    /// A finding.
    DefectRow {
        defect_id: "defect_id",
        issue_key: "issue_key",
        level: "defect_level",
        status: "defect_status",
        file_path: "file_path",
        line_number: "line_number",
        checker_name: "defect_checker_name",
        rule_name: "rule_name",
        content: "defect_content",
        fragment: "fragment",
        events: "events",
        rule_tags: "rule_system_tags",
        created_at: "created_at",
    }
}

impl DefectRow<'_> {
    /// Fields that decide whether and how a finding counts, and what distinguishes it from others.
    pub(in crate::codearts) const DECISIVE: [&'static str; 6] =
        ["defect_id", "issue_key", "defect_level", "defect_status", "file_path", "line_number"];
}

row! {
    /// A line of the code around a finding.
    FragmentRow {
        number: "line_num",
        content: "line_content",
        start: "start_offset",
        start_camel: "startOffset",
        end: "end_offset",
        end_camel: "endOffset",
    }
}

row! {
    /// A step of the flow to a finding.
    EventRow {
        description: "description",
        path: "path",
        line: "line",
        events: "events",
    }
}
