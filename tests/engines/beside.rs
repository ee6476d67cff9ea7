//! A second container, that goes on when the first one has ended: a client.

use scenarios::{DEADLINE, Result, matches};

use crate::{case::Beside, docker::Container};

/// It runs.
pub struct Running<'a> {
    beside: &'a Beside,
    container: Container,
}

impl Beside {
    /// Starts it beside the other container, of the same image, and waits until it is ready.
    pub fn start(&self, other: &Container, image: &str) -> Result<Running<'_>> {
        let (program, arguments) = self.command.split_first().ok_or("nothing to run beside it")?;
        let network = other.network();
        let words = ["--network", &network, "--entrypoint", program, image].into_iter().map(str::to_string);
        let container = Container::run(&words.chain(arguments.iter().cloned()).collect::<Vec<_>>())?;
        for line in &self.ready {
            let here = |error| format!("beside it: {error}\n  {}", container.output.so_far().join("\n  "));
            container.output.wait_for(line, DEADLINE).map_err(here)?;
        }
        Ok(Running { beside: self, container })
    }
}

impl Running<'_> {
    /// Waits for its end, and looks at what it said.
    pub fn end(mut self) -> Result<()> {
        self.container.exit_code()?;
        let all = self.container.output.all()?;
        let mut lines = all.iter();
        let missing = self.beside.output.iter().find(|pattern| !lines.any(|line| matches(pattern, line)));
        missing.map_or(Ok(()), |pattern| {
            Err(format!("beside it: no line `{pattern}`, or not in this order:\n  {}", all.join("\n  ")).into())
        })
    }
}
