//! What a component implements and asks for, beside what this wigwag knows.

use wigwag_core::{config::HookPoint, plugin::capability::Capability};
use wit_component::DecodedWasm;
use wit_parser::{InterfaceId, PackageName, Resolve, SourceMap, World, WorldItem, WorldKey};

use crate::{component::one_line, same};

/// The package whose interfaces a plugin exports and imports.
pub const PACKAGE: &str = "wigwag:plugin";

/// The versions of it that are known. A component for another one that is compatible by its number may use what these have.
pub const KNOWN: &[&str] = &["0.1.0"];

pub(crate) const SOURCES: [(&str, &str); 4] = [
    ("types.wit", include_str!("../../wit/since-v0.1/types.wit")),
    ("capabilities.wit", include_str!("../../wit/since-v0.1/capabilities.wit")),
    ("hooks.wit", include_str!("../../wit/since-v0.1/hooks.wit")),
    ("worlds.wit", include_str!("../../wit/since-v0.1/worlds.wit")),
];

/// What a component implements and asks for.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its hooks, in the order in which they come.
    pub hooks: Vec<HookPoint>,
    /// Whether it has `lifecycle`.
    pub has_lifecycle: bool,
    /// What it asks for.
    pub imports: Vec<Capability>,
    /// The version that it was built for.
    pub version: String,
}

/// What a component implements and asks for.
///
/// # Errors
/// It does not fit: what does not, and what to do.
pub fn of(component: &[u8]) -> Result<Interface, String> {
    let decoded = wit_component::decode(component);
    let decoded = decoded
        .map_err(|error| format!("a component with an interface that wigwag cannot read: {}", one_line(&error)))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err("an interface without a program (a WIT package): build a plugin for it".into());
    };
    let world = resolve.worlds.get(world).ok_or("a component without a world")?;
    let known = Known::new()?;
    let theirs = Theirs { resolve: &resolve, known: &known };

    let mut imports = theirs.imports(world)?;
    let (mut hooks, has_lifecycle, version) = theirs.exports(world)?;
    imports.sort_by_key(|capability| Capability::ALL.iter().position(|known| known == capability));
    hooks.sort_by_key(|hook| HookPoint::ALL.iter().position(|known| known == hook));
    if hooks.is_empty() {
        let all = HookPoint::ALL.map(|hook| format!("`{}`", hook.name())).join(", ");
        return Err(format!("a component without a hook: export one of {all} of `{PACKAGE}`"));
    }
    Ok(Interface { hooks, has_lifecycle, imports, version: version.unwrap_or_default() })
}

/// The sentence about an import from WASI.
pub fn no_wasi(import: &str) -> String {
    format!(
        "a plugin has no WASI, and this one imports `{import}`: build it for `wasm32-unknown-unknown`, or with WASI \
         stubbed out (`componentize-py componentize --stub-wasi`); what is possible instead is in `{PACKAGE}`"
    )
}

/// A component's interface, and ours.
struct Theirs<'a> {
    resolve: &'a Resolve,
    known: &'a Known,
}

