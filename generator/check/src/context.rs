//! What stands beside a file that is checked.

/// A file that another one names.
#[derive(Clone, Debug)]
pub struct File {
    /// What messages call it.
    pub name: String,
    /// What is in it.
    pub text: String,
    /// Whether it can be executed, if that is known.
    pub is_executable: Option<bool>,
}

/// Gives a file by its name, from the directory of the file that names it on; nothing if there is none that is text.
pub type Files<'a> = &'a dyn Fn(&str) -> Option<File>;
