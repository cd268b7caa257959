//! Texts with places to fill.

/// Puts each value in its places: pairs of what marks a place and its value. What was put in is not looked at again. Whoever fills
/// them has checked that the values mean nothing but themselves in the text.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((at, mark, value)) = values
        .iter()
        .filter_map(|(mark, value)| Some((rest.find(mark)?, mark, value)))
        .min_by_key(|(at, ..)| *at)
    {
        text.push_str(&rest[..at]);
        text.push_str(value);
        rest = &rest[at + mark.len()..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_filled_once() {
        let text = fill("a: @ONE@ @TWO@ x@v1 @ONE@ 3", &[("@ONE@", "3@TWO@"), ("@TWO@", "2"), ("3", "4")]);
        assert_eq!(text, "a: 3@TWO@ 2 x@v1 3@TWO@ 4");
    }
}
