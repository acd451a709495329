//! The support package: report, manifest, zip; written and safely read.
