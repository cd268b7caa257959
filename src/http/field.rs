//! Fields of answers that are read leniently, for `#[serde(deserialize_with = "…")]`: what has another form than expected counts as
//! missing, and never spoils the rest of the answer.

use super::lenient;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::{Map, Value};

/// The answer as its fields; what is not an object is an empty answer.
pub fn read<T: DeserializeOwned + Default>(answer: &Value) -> T {
    // A list would be taken for the fields in their order.
    if answer.is_object() { T::deserialize(answer).unwrap_or_default() } else { T::default() }
}

/// The same where the pages show a name both as `task_id` and as `taskId`: either is read, the first one if both are there.
pub fn read_any_case<T: DeserializeOwned + Default>(answer: &Value) -> T {
    let Value::Object(fields) = answer else { return T::default() };
    let mut snake = Map::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        let is_camel = name.contains(|letter: char| letter.is_ascii_uppercase());
        if !is_camel || !snake.contains_key(&snake_case(name)) {
            snake.insert(snake_case(name), value.clone());
        }
    }
    read(&Value::Object(snake))
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Text or a number, as text that is not empty.
pub fn text<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    Ok(lenient::text(&Value::deserialize(field)?).map(std::borrow::Cow::into_owned))
}

/// Text alone, as it was sent; anything else is empty.
pub fn string<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::String(text) => text,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => String::new(),
    })
}

/// A whole number from 0, as a number or as text.
pub fn count<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u64>, D::Error> {
    let number = lenient::integer(&Value::deserialize(field)?);
    Ok(number.and_then(|number| u64::try_from(number).ok()))
}

/// A whole number, as a number or as text.
pub fn integer<'de, D: Deserializer<'de>>(field: D) -> Result<Option<i64>, D::Error> {
    Ok(lenient::integer(&Value::deserialize(field)?))
}

/// Yes or no, as such, as a number or as text.
pub fn flag<'de, D: Deserializer<'de>>(field: D) -> Result<Option<bool>, D::Error> {
    Ok(lenient::flag(&Value::deserialize(field)?))
}

/// A percentage, with or without the sign.
pub fn percent<'de, D: Deserializer<'de>>(field: D) -> Result<Option<f64>, D::Error> {
    Ok(lenient::percent(&Value::deserialize(field)?))
}

/// An object.
pub fn object<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(field: D) -> Result<T, D::Error> {
    Ok(read(&Value::deserialize(field)?))
}

/// An object, or a list of one.
pub fn one_of<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(field: D) -> Result<T, D::Error> {
    let value = Value::deserialize(field)?;
    Ok(read(value.get(0).unwrap_or(&value)))
}

/// A list; what is not an object in it counts as an empty one.
pub fn list<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(field: D) -> Result<Vec<T>, D::Error> {
    Ok(Value::deserialize(field)?.as_array().into_iter().flatten().map(read).collect())
}

/// A list of objects, each as [`read_any_case`] reads it.
pub fn list_any_case<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(
    field: D,
) -> Result<Vec<T>, D::Error> {
    Ok(rows_any_case(&Value::deserialize(field)?))
}

/// The same of a list that is the whole answer.
pub fn rows_any_case<T: DeserializeOwned + Default>(rows: &Value) -> Vec<T> {
    rows.as_array().into_iter().flatten().map(read_any_case).collect()
}

/// An object whose names are not known beforehand.
pub fn map<'de, D: Deserializer<'de>>(field: D) -> Result<Map<String, Value>, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Inner {
        #[serde(deserialize_with = "count")]
        n: Option<u64>,
    }

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Answer {
        #[serde(deserialize_with = "text")]
        id: Option<String>,
        #[serde(deserialize_with = "object")]
        inner: Inner,
        #[serde(deserialize_with = "one_of")]
        one: Inner,
        #[serde(deserialize_with = "list")]
        all: Vec<Inner>,
    }

    #[test]
    fn names_are_read_in_either_case() {
        #[derive(Debug, Default, PartialEq, serde::Deserialize)]
        #[serde(default)]
        struct Answer {
            #[serde(deserialize_with = "text")]
            task_id: Option<String>,
        }
        let task = |answer| read_any_case::<Answer>(&answer).task_id;
        let cases = [
            (json!({"task_id": "a"}), Some("a")),
            (json!({"taskId": "b"}), Some("b")),
            (json!({"taskId": "b", "task_id": "a"}), Some("a")),
            (json!({"taskId": "b", "task_id": null}), Some("b")),
            (json!({"TASKID": "b"}), None),
            (json!([{"taskId": "b"}]), None),
            (json!(null), None),
        ];
        for (answer, expected) in cases {
            assert_eq!(task(answer.clone()).as_deref(), expected, "{answer}");
        }
    }

    #[test]
    fn a_field_of_another_form_does_not_spoil_the_others() {
        let inner = |n| Inner { n };
        let whole = Answer {
            id: Some("7".to_owned()),
            inner: inner(Some(1)),
            one: inner(Some(2)),
            all: vec![inner(Some(3)), inner(None)],
        };
        assert_eq!(
            read::<Answer>(&json!({"id": 7, "inner": {"n": "1"}, "one": [{"n": 2}], "all": [{"n": 3.0}, 5]})),
            whole
        );
        let odd = json!({"id": "7", "inner": [], "one": "x", "all": {"n": 1}, "more": null});
        assert_eq!(read::<Answer>(&odd), Answer { id: Some("7".to_owned()), ..Answer::default() });
        for odd in [json!(null), json!([1]), json!("x"), json!(1)] {
            assert_eq!(read::<Answer>(&odd), Answer::default(), "{odd}");
        }
    }
}
