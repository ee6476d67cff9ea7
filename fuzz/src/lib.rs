//! What must hold of everything that reads what others wrote. The targets are beside this folder.

pub mod findings;
pub mod rendered;
pub mod words;