impl Theirs<'_> {
    fn imports(&self, world: &World) -> Result<Vec<Capability>, String> {
        let mut imports = Vec::new();
        for (key, item) in &world.imports {
            let Some((package, name, id)) = self.interface(item) else {
                return Err(format!("it imports `{}`, which wigwag does not have", self.label(key)));
            };
            if package.namespace == "wasi" {
                return Err(no_wasi(&self.label(key)));
            }
            if !is_ours(package) {
                return Err(format!(
                    "it imports `{}`: only capabilities of `{PACKAGE}` can be imported",
                    self.label(key)
                ));
            }
            check_version(package)?;
            let capability = Capability::named(name);
            // What is imported for its types only is no capability.
            if capability.is_none() && !self.is_types(id) {
                return Err(format!("it imports `{name}` of `{PACKAGE}`, which is no capability that this wigwag has"));
            }
            self.compare(id, name, Use::Import)?;
            imports.extend(capability);
        }
        Ok(imports)
    }

    fn exports(&self, world: &World) -> Result<(Vec<HookPoint>, bool, Option<String>), String> {
        let (mut hooks, mut has_lifecycle, mut version) = (Vec::new(), false, None);
        for (key, item) in &world.exports {
            let found = self.interface(item).filter(|(package, ..)| is_ours(package));
            let Some((package, name, id)) = found else {
                return Err(format!(
                    "it exports `{}`: a plugin exports hooks of `{PACKAGE}` and nothing else",
                    self.label(key)
                ));
            };
            check_version(package)?;
            version = version.max(package.version.clone());
            match HookPoint::ALL.into_iter().find(|hook| hook.name() == name) {
                Some(hook) => hooks.push(hook),
                None if name == "lifecycle" => has_lifecycle = true,
                None => {
                    return Err(format!("it exports `{name}` of `{PACKAGE}`, which is no hook that this wigwag has"));
                }
            }
            self.compare(id, name, Use::Export)?;
        }
        Ok((hooks, has_lifecycle, version.map(|version| version.to_string())))
    }

    /// Holds an interface to ours of the same name.
    fn compare(&self, id: InterfaceId, name: &str, usage: Use) -> Result<(), String> {
        let (Some(theirs), Some(ours)) = (self.resolve.interfaces.get(id), self.known.interface(name)) else {
            return Err(format!("`{name}` is no interface of `{PACKAGE}@{}`", KNOWN.join(", ")));
        };
        let wrong = |what: String| format!("its `{name}` is not that of `{PACKAGE}@{}`: {what}", KNOWN.join(", "));
        for function in theirs.functions.values() {
            match ours.functions.get(&function.name) {
                Some(known) => same::function((self.resolve, function), (&self.known.resolve, known)).map_err(wrong)?,
                None => return Err(wrong(format!("there is no function `{}`", function.name))),
            }
        }
        let lacks = ours.functions.keys().find(|function| !theirs.functions.contains_key(*function));
        match lacks {
            // What is not used is left out by compilers.
            Some(function) if usage == Use::Export => Err(wrong(format!("the function `{function}` is missing"))),
            _ => Ok(()),
        }
    }

    fn interface(&self, item: &WorldItem) -> Option<(&PackageName, &str, InterfaceId)> {
        let WorldItem::Interface { id, .. } = item else { return None };
        let interface = self.resolve.interfaces.get(*id)?;
        let package = self.resolve.packages.get(interface.package?)?;
        Some((&package.name, interface.name.as_deref()?, *id))
    }

    fn is_types(&self, id: InterfaceId) -> bool {
        self.resolve.interfaces.get(id).is_some_and(|interface| interface.functions.is_empty())
    }

    /// As the component names it: `wasi:cli/environment@0.2.0`.
    fn label(&self, key: &WorldKey) -> String {
        self.resolve.name_world_key(key)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Import,
    Export,
}

fn is_ours(package: &PackageName) -> bool {
    PACKAGE.split_once(':') == Some((&package.namespace, &package.name))
}

/// Whether the version is one that a known one can stand for: below 1.0, the first two numbers say.
fn check_version(package: &PackageName) -> Result<(), String> {
    let known = KNOWN.join("`, `");
    let Some(version) = &package.version else {
        return Err(format!("it was built for `{PACKAGE}` without a version; this wigwag knows `{known}`"));
    };
    let number = format!("{}.{}.", version.major, version.minor);
    if version.pre.is_empty() && KNOWN.iter().any(|known| known.starts_with(&number)) {
        return Ok(());
    }
    Err(format!(
        "it was built for version `{version}` of `{PACKAGE}`, and this wigwag knows `{known}`: build it for that one"
    ))
}

/// The interface as this wigwag knows it.
struct Known {
    resolve: Resolve,
    package: wit_parser::PackageId,
}

impl Known {
    fn new() -> Result<Self, String> {
        let mut sources = SourceMap::default();
        for (name, text) in SOURCES {
            sources.push_str(name, text);
        }
        let mut resolve = Resolve::default();
        let parsed = sources.parse().map_err(|(_, error)| format!("a bug of wigwag, in its own interface: {error}"))?;
        let package = resolve.push_group(parsed);
        let package = package.map_err(|error| format!("a bug of wigwag, in its own interface: {error}"))?;
        Ok(Self { resolve, package })
    }

    fn interface(&self, name: &str) -> Option<&wit_parser::Interface> {
        let id = self.resolve.packages.get(self.package)?.interfaces.get(name)?;
        self.resolve.interfaces.get(*id)
    }
}
