//! Which process is the program that the container is there for.

use crate::{
    launchers,
    probe::PROBE,
    record::{Image, Moment, Process, Record},
    text::Text,
};

/// It, and how it was chosen.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// It.
    pub process: &'a Process,
    /// What it ran.
    pub image: &'a Image,
    /// How it was chosen, as a sentence without a subject.
    pub how: String,
}

impl<'a> Subject<'a> {
    /// The program of this name, or the last one that is no launcher.
    pub fn choose(record: &'a Record, wanted: Option<&str>) -> Option<Self> {
        let at = record.stopped.or(record.ending).or(record.ended).unwrap_or_default();
        let mut there: Vec<(&Process, &Image)> =
            record.processes.iter().filter_map(|process| Some((process, record.image_of(process)?))).collect();
        // Whoever lived at the stop comes first, of copies the original.
        there.sort_by_key(|(process, _)| (!process.lives(at), process.born));
        let mut chosen: Vec<_> = there
            .iter()
            .filter(|(_, image)| match wanted {
                Some(name) => is_called(image, name),
                None => !launchers::is_launcher(image),
            })
            .collect();
        let lives = chosen.iter().any(|(process, _)| process.lives(at));
        chosen.retain(|(process, _)| process.lives(at) || !lives);
        // What another one of them has started is its own.
        let pids: Vec<_> = chosen.iter().map(|(process, _)| process.pid).collect();
        let is_top = |process: &Process| !ancestors(record, process).any(|pid| pids.contains(&pid));
        let tops = chosen.iter().filter(|(process, _)| is_top(process));
        let last = match wanted {
            Some(_) => tops.min_by_key(|(process, _)| process.born),
            // Of copies the original; of others the last.
            None => tops.max_by_key(|(process, image)| (image.at, std::cmp::Reverse(process.born))),
        };
        if let Some((process, image)) = last {
            let how = match wanted {
                Some(name) => format!("is called `{name}`"),
                None => "is the last one started that is no shell or launcher".to_string(),
            };
            return Some(Self { process, image, how });
        }
        if wanted.is_some() {
            return None;
        }
        // A shell script may be the program.
        let (process, image) = there
            .iter()
            .filter(|(process, image)| process.lives(at) && launchers::is_shell(image))
            .max_by_key(|(process, image)| (image.at, std::cmp::Reverse(process.born)))
            .or_else(|| there.first())?;
        Some(Self { process, image, how: "is the last shell: nothing but shells and launchers ran".to_string() })
    }

    /// What it is called.
    pub fn name(&self) -> String {
        title(self.image)
    }

    /// When it began.
    pub fn since(&self) -> Moment {
        self.image.at
    }
}

fn ancestors<'a>(record: &'a Record, process: &'a Process) -> impl Iterator<Item = i32> {
    let parent = |pid: &i32| record.process(*pid).map(|process| process.parent).filter(|pid| *pid != 0);
    // No cycle can come of pids that were used again.
    std::iter::successors(Some(process.parent).filter(|pid| *pid != 0), parent).take(64)
}

/// What it was executed as, without what makes a script of a probe.
pub fn arguments(image: &Image) -> &[Text] {
    let is_probe = image.arguments.get(1).is_some_and(|word| word.bytes() == PROBE.as_bytes());
    if is_probe { image.arguments.get(2..).unwrap_or_default() } else { &image.arguments }
}

fn is_called(image: &Image, name: &str) -> bool {
    let mut words = arguments(image).iter();
    let is_it = |word: &Text| word.bytes() == name.as_bytes() || word.file_name() == name.as_bytes();
    // A script is called by its own name, behind its interpreter's.
    words.next().is_some_and(&is_it) || words.next().is_some_and(|word| word.bytes().contains(&b'/') && is_it(word))
}

/// What a program is called: of a script its own name.
pub fn title(image: &Image) -> String {
    let words = arguments(image);
    let name = |word: Option<&Text>| word.map(|word| Text::from(word.file_name()).to_string()).unwrap_or_default();
    let first = name(words.first());
    let is_script = launchers::is_shell(image) && words.get(1).is_some_and(|word| !word.bytes().starts_with(b"-"));
    if is_script { format!("{first} {}", name(words.get(1))) } else { first }
}
