//! Texts with places to fill: `@NAME@`.

/// Fills all places. Whoever fills them has checked that the values mean nothing but themselves in the text.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("@{name}@"), value))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Names of places that are not filled.
    pub(in crate::init) fn unfilled(text: &str) -> Vec<&str> {
        let is_name = |part: &&str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        };
        text.split('@').skip(1).filter(is_name).collect()
    }

    #[test]
    fn each_place_is_filled() {
        let text = fill("a: @ONE@ @TWO_X@ x@v1 @ONE@", &[("ONE", "1"), ("TWO_X", "2")]);
        assert_eq!(text, "a: 1 2 x@v1 1");
        assert_eq!(unfilled("a@b @THREE@ @FOUR@ c"), ["THREE", "FOUR"]);
    }
}
