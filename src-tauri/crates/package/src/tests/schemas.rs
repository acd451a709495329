//! The published schemas: as the types say, and as the files are.

use std::path::PathBuf;

use befund_content::Lang;
use serde_json::Value;

use super::sample::{Sample, redactor};
use crate::{build, schemas};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../content/schemas")
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let path = folder().join(name);
        let generated = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == generated, "{} has drifted; run the test with UPDATE_SCHEMAS=1", path.display());
    }
}

#[test]
fn the_files_of_a_package_fit_their_schemas() {
    let sample = Sample::new(Lang::De);
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    for (name, schema) in schemas() {
        let file = name.replace(".schema", "");
        let value: Value = serde_json::from_slice(built.file(&file).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema.to_value()).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{file}{}: {e}", e.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}
