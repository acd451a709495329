//! The published schemas of the JSON files in a package, generated from the types that write them.

use schemars::{Schema, schema_for};

use crate::{Manifest, ReportData};

/// File name below content/schemas, and the schema.
pub fn schemas() -> [(&'static str, Schema); 3] {
    [
        ("facts.schema.json", schema_for!(befund_facts::Snapshot)),
        ("report.schema.json", schema_for!(ReportData)),
        ("manifest.schema.json", schema_for!(Manifest)),
    ]
}
