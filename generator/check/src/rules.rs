//! What can be found: one file for each rule, with its documentation beside it.

/// Defines a file's rule, whose documentation is in the file of its name.
macro_rules! rule {
    ($severity:ident, $id:literal, $summary:literal) => {
        #[doc = $summary]
        pub static RULE: $crate::Rule = $crate::Rule {
            id: $id,
            summary: $summary,
            doc: include_str!(concat!($id, ".md")),
            severity: $crate::Severity::$severity,
        };
    };
}

pub mod background_without_wait;
pub mod cmd_ignored;
pub mod daemonises;
pub mod deferred_trap;
pub mod exec_in_background;
pub mod exec_in_pipeline;
pub mod exec_in_subshell;
pub mod exec_nothing;
pub mod grace_period_too_short;
pub mod grace_period_zero;
pub mod here_document_expanded;
pub mod init_forbidden;
pub mod keep_alive_hack;
pub mod killing_launcher;
pub mod leaves_the_container;
pub mod needs_init;
pub mod no_exec;
pub mod no_shebang;
pub mod no_shell;
pub mod not_executable;
pub mod not_json;
pub mod not_understood;
pub mod one_wait;
pub mod pre_stop_too_long;
pub mod repeated_instruction;
pub mod right_by_luck;
pub mod second_service;
pub mod shell_c_forks;
pub mod shell_form;
pub mod shell_form_by_luck;
pub mod shell_form_unknown_shell;
pub mod shell_syntax_without_shell;
pub mod spec;
pub mod stop_signal_cuts;
pub mod stop_signal_invalid;
pub mod stop_signal_without_os;
pub mod stop_signal_wrong;
pub mod swallowing_launcher;
pub mod trap_exit_code;
pub mod trap_signals_itself;
pub mod trap_without_forwarding;
pub mod two_inits;
pub mod unknown_suppression;
pub mod unreachable_after_exec;
pub mod unreadable;
pub mod unused_suppression;
pub mod variable_not_expanded;
pub mod wait_without_trap;
mod words;

use std::fmt::Write as _;

use crate::Rule;

static ALL: &[&Rule] = &[
    &background_without_wait::RULE,
    &cmd_ignored::RULE,
    &daemonises::RULE,
    &deferred_trap::RULE,
    &exec_in_background::RULE,
    &exec_in_pipeline::RULE,
    &exec_in_subshell::RULE,
    &exec_nothing::RULE,
    &grace_period_too_short::RULE,
    &grace_period_zero::RULE,
    &here_document_expanded::RULE,
    &init_forbidden::RULE,
    &keep_alive_hack::RULE,
    &killing_launcher::RULE,
    &leaves_the_container::RULE,
    &needs_init::RULE,
    &no_exec::RULE,
    &no_shebang::RULE,
    &no_shell::RULE,
    &not_executable::RULE,
    &not_json::RULE,
    &not_understood::RULE,
    &one_wait::RULE,
    &pre_stop_too_long::RULE,
    &repeated_instruction::RULE,
    &right_by_luck::RULE,
    &second_service::RULE,
    &shell_c_forks::RULE,
    &shell_form::RULE,
    &shell_form_by_luck::RULE,
    &shell_form_unknown_shell::RULE,
    &shell_syntax_without_shell::RULE,
    &spec::RULE,
    &stop_signal_cuts::RULE,
    &stop_signal_invalid::RULE,
    &stop_signal_without_os::RULE,
    &stop_signal_wrong::RULE,
    &swallowing_launcher::RULE,
    &trap_exit_code::RULE,
    &trap_signals_itself::RULE,
    &trap_without_forwarding::RULE,
    &two_inits::RULE,
    &unknown_suppression::RULE,
    &unreachable_after_exec::RULE,
    &unreadable::RULE,
    &unused_suppression::RULE,
    &variable_not_expanded::RULE,
    &wait_without_trap::RULE,
];

/// Every rule, by name.
pub fn all() -> &'static [&'static Rule] {
    ALL
}

/// The rule of that name.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.id == id).copied()
}

/// What `docs/check.md` says: how to use it, and every rule.
pub fn reference() -> String {
    let row = |rule: &&Rule| format!("| [`{0}`](#{0}) | {1} | {2} |\n", rule.id, rule.severity.name(), rule.summary);
    let mut text = include_str!("rules/reference.md").to_string();
    text.push_str("| rule | severity | |\n|---|---|---|\n");
    text.extend(ALL.iter().map(row));
    for rule in ALL {
        // A code block may have a comment in it.
        let mut is_code = false;
        let _ = write!(text, "\n### {}\n\n", rule.id);
        for line in rule.doc.lines() {
            is_code ^= line.starts_with("```");
            let heading = line.strip_prefix("## ").filter(|_| !is_code);
            match heading {
                Some(heading) => _ = writeln!(text, "**{heading}.**"),
                None => _ = writeln!(text, "{line}"),
            }
        }
    }
    text
}

/// The name of a rule that may be meant.
pub fn similar(id: &str) -> Option<&'static str> {
    let score = |rule: &&&Rule| strsim::jaro_winkler(rule.id, id);
    let best = ALL.iter().max_by(|a, b| score(a).total_cmp(&score(b)))?;
    (score(&best) > 0.85).then_some(best.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_names_and_documentation_in_its_form() {
        assert!(ALL.is_sorted_by_key(|rule| rule.id));
        for rule in ALL {
            let headings: Vec<_> = rule.doc.lines().filter(|line| line.starts_with("##")).collect();
            assert_eq!(headings, ["## What is found", "## Why", "## What is right"], "{}", rule.id);
        }
        assert_eq!(similar("shel-form"), Some("shell-form"));
        assert_eq!(similar("x"), None);
    }
}
