//! Words, variables and paths: what passes from the kernel to us and from us to the kernel.

use alloc::{borrow::Cow, ffi::CString, vec::Vec};
use core::ffi::CStr;

/// Bytes without a NUL, and a NUL behind them: as execve(2) gives and takes them. What the platform gave stays where the
/// kernel put it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Cow<'static, CStr>);

impl Text {
    /// Without the NUL.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.to_bytes()
    }

    pub fn as_c_str(&self) -> &CStr {
        &self.0
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<&'static CStr> for Text {
    fn from(text: &'static CStr) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<CString> for Text {
    fn from(text: CString) -> Self {
        Self(Cow::Owned(text))
    }
}

impl From<Vec<u8>> for Text {
    /// No text here has a NUL: configs and files with one were refused.
    fn from(bytes: Vec<u8>) -> Self {
        CString::new(bytes).unwrap_or_default().into()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}
