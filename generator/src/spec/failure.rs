//! What follows when a hook fails.

use std::borrow::Cow;

use toml::de::DeValue;
use wigwag_core::{FailureCause, config::OnFailure};

use super::{
    foreign,
    shape::Shape,
    table::{Key, table},
    value::{self, Field, Problems, Raw, Value},
};

table! {
    /// What follows when a plugin fails, by cause. What is not said is as by default.
    #[written = "by cause: `{ timeout = \"drop\", trap = \"default\" }`"]
    pub struct Causes {
        /// It says itself that it failed.
        "error" => error: OnFailure,
        /// Its code is broken, or wants more memory than it may have.
        "trap" => trap: OnFailure,
        /// It has no answer in time.
        "timeout" => timeout: OnFailure,
        /// Its process is gone, or says something senseless.
        "lost" => lost: OnFailure,
    }
}

impl Causes {
    /// What is said about a cause.
    pub fn of(&self, cause: FailureCause) -> &Field<OnFailure> {
        match cause {
            FailureCause::Error => &self.error,
            FailureCause::Trap => &self.trap,
            FailureCause::Timeout => &self.timeout,
            FailureCause::Lost => &self.lost,
        }
    }
}

/// What follows when a hook fails.
#[derive(Clone, Debug)]
pub enum Failing {
    /// The same, however it fails.
    Always(OnFailure),
    /// By cause; only plugins have these.
    ByCause(Causes),
}

impl Value for Failing {
    fn expected() -> Cow<'static, str> {
        format!("{}, or a table such as `{{ timeout = \"drop\" }}`", OnFailure::expected()).into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![OnFailure::shape(), Causes::shape()])
    }

    fn hint(raw: &Raw) -> Option<String> {
        OnFailure::hint(raw)
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(_) => OnFailure::read(raw, problems).map(Self::Always),
            DeValue::Table(_) => value::read_known(raw, problems).map(Self::ByCause),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => value::mismatch::<Self, _>(raw, problems),
        }
    }
}
