//! Examples of plain values: of each variant of an enum, and of each form of its parts that may change words. A type gets
//! them with `macro_rules_attribute::derive(Example!)`, so that a new variant cannot be left out. Only for tests.

use std::any::TypeId;
use std::path::PathBuf;
use std::time::Duration;

/// Choices for the parts of one example that are not the usual one. Enough for a part within a part within a part; all
/// combinations would be millions.
const UNUSUAL_LIMIT: usize = 3;

/// A type with examples.
#[diagnostic::on_unimplemented(
    note = "write `#[cfg_attr(test, macro_rules_attribute::derive(Example!))]` above the type"
)]
pub(crate) trait Example: Sized {
    /// The example that these choices lead to.
    fn example(choices: &mut Choices) -> Self;
}

/// The name of a variant, and how to make one.
type Variant<T> = (&'static str, fn(&mut Choices) -> T);

/// The choices that lead to one example. The first alternative is the usual one.
#[derive(Default)]
pub(crate) struct Choices {
    /// What was chosen, and from how many.
    made: Vec<(usize, usize)>,
    next: usize,
    strings: usize,
    numbers: u8,
    variant: Option<&'static str>,
    shown_elsewhere: &'static [TypeId],
    is_fixed: bool,
}

impl Choices {
    /// Calls `see` with each example and the name of its variant. A part of a type that is shown elsewhere is always the
    /// first example of that type.
    pub(crate) fn each<T: Example>(shown_elsewhere: &'static [TypeId], mut see: impl FnMut(&'static str, T)) {
        let mut made = Vec::new();
        loop {
            let mut choices = Self { made, shown_elsewhere, ..Self::default() };
            let example = T::example(&mut choices);
            see(choices.variant.unwrap_or_default(), example);
            made = choices.made;
            while made.pop_if(|(chosen, alternatives)| *chosen + 1 == *alternatives).is_some() {}
            let Some((chosen, _)) = made.last_mut() else { break };
            *chosen += 1;
        }
    }

    /// One of the variants, each with its name.
    pub(crate) fn variant<T>(&mut self, variants: &[Variant<T>]) -> T {
        let (name, make) = variants[self.choose(variants.len())];
        self.variant.get_or_insert(name);
        make(self)
    }

    /// A part of an example.
    pub(crate) fn part<T: Example + 'static>(&mut self) -> T {
        if self.shown_elsewhere.contains(&TypeId::of::<T>()) { self.first() } else { T::example(self) }
    }

    /// The first example of a type.
    fn first<T: Example>(&mut self) -> T {
        let is_fixed = std::mem::replace(&mut self.is_fixed, true);
        let first = T::example(self);
        self.is_fixed = is_fixed;
        first
    }

    /// One of the forms of a part.
    fn form<T: Copy>(&mut self, forms: &[T]) -> T {
        forms[self.choose(forms.len())]
    }

    fn choose(&mut self, alternatives: usize) -> usize {
        if self.is_fixed {
            return 0;
        }
        if self.next == self.made.len() {
            // The variant itself does not count.
            let unusual = self.made.iter().skip(1).filter(|(chosen, _)| *chosen > 0).count();
            self.made.push((0, if unusual < UNUSUAL_LIMIT { alternatives } else { 1 }));
        }
        self.next += 1;
        self.made[self.next - 1].0
    }

    /// A number that is counted, another one each time.
    fn number(&mut self) -> u8 {
        self.numbers += 1;
        self.form(&[self.numbers + 1, 1, 0])
    }

    fn word(&mut self) -> &'static str {
        self.strings += 1;
        ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"][(self.strings - 1) % 6]
    }
}

/// Makes an example of each variant from examples of its parts.
macro_rules! Example {
    (
        $(#[$meta:meta])* $visible:vis enum $name:ident {
            $(
                $(#[$variant_meta:meta])* $variant:ident
                $(($($(#[$part_meta:meta])* $part:ty),* $(,)?))?
                $({$($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)?})?
            ),* $(,)?
        }
    ) => {
        impl $crate::example::Example for $name {
            #[allow(unused_variables, reason = "a variant without parts has no choices")]
            fn example(choices: &mut $crate::example::Choices) -> Self {
                choices.variant(&[$((stringify!($variant), |choices| {
                    Self::$variant $(($(choices.part::<$part>()),*))? $({$($field: choices.part()),*})?
                })),*])
            }
        }
    };
    (
        $(#[$meta:meta])* $visible:vis struct $name:ident $(<$generic:ident>)? {
            $($(#[$field_meta:meta])* $field_visible:vis $field:ident: $type:ty),* $(,)?
        }
    ) => {
        impl$(<$generic: $crate::example::Example + 'static>)? $crate::example::Example for $name$(<$generic>)? {
            fn example(choices: &mut $crate::example::Choices) -> Self {
                Self { $($field: choices.part()),* }
            }
        }
    };
    ($(#[$meta:meta])* $visible:vis struct $name:ident($part_visible:vis $part:ty);) => {
        impl $crate::example::Example for $name {
            fn example(choices: &mut $crate::example::Choices) -> Self {
                Self(choices.part())
            }
        }
    };
}

macro_rules! forms {
    ($($type:ty: $($form:expr),*;)*) => {
        $(impl Example for $type {
            fn example(choices: &mut Choices) -> Self {
                choices.form(&[$($form),*])
            }
        })*
    };
}

macro_rules! numbers {
    ($($type:ty),*) => {
        $(impl Example for $type {
            fn example(choices: &mut Choices) -> Self {
                choices.number().into()
            }
        })*
    };
}

numbers!(u32, u64, usize);

// Those that nobody counts: exit codes, ports, statuses, percents.
forms! {
    bool: false, true;
    u8: 64, 0;
    u16: 503;
    i64: 7;
    f64: 50.0;
    Duration: Duration::from_secs(312), Duration::from_secs(42), Duration::ZERO;
}

impl Example for &'static str {
    fn example(choices: &mut Choices) -> Self {
        choices.word()
    }
}

impl Example for String {
    fn example(choices: &mut Choices) -> Self {
        choices.word().to_owned()
    }
}

impl Example for PathBuf {
    fn example(choices: &mut Choices) -> Self {
        choices.word().into()
    }
}

impl<T: Example + 'static> Example for Box<T> {
    fn example(choices: &mut Choices) -> Self {
        Self::new(choices.part())
    }
}

impl<T: Example + 'static> Example for Option<T> {
    fn example(choices: &mut Choices) -> Self {
        choices.form(&[true, false]).then(|| choices.part())
    }
}

impl<T: Example + 'static> Example for Vec<T> {
    fn example(choices: &mut Choices) -> Self {
        let number = choices.form(&[1, 2, 0]);
        (0..number).map(|index| if index == 0 { choices.part() } else { choices.first() }).collect()
    }
}

impl<A: Example + 'static, B: Example + 'static> Example for (A, B) {
    fn example(choices: &mut Choices) -> Self {
        (choices.part(), choices.part())
    }
}

impl<A: Example + 'static, B: Example + 'static, C: Example + 'static> Example for (A, B, C) {
    fn example(choices: &mut Choices) -> Self {
        (choices.part(), choices.part(), choices.part())
    }
}
