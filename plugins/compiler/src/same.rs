//! Whether two functions are the same, by structure: the names of types do not matter, those of fields and cases do.

use wit_parser::{Function, Resolve, Type, TypeDefKind};

/// Holds theirs to ours.
///
/// # Errors
/// What is different.
pub fn function(theirs: (&Resolve, &Function), ours: (&Resolve, &Function)) -> Result<(), String> {
    let ((their, theirs), (our, ours)) = (theirs, ours);
    let name = &ours.name;
    if theirs.kind != ours.kind {
        return Err(format!("`{name}` is a method or the like, not a plain function"));
    }
    let types = Types { theirs: their, ours: our };
    let same = |(a, b): (&wit_parser::Param, &wit_parser::Param)| a.name == b.name && types.same(a.ty, b.ty);
    if theirs.params.len() != ours.params.len() || !theirs.params.iter().zip(&ours.params).all(same) {
        return Err(format!("`{name}` takes something else"));
    }
    if !types.same_or_none(theirs.result, ours.result) {
        return Err(format!("`{name}` returns something else"));
    }
    Ok(())
}

struct Types<'a> {
    theirs: &'a Resolve,
    ours: &'a Resolve,
}

impl Types<'_> {
    fn same(&self, theirs: Type, ours: Type) -> bool {
        let (theirs, ours) = (meant(self.theirs, theirs), meant(self.ours, ours));
        let (Type::Id(their), Type::Id(our)) = (theirs, ours) else { return theirs == ours };
        let (Some(theirs), Some(ours)) = (self.theirs.types.get(their), self.ours.types.get(our)) else { return false };
        self.same_kind(&theirs.kind, &ours.kind)
    }

    fn same_or_none(&self, theirs: Option<Type>, ours: Option<Type>) -> bool {
        match (theirs, ours) {
            (Some(theirs), Some(ours)) => self.same(theirs, ours),
            (None, None) => true,
            _ => false,
        }
    }

    /// What the interface does not have (resources, streams, …) is never the same.
    fn same_kind(&self, theirs: &TypeDefKind, ours: &TypeDefKind) -> bool {
        use TypeDefKind::{Enum, Flags, List, Option, Record, Result, Tuple, Variant};
        match (theirs, ours) {
            (Record(a), Record(b)) => all(&a.fields, &b.fields, |a, b| a.name == b.name && self.same(a.ty, b.ty)),
            (Variant(a), Variant(b)) => {
                all(&a.cases, &b.cases, |a, b| a.name == b.name && self.same_or_none(a.ty, b.ty))
            }
            (Enum(a), Enum(b)) => all(&a.cases, &b.cases, |a, b| a.name == b.name),
            (Flags(a), Flags(b)) => all(&a.flags, &b.flags, |a, b| a.name == b.name),
            (Tuple(a), Tuple(b)) => all(&a.types, &b.types, |a, b| self.same(*a, *b)),
            (Option(a), Option(b)) | (List(a), List(b)) => self.same(*a, *b),
            (Result(a), Result(b)) => self.same_or_none(a.ok, b.ok) && self.same_or_none(a.err, b.err),
            _ => false,
        }
    }
}

fn all<T>(theirs: &[T], ours: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(theirs, ours)| same(theirs, ours))
}

/// The type behind its other names.
fn meant(resolve: &Resolve, mut of: Type) -> Type {
    while let Type::Id(id) = of {
        match resolve.types.get(id).map(|definition| &definition.kind) {
            Some(TypeDefKind::Type(behind)) => of = *behind,
            _ => break,
        }
    }
    of
}
