//! An error in a spec. Who reads specs finds it, in the words of the spec.

rule!(Error, "spec", "an error in a spec");
