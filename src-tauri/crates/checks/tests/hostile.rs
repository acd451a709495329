//! Expressions of every shape are read or refused with their place, and never end the program: each level of brackets and
//! each operator takes stack, and a thread has little of it. A stack that is used up ends this test program.

#![allow(clippy::unwrap_used, clippy::panic)]

use befund_checks::{Facts, parse_check};

fn check(expression: &str) -> String {
    let expression = expression.replace('\'', "''");
    format!(
        "id: a.b\ntitle: {{ en: a, de: b }}\ngroup: internet\nfail: '{expression}'\ntext:\n  ok: {{ en: a., de: b. }}\n  fail: {{ en: a., de: b. }}\n"
    )
}

/// As many times as fit into an expression.
fn full(part: &str) -> String {
    part.repeat(1980 / part.len())
}

#[test]
fn every_shape_is_read_or_refused() {
    let mut shapes: Vec<String> = Vec::new();
    for deep in [10, 19, 40, 900] {
        shapes.push(format!("{}true{}", "(".repeat(deep), ")".repeat(deep)));
        shapes.push(format!("size({}1{}) > 0", "[".repeat(deep), "]".repeat(deep)));
        shapes.push(format!("{}'a'{} > 0", "size(".repeat(deep.min(190)), ")".repeat(deep.min(190))));
        shapes.push(format!("size({}", "[".repeat(deep)));
        shapes.push(format!("size({}", "{[".repeat(deep)));
        shapes.push(format!("[1].all(x, {}", "[1].all(x, ".repeat(deep.min(170))));
    }
    shapes.extend(["!", "true||", "true&&"].map(|part| format!("{}true", full(part))));
    shapes.extend(["- ", "1+", "1*"].map(|part| format!("{}1 > 0", full(part))));
    shapes.extend(["1<", "1==", "1 in "].map(|part| format!("{}1", full(part))));
    // Brackets that only seem to close.
    shapes.extend(["(')'+", "(\")\"+", "(r'\\'+')'+", "('\\')'+", "('''+')'+", "(//)\n"].map(full));
    shapes.push(format!("[1]{} > 0", full("[0]")));
    shapes.push(format!("memory{} > 0", full(".a")));
    shapes.push(format!("{}true", full("true?true:")));
    for shape in shapes {
        match parse_check("a.b.yaml", &check(&shape)) {
            // What was read is judged, too: that walks it as well.
            Ok(check) => drop(check.judge(&Facts::from_json(serde_json::json!({})))),
            Err(errors) => {
                let error = errors[0].to_string();
                assert!(error.starts_with("a.b.yaml:4:"), "{error}");
                assert!(!error.contains("ParseError"), "{error}");
            }
        }
    }
}

#[test]
fn brackets_that_are_too_deep_are_named_with_what_to_do() {
    let deep = format!("{}true{}", "(".repeat(21), ")".repeat(21));
    let error = parse_check("a.b.yaml", &check(&deep)).unwrap_err()[0].to_string();
    assert!(
        error.contains("4:8: the brackets in the expression of `fail` are 21 deep; at most 20"),
        "{error}"
    );
    assert!(error.contains("`given`"), "{error}");
    let fits = format!("{}true{}", "(".repeat(20), ")".repeat(20));
    assert!(parse_check("a.b.yaml", &check(&fits)).is_ok());
}
