//! The befund command; links no webview.
fn main() {}
