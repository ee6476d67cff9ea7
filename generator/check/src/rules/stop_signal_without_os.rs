//! A stop signal of Kubernetes without the pod's operating system.

use crate::{manifest::Manifest, report::Report};

rule!(Error, "stop-signal-without-os", "a stop signal of Kubernetes without the pod's operating system");

/// Stop signals that are refused.
pub fn check(manifest: &Manifest, file: &str, report: &mut Report) {
    for span in &manifest.stop_signals_without_os {
        report.find(
            &RULE,
            (file, span),
            "Kubernetes refuses `stopSignal` in a pod that does not say its operating system",
            "`os: { name: linux }` in the pod's spec; or STOPSIGNAL in the image, which needs neither",
        );
    }
}
