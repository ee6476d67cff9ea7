use super::*;
use crate::context::File;

const NOTHING: Files = &|_| None;

#[test]
fn a_compose_file_says_how_services_are_stopped() {
    let text = "x-base: &base\n  stop_grace_period: 1m\nservices:\n  web:\n    <<: *base\n    image: nginx\n    command: nginx -g 'daemon off;'\n    stop_signal: SIGQUIT\n    init: true\n    pre_stop:\n      - command: [\"sh\", \"-c\", \"sleep 5; sleep 2\"]\n  db:\n    extends: web\n    command: [\"run\", \"$$HOME\", \"${PORT}\"]\n";
    let containers = compose(text, NOTHING).unwrap().containers;
    let [web, db] = containers.as_slice() else { panic!("{containers:?}") };
    let of = |words: &Option<Words>| {
        words.as_ref().map(|words| words.words.iter().map(|word| word.value.clone()).collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(of(&web.command), ["nginx", "-g", "daemon off;"]);
    assert_eq!(web.grace.period, Millis(60_000));
    assert_eq!(web.pre_stop[0].takes, Millis(7_000));
    assert!(web.init.is_some());
    assert_eq!(db.grace.period, Millis(60_000));
    assert_eq!(db.stop_signal.as_ref().unwrap().value, "SIGQUIT");
    assert_eq!(of(&db.command), ["run", "$HOME", "{PORT}"]);
}

#[test]
fn a_service_is_built_to_an_image() {
    let files = |name: &str| {
        (name == "./app/Dockerfile.prod").then(|| File {
            name: name.to_string(),
            text: "FROM debian AS a\nCMD [\"x\"]\nFROM debian\nCMD [\"y\"]\n".into(),
            is_executable: None,
        })
    };
    let text = "services:\n  a:\n    build: {context: ./app/, dockerfile: Dockerfile.prod, target: a}\n";
    let containers = compose(text, &files).unwrap().containers;
    assert_eq!(containers[0].built.as_ref().unwrap().image.stage.as_deref(), Some("a"));
}

#[test]
fn every_kind_of_resource_has_its_pod() {
    let pod = "{terminationGracePeriodSeconds: 5, initContainers: [{name: s, restartPolicy: Always}, {name: i}], containers: [{name: c, lifecycle: {stopSignal: SIGUSR1, preStop: {sleep: {seconds: 3}}}}]}";
    let text = format!(
        "kind: Pod\nspec: {pod}\n---\nkind: Deployment\nspec: {{template: {{spec: {pod}}}}}\n---\nkind: CronJob\nspec: {{jobTemplate: {{spec: {{template: {{spec: {pod}}}}}}}}}\n---\nkind: List\nitems: [{{kind: Job, spec: {{template: {{spec: {pod}}}}}}}]\n---\nkind: Service\nspec: {pod}\n"
    );
    let manifest = kubernetes(&text).unwrap();
    let names: Vec<_> = manifest.containers.iter().map(|container| container.name.value.as_str()).collect();
    assert_eq!(names, ["c", "s", "c", "s", "c", "s", "c", "s"]);
    assert_eq!(manifest.containers[0].pre_stop[0].takes, Millis(3_000));
    assert_eq!(manifest.containers[0].grace.period, Millis(5_000));
    assert_eq!(manifest.stop_signals_without_os.len(), 4);
}
