//! The settings of a plugin: `[plugin.NAME.settings]`.

use alloc::{format, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use crate::{Error, Plugin, Result};

/// The settings that the spec has for the plugin. They are taken out one by one; what is left then is a mistake in the spec,
/// and is refused.
///
/// ```
/// use wigwag_plugin::{Millis, Settings};
///
/// let mut settings = Settings::from([("device", "osd"), ("retry", "100ms")]);
/// assert_eq!(settings.required::<String>("device").unwrap(), "osd");
/// assert_eq!(settings.optional::<Millis>("retry").unwrap(), Some(Millis(100)));
/// assert_eq!(settings.optional::<Millis>("pause").unwrap(), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// Takes one that may be missing.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn optional<T>(&mut self, key: &str) -> Result<Option<T>>
    where
        T: FromStr<Err: fmt::Display>,
    {
        let read = |text: String| text.parse().map_err(|error| Error::from(format!("the setting `{key}`: {error}")));
        let position = self.0.iter().position(|(name, _)| name == key);
        position.map(|position| read(self.0.swap_remove(position).1)).transpose()
    }

    /// Takes one that must be there.
    ///
    /// # Errors
    /// It is missing, or cannot be read.
    pub fn required<T>(&mut self, key: &str) -> Result<T>
    where
        T: FromStr<Err: fmt::Display>,
    {
        self.optional(key)?.ok_or_else(|| format!("the setting `{key}` is missing").into())
    }

    /// Takes all that are left, with their names.
    pub fn rest(&mut self) -> Vec<(String, String)> {
        core::mem::take(&mut self.0)
    }

    /// Makes the plugin of them, as a host does.
    ///
    /// # Errors
    /// The plugin refuses them, or leaves one that it does not know.
    pub fn make<P: Plugin>(mut self) -> Result<P> {
        let plugin = P::init(&mut self)?;
        match self.0.first() {
            Some((key, _)) => Err(format!("`{}` is no setting of this plugin", key.escape_debug()).into()),
            None => Ok(plugin),
        }
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Settings {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(settings: I) -> Self {
        Self(settings.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for Settings {
    fn from(settings: [(K, V); N]) -> Self {
        settings.into_iter().collect()
    }
}
