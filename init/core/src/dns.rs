//! Names of hosts: what is known of them here, whom to ask, and what is asked and answered.

mod files;
mod message;

pub use self::{
    files::{Resolver, hosts},
    message::{Answer, Kind, NotOurs, query, read},
};
