//! Another container that is there before, by its name in a network: somebody to wait for.

use scenarios::{DEADLINE, Result};
use serde::Deserialize;

use crate::docker::{self, Container};

/// Of the same image.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Neighbour {
    /// Its name in the network.
    name: String,
    /// What it runs.
    command: Vec<String>,
    /// The line by which it is known to run.
    ready: String,
}

/// It runs, in a network of its own.
pub struct Running {
    container: Container,
    _network: Network,
}

/// Removed when this is dropped, when nobody is in it any more.
struct Network(String);

impl Neighbour {
    /// Starts it.
    pub fn start(&self, image: &str) -> Result<Running> {
        let (program, arguments) = self.command.split_first().ok_or("the neighbour runs nothing")?;
        let network = Network(docker::new_name());
        docker::docker(["network", "create", "--label", &docker::own_label(), &network.0])?;
        let words = ["--network", &network.0, "--network-alias", &self.name, "--entrypoint", program, image];
        let words: Vec<String> = words.into_iter().map(str::to_string).chain(arguments.iter().cloned()).collect();
        let container = Container::run(&words)?;
        container.output.wait_for(&self.ready, DEADLINE)?;
        Ok(Running { container, _network: network })
    }
}

impl Running {
    /// Options of `docker run` for whoever is its neighbour. It has the same interfaces, so that no firewall of the machine's, which
    /// may know nothing of this network, is between them.
    pub fn options(&self) -> [String; 2] {
        ["--network".to_string(), self.container.network()]
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = docker::docker(["network", "rm", &self.0]);
    }
}
