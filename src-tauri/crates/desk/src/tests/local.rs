//! The desk that is a folder.

use std::fs;

use super::{package, reference, ticket};
use crate::{Desk, DeskError, LocalDesk, TicketFile};

struct Setup {
    root: tempfile::TempDir,
    desk: LocalDesk,
}

impl Setup {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("in.zip"), package(1)).unwrap();
        let desk = LocalDesk::new(root.path().join("desk/tickets"));
        Self { root, desk }
    }

    fn package(&self) -> std::path::PathBuf {
        self.root.path().join("in.zip")
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.desk.folder())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|n| n != ".befund-lock")
            .collect();
        names.sort();
        names
    }
}

#[test]
fn a_ticket_is_a_folder_with_three_files() {
    let setup = Setup::new();
    assert_eq!(setup.desk.find(reference(1)).unwrap(), None);
    let filed = setup.desk.file(&ticket(1), &setup.package()).unwrap();
    let folder = setup.desk.folder().join(reference(1).to_string());
    assert_eq!(filed.location, folder.display().to_string());
    assert_eq!(setup.desk.find(reference(1)).unwrap(), Some(filed.clone()));
    let file: TicketFile = serde_json::from_slice(&fs::read(folder.join("ticket.json")).unwrap()).unwrap();
    assert_eq!(file.ticket, ticket(1));
    assert!(fs::read_to_string(folder.join("ticket.txt")).unwrap().contains("Seit heute früh"));
    assert_eq!(fs::read(folder.join(format!("Befund-{}.zip", reference(1)))).unwrap(), package(1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |p: &std::path::Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for entry in fs::read_dir(&folder).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
    }

    assert_eq!(
        setup.desk.file(&ticket(1), &setup.package()).unwrap(),
        filed,
        "filing again is no second one"
    );
    assert_eq!(setup.names(), [reference(1).to_string()]);
}

#[test]
fn an_incomplete_folder_is_not_taken_for_a_ticket_and_not_deleted() {
    let setup = Setup::new();
    setup.desk.file(&ticket(1), &setup.package()).unwrap();
    let folder = setup.desk.folder().join(reference(1).to_string());
    fs::write(folder.join(format!("Befund-{}.zip", reference(1))), "cut off").unwrap();
    assert_eq!(setup.desk.find(reference(1)).unwrap(), None);
    setup.desk.file(&ticket(1), &setup.package()).unwrap();
    assert!(setup.desk.find(reference(1)).unwrap().is_some());
    assert_eq!(setup.names(), [reference(1).to_string(), format!("{}.incomplete-1", reference(1))]);
}

#[test]
fn what_a_crash_left_behind_is_removed() {
    let setup = Setup::new();
    let left = setup.desk.folder().join(format!(".befund-{}-77.part", reference(2)));
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("ticket.json"), "{").unwrap();
    setup.desk.file(&ticket(1), &setup.package()).unwrap();
    assert_eq!(setup.names(), [reference(1).to_string()]);
}

#[test]
fn a_package_changed_on_the_way_leaves_nothing() {
    let setup = Setup::new();
    fs::write(setup.package(), package(2)).unwrap();
    let error = setup.desk.file(&ticket(1), &setup.package()).unwrap_err();
    assert!(matches!(error, DeskError::PackageDamaged { .. }), "{error}");
    assert!(setup.names().is_empty(), "{:?}", setup.names());
}
