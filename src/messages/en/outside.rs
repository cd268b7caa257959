//! Text from outside stays as it is.

use crate::messages::outside::OutsideText;

/// The text.
pub(in crate::messages) fn outside(text: &OutsideText) -> String {
    text.0.clone()
}
