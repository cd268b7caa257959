//! The same chance in each run: where tables are hashed with other keys, an input reaches other code, and a run that began with the
//! same seed finds something else.

use std::ffi::{c_uint, c_void};

/// What the standard library and the crates ask for random bytes, instead of that of the system.
///
/// # Safety
/// As for the system's: `buffer` has room for `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getrandom(buffer: *mut c_void, length: usize, _flags: c_uint) -> isize {
    // SAFETY: the caller has made room for so many.
    unsafe { buffer.write_bytes(7, length) };
    length.cast_signed()
}
