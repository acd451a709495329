//! The compiled-in content follows its folder: a new file must not need a clean build.

fn main() {
    println!("cargo::rerun-if-changed=../../../content");
}
