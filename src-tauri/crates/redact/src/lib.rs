//! Finds and replaces what is private; knows nothing of packages.
