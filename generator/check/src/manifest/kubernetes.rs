//! Kubernetes manifests.

use wigwag_core::Millis;

use super::{Container, Grace, Hook, Manifest, hook, word, words};
use crate::{
    duration,
    yaml::{Node, Value},
};

/// What the kubelet waits if nothing is said.
const GRACE: Millis = Millis(30_000);

/// Adds the containers of a resource.
pub fn resource(document: &Node, manifest: &mut Manifest) {
    let kind = document.get("kind").and_then(|kind| kind.text()).unwrap_or_default();
    if kind == "List" {
        for item in document.get("items").map(|items| items.items()).unwrap_or_default() {
            resource(item, manifest);
        }
        return;
    }
    let pod = match kind {
        "Pod" => document.get("spec"),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            document.at(&["spec", "template", "spec"])
        }
        "CronJob" => document.at(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    };
    if let Some(pod) = pod {
        self::pod(pod, manifest);
    }
}

fn pod(pod: &Node, manifest: &mut Manifest) {
    let items = |key: &str| pod.get(key).map(|containers| containers.items()).unwrap_or_default();
    let is_sidecar = |node: &Node| node.get("restartPolicy").and_then(|policy| policy.text()) == Some("Always");
    // Init containers are gone when a pod is stopped, but for sidecars.
    let sidecars = items("initContainers").iter().filter(|node| is_sidecar(node));
    for node in items("containers").iter().chain(sidecars) {
        let Some(container) = container(node, pod) else { continue };
        if let Some(signal) = &container.stop_signal
            && pod.at(&["os", "name"]).is_none()
        {
            manifest.stop_signals_without_os.push(signal.span.clone());
        }
        manifest.containers.push(container);
    }
}

fn container(node: &Node, pod: &Node) -> Option<Container> {
    let grace = pod.get("terminationGracePeriodSeconds");
    let period = grace.and_then(|node| duration::seconds(node.text()?));
    let is_list = |node: &&std::rc::Rc<Node>| matches!(node.value, Value::Sequence(_));
    let shares = pod.get("shareProcessNamespace").or_else(|| pod.get("hostPID")).and_then(|shares| shares.text());
    Some(Container {
        name: word(node.get("name")?)?,
        image: node.get("image").and_then(|image| word(image)),
        built: None,
        entrypoint: node.get("command").filter(is_list).map(|command| words(command)),
        command: node.get("args").filter(is_list).map(|args| words(args)),
        stop_signal: node.at(&["lifecycle", "stopSignal"]).and_then(|signal| word(signal)),
        grace: Grace {
            period: period.unwrap_or(GRACE),
            span: grace.filter(|_| period.is_some()).map(|grace| grace.span.clone()),
            key: "terminationGracePeriodSeconds",
        },
        pre_stop: node.at(&["lifecycle", "preStop"]).map(|hook| pre_stop(hook)).into_iter().collect(),
        init: None,
        is_pid_1: shares != Some("true"),
    })
}

fn pre_stop(hook: &Node) -> Hook {
    let slept = hook.at(&["sleep", "seconds"]).and_then(|seconds| duration::seconds(seconds.text()?));
    let command = hook.at(&["exec", "command"]).map(|command| words(command).words).unwrap_or_default();
    let command: Vec<_> = command.into_iter().map(|word| word.value).collect();
    Hook { takes: slept.unwrap_or_else(|| hook::sleeps(&command)), span: hook.span.clone() }
}
