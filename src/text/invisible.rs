//! Characters that nobody sees: they hide text, reorder it, or make two texts look alike. Pure.

/// Those of the general category Cf, the two separators of lines and paragraphs, and those with the property
/// Default_Ignorable_Code_Point, tags among them (U+E0000 to U+E0FFF). From `UnicodeData.txt` and
/// `DerivedCoreProperties.txt` of Unicode 16. The joiner within an emoji is one of them, so a family falls into its members.
const RANGES: [(char, char); 25] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether it is one of them.
pub(super) fn is_invisible(character: char) -> bool {
    if character < RANGES[0].0 {
        return false;
    }
    let position = RANGES.partition_point(|(_, last)| *last < character);
    RANGES.get(position).is_some_and(|(first, _)| *first <= character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_its_ends_count() {
        assert!(RANGES.iter().all(|(first, last)| first <= last));
        assert!(RANGES.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(RANGES.iter().all(|(first, last)| is_invisible(*first) && is_invisible(*last)));
        for visible in ['a', '\u{ac}', '\u{ae}', '中', '\u{200a}', '\u{2010}', '\u{fe10}', '\u{e1000}', '👪']
        {
            assert!(!is_invisible(visible), "{visible:?}");
        }
    }
}
