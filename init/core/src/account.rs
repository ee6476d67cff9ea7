//! As whom a process runs: what gosu, su-exec and setpriv(1) do before they execute a program, decided before anything is
//! started.
//!
//! Names are looked up in the contents of `/etc/passwd` and `/etc/group`, and nowhere else: no NSS, as Docker does for
//! `USER`.

mod database;
mod home;
mod identity;
mod name;
mod own;
mod problem;
mod switch;

pub use self::{
    database::Database,
    home::set_home,
    identity::Identity,
    name::{Account, ParseAccountError, ParseUserError, User},
    own::{Capability, Own},
    problem::Problem,
    switch::Switch,
};
