//! Parts of addresses, with the escapes that RFC 3986 requires and no others: servers, and the proxies before them, do not
//! all undo the rest. Pure. What is signed has an encoding of its own, [`super::query`].

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What may not stand in a segment of a path (RFC 3986, section 3.3: `pchar`), ASCII only; the rest is always escaped.
const NOT_IN_SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
/// The same for a path of several segments.
const NOT_IN_PATH: &AsciiSet = &NOT_IN_SEGMENT.remove(b'/');
/// What may not stand in the value of a query (RFC 3986, section 3.4), and what would end the value or be read as a blank.
const NOT_IN_VALUE: &AsciiSet =
    &NOT_IN_SEGMENT.remove(b'/').remove(b'?').add(b'&').add(b';').add(b'=').add(b'+');

/// One segment of a path; a slash is part of its text.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_SEGMENT).to_string()
}

/// A path; slashes part its segments.
pub fn path(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_PATH).to_string()
}

/// A path as a reference of its own, which a colon in the first segment would turn into a scheme (RFC 3986, section 4.2).
pub fn relative(text: &str) -> String {
    let path = path(text);
    match path.split_once('/') {
        Some((first, rest)) => format!("{}/{rest}", first.replace(':', "%3A")),
        None => path.replace(':', "%3A"),
    }
}

/// The value of a parameter of a query.
pub fn value(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_VALUE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;
    use url::Url;

    #[test]
    fn only_what_has_to_be_is_escaped() {
        let signs = "a-._~!$&'()*+,;=:@/b";
        assert_eq!(path(signs), signs);
        assert_eq!(segment(signs), "a-._~!$&'()*+,;=:@%2Fb");
        assert_eq!(value(signs), "a-._~!$%26'()*%2B,%3B%3D:@/b");
        assert_eq!(path(" \"#%<>?[\\]^`{|}\n"), "%20%22%23%25%3C%3E%3F%5B%5C%5D%5E%60%7B%7C%7D%0A");
        assert_eq!(path("报告/é"), "%E6%8A%A5%E5%91%8A/%C3%A9");
        let relatives = [("a:b/c:d", "a%3Ab/c:d"), ("c:d", "c%3Ad"), ("a/b", "a/b"), ("/a:b", "/a:b")];
        for (text, expected) in relatives {
            assert_eq!(relative(text), expected);
        }
    }

    proptest! {
        /// Each part reads back, and a parser of addresses changes nothing about it.
        #[test]
        fn parts_read_back(text in "(.|\n)+") {
            // Steps within a path have no other spelling.
            prop_assume!(text != "." && text != "..");
            let decoded = |part: &str| percent_decode_str(part).decode_utf8().expect("UTF-8").into_owned();
            prop_assert_eq!(decoded(&segment(&text)), text.clone());
            prop_assert_eq!(decoded(&relative(&text)), text.clone());
            let address = format!("https://h.example/{}?a={}&b=", segment(&text), value(&text));
            let url = Url::parse(&address).expect("an address");
            prop_assert_eq!(url.path(), format!("/{}", segment(&text)));
            let values: Vec<String> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
            prop_assert_eq!(values, [text, String::new()]);
        }
    }
}
