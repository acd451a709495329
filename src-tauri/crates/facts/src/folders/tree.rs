//! The folders that a walk has seen, and the choice of the largest.

use super::Folder;
use crate::net::tame;
use crate::{Reading, Reason};

/// Folders below this depth count for the one above them.
const MOST_DEPTH: u8 = 6;
/// As many are told apart; the rest counts for the folder that it lies in.
const MOST_NODES: usize = 200_000;
/// How many are named.
const NAMED: usize = 10;
/// More of a name is not shown.
const MOST_NAME: usize = 120;

/// A folder that is told apart from others.
struct Node {
    parent: usize,
    depth: u8,
    name: String,
    bytes: u64,
    files: u64,
}

/// What lies where.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// The home folder, which is number 0.
    pub(super) fn new() -> Self {
        let home = Node { parent: 0, depth: 0, name: "~".into(), bytes: 0, files: 0 };
        Self { nodes: vec![home] }
    }

    /// A folder in another one; the number under which what lies in it counts.
    pub(super) fn folder(&mut self, parent: usize, name: &std::ffi::OsStr) -> usize {
        let depth = self.nodes[parent].depth + 1;
        if depth > MOST_DEPTH || self.nodes.len() >= MOST_NODES {
            return parent;
        }
        let name = tame(&name.to_string_lossy(), MOST_NAME);
        self.nodes.push(Node { parent, depth, name, bytes: 0, files: 0 });
        self.nodes.len() - 1
    }

    pub(super) fn add(&mut self, folder: usize, bytes: u64, files: u64) {
        let node = &mut self.nodes[folder];
        node.bytes = node.bytes.saturating_add(bytes);
        node.files += files;
    }

    /// The largest folders, none of which lies in another one; `all` is what their shares are of.
    pub(super) fn largest(mut self, all: u64) -> Vec<Folder> {
        let (own_bytes, own_files) = (self.nodes[0].bytes, self.nodes[0].files);
        // Those in a folder have greater numbers than itself.
        for at in (1..self.nodes.len()).rev() {
            let (parent, bytes, files) = (self.nodes[at].parent, self.nodes[at].bytes, self.nodes[at].files);
            self.add(parent, bytes, files);
        }
        let mut largest_inside = vec![0; self.nodes.len()];
        for at in 1..self.nodes.len() {
            let best = &mut largest_inside[self.nodes[at].parent];
            if *best == 0 || self.nodes[at].bytes > self.nodes[*best].bytes {
                *best = at;
            }
        }
        let telling = |mut at: usize| {
            loop {
                let inside = largest_inside[at];
                if inside == 0 || self.nodes[inside].bytes / 9 < self.nodes[at].bytes / 10 {
                    return at;
                }
                at = inside;
            }
        };
        let share = |bytes: u64| if all == 0 { 0.0 } else { bytes as f64 * 100.0 / all as f64 };
        let mut found: Vec<Folder> = (1..self.nodes.len())
            .filter(|at| self.nodes[*at].depth == 1)
            .map(|at| {
                let at = telling(at);
                let Node { bytes, files, .. } = self.nodes[at];
                let path = Reading::Value(self.path(at));
                Folder { path, used_bytes: bytes, share_percent: share(bytes), file_count: files }
            })
            .collect();
        let own = Reading::absent(Reason::NothingToMeasure, "files that lie in the home folder itself");
        found.push(Folder {
            path: own,
            used_bytes: own_bytes,
            share_percent: share(own_bytes),
            file_count: own_files,
        });
        found.retain(|folder| folder.used_bytes > 0);
        found.sort_by_key(|folder| std::cmp::Reverse(folder.used_bytes));
        found.truncate(NAMED);
        found
    }

    fn path(&self, mut at: usize) -> String {
        let mut names = vec![self.nodes[at].name.as_str()];
        while at != 0 {
            at = self.nodes[at].parent;
            names.push(&self.nodes[at].name);
        }
        names.reverse();
        names.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(largest: &[Folder]) -> Vec<(Option<&str>, u64)> {
        largest.iter().map(|f| (f.path.value().map(String::as_str), f.used_bytes)).collect()
    }

    #[test]
    fn a_folder_that_holds_hardly_more_than_another_gives_way_to_it() {
        let mut tree = Tree::new();
        tree.add(0, 7, 1);
        let local = tree.folder(0, ".local".as_ref());
        let share = tree.folder(local, "share".as_ref());
        let bin = tree.folder(share, "Trash".as_ref());
        tree.add(bin, 900, 3);
        tree.add(share, 40, 1);
        let pictures = tree.folder(0, "Pictures".as_ref());
        for year in ["2024", "2025"] {
            let year = tree.folder(pictures, year.as_ref());
            tree.add(year, 250, 10);
        }
        tree.folder(0, "empty".as_ref());
        let largest = tree.largest(2000);
        assert_eq!(
            named(&largest),
            [(Some("~/.local/share/Trash"), 900), (Some("~/Pictures"), 500), (None, 7)]
        );
        assert!((largest[1].share_percent - 25.0).abs() < 1e-9);
        assert_eq!(largest[1].file_count, 20);
    }

    #[test]
    fn ten_are_named_and_what_is_deep_counts_for_what_is_above() {
        let mut tree = Tree::new();
        for n in 0..14 {
            let folder = tree.folder(0, format!("f{n:02}").as_ref());
            tree.add(folder, 100 + n, 1);
        }
        let mut deep = 0;
        for _ in 0..300 {
            deep = tree.folder(deep, "d".as_ref());
            tree.add(deep, 1000, 1);
        }
        let largest = tree.largest(1);
        assert_eq!(largest.len(), 10);
        assert_eq!(named(&largest)[0], (Some("~/d/d/d/d/d/d"), 295_000));
        assert_eq!(named(&largest)[1], (Some("~/f13"), 113));
    }

    #[test]
    fn an_empty_home_has_no_large_folder_and_a_hostile_name_is_tamed() {
        assert!(Tree::new().largest(0).is_empty());
        let mut tree = Tree::new();
        let odd = tree.folder(0, "a\u{1b}[31m\n".as_ref());
        tree.add(odd, 1, 1);
        let largest = tree.largest(1);
        assert!(!largest[0].path.value().unwrap().contains('\u{1b}'));
    }
}
