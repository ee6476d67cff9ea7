//! Bytes as the config of the init, which reads what it writes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wigwag_core::{Config, explain, form};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match form::read::<Config>(text) {
        Ok(config) => {
            let written = form::write(&config);
            assert_eq!(form::read::<Config>(&written).as_ref(), Ok(&config), "{written}");
            if config.problems().is_empty() {
                explain(&config);
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                let shown = problem.to_string();
                assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
            }
        }
    }
});
