//! Every policy in tests/policies/valid is read and fits the schema; every one in tests/policies/invalid gives the one
//! error that its first lines expect; the committed schema is the one that the types give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends where it fails")]

use std::path::Path;

use befund_app::{parse_policy, policy_schema};

datatest_stable::harness! {
    { test = valid, root = "tests/policies/valid", pattern = r"\.toml$" },
    { test = invalid, root = "tests/policies/invalid", pattern = r"\.toml$" },
    { test = documented, root = "../../../docs", pattern = r"^deploying\.md$" },
    { test = committed_schema, root = "../../../content/schemas", pattern = r"^policy\.schema\.json$" },
}

fn valid(path: &Path, text: String) -> datatest_stable::Result<()> {
    parse_policy(&path.display().to_string(), &text)?;
    let json: serde_json::Value = toml::from_str(&text)?;
    let validator = jsonschema::validator_for(&policy_schema().to_value())?;
    let errors: Vec<String> =
        validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    Ok(())
}

#[allow(clippy::unnecessary_wraps, reason = "the harness wants a Result")]
fn invalid(path: &Path, text: String) -> datatest_stable::Result<()> {
    let name = path.display().to_string();
    let shown = parse_policy(&name, &text).expect_err("is read, and should not").to_string();
    assert!(text.starts_with("# expect: "), "the first line says what is expected");
    for expected in text.lines().map_while(|l| l.strip_prefix("# expect: ")) {
        assert!(shown.contains(expected), "expected “{expected}”, got: {shown}");
    }
    assert!(shown.starts_with(&name) && shown.contains("Ask the administrator"), "{shown}");
    assert_eq!(shown.lines().count(), 2, "one error, and what to do: {shown}");
    Ok(())
}

/// The policy in the documentation is one that can be used.
fn documented(path: &Path, text: String) -> datatest_stable::Result<()> {
    let samples: Vec<&str> =
        text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!samples.is_empty(), "this test has lost its eyes");
    samples.into_iter().try_for_each(|sample| valid(path, sample.to_owned()))
}

fn committed_schema(path: &Path, text: String) -> datatest_stable::Result<()> {
    let current = format!("{}\n", serde_json::to_string_pretty(&policy_schema())?);
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(path, current)?;
        return Ok(());
    }
    assert!(
        text == current,
        "the types have changed: run the tests once with UPDATE_SCHEMAS=1 and commit the schema"
    );
    Ok(())
}
