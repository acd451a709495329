//! Every sample in tests/files/valid loads and fits the schema; every one in tests/files/invalid gives the error that
//! its first lines expect, at a place that the file has; the committed schema is the one that the types give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::Path;

use befund_checks::Checks;
use befund_guides::{Guides, schema};

datatest_stable::harness! {
    { test = valid, root = "tests/files/valid", pattern = r"\.yaml$" },
    { test = valid, root = "../../../content/guides", pattern = r"\.yaml$" },
    { test = invalid, root = "tests/files/invalid", pattern = r"\.yaml$" },
    { test = committed_schema, root = "../../../content/schemas", pattern = r"^guide\.schema\.json$" },
}

fn checks() -> &'static Checks {
    thread_local!(static CHECKS: &'static Checks = Box::leak(Box::new(Checks::builtin())));
    CHECKS.with(|c| *c)
}

fn valid(path: &Path, text: String) -> datatest_stable::Result<()> {
    let name = path.display().to_string();
    let guide = Guides::builtin(checks()).0.parse(&name, &text, checks())?;
    if path.starts_with("../../../content") {
        assert_eq!(
            path.file_stem().and_then(|s| s.to_str()),
            Some(guide.id.as_str()),
            "the file is called as its guide"
        );
        assert!(
            text.starts_with("# yaml-language-server: $schema=../schemas/guide.schema.json\n"),
            "the first line names the schema"
        );
        assert!(
            path.with_file_name("../schemas/guide.schema.json").exists(),
            "the schema is missing: UPDATE_SCHEMAS=1"
        );
    }
    let json: serde_json::Value = serde_saphyr::from_str(&text)?;
    let validator = jsonschema::validator_for(&schema().to_value())?;
    let errors: Vec<String> =
        validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    Ok(())
}

#[allow(clippy::unnecessary_wraps, reason = "the harness wants a Result")]
fn invalid(path: &Path, text: String) -> datatest_stable::Result<()> {
    let name = path.display().to_string();
    let error = Guides::default().parse(&name, &text, checks()).expect_err("loads, and should not");
    let shown = error.to_string();
    for expected in text.lines().map_while(|l| l.strip_prefix("# expect: ")) {
        assert!(shown.contains(expected), "expected “{expected}”, got: {shown}");
    }
    let at = error.at.unwrap_or_else(|| panic!("no place: {shown}"));
    let line = text.lines().nth(at.line - 1);
    assert!(line.is_some_and(|l| at.column <= l.chars().count() + 1), "no such place: {shown}");
    assert!(shown.starts_with(&format!("{name}:{}:{}: ", at.line, at.column)), "{shown}");
    assert!(!error.help.is_empty(), "what to do is missing: {shown}");
    // What the message quotes first is what stands at the place, where a name is quoted.
    if let Some((quoted, _)) =
        error.message.strip_prefix("there is no ").and_then(|m| m.split_once('“')?.1.split_once('”'))
    {
        let rest: String = line.unwrap_or_default().chars().skip(at.column - 1).collect();
        assert!(rest.trim_start_matches('"').starts_with(quoted), "{shown}: found there: {rest}");
    }
    Ok(())
}

fn committed_schema(path: &Path, text: String) -> datatest_stable::Result<()> {
    let current = format!("{}\n", serde_json::to_string_pretty(&schema())?);
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(path, current)?;
        return Ok(());
    }
    // Not assert_eq: both texts are long, and `cargo xtask schemas` shows what differs.
    assert!(
        text == current,
        "the types have changed: run the tests once with UPDATE_SCHEMAS=1 and commit the schema"
    );
    Ok(())
}
