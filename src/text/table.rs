//! Tables for a terminal: columns of equal width. Pure.

/// Stands between two columns.
const GAP: &str = "  ";

/// Rows of cells that are safe to show, each column as wide as its widest cell; a line break after each row.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let of_column = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> =
        (0..columns).map(|column| of_column(column).map(|cell| width(cell)).max().unwrap_or(0)).collect();
    let mut table = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, column) in row.iter().zip(&widths) {
            line += cell;
            line.extend(std::iter::repeat_n(' ', column - width(cell)));
            line += GAP;
        }
        table += line.trim_end();
        table.push('\n');
    }
    table
}

/// Columns that a text takes: characters of East Asia and pictures take two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|character| if is_wide(character) { 2 } else { 1 }).sum()
}

/// Whether a character takes two columns.
pub(super) const fn is_wide(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        let rows: [Vec<String>; 4] =
            [row(&["id", "name", "x"]), row(&["1", "演示", "é"]), row(&["22", "", ""]), row(&["3"])];
        assert_eq!(aligned(&rows), "id  name  x\n1   演示  é\n22\n3\n");
        assert_eq!(aligned(&[]), "");
    }
}
