//! What the window shows, page by page, ready to print: texts are in the person's language already.
//!
//! These types are exported to TypeScript (ts-rs). They carry no logic.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The home page.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HomeView {
    /// Problems to choose from, by topic and within it by title.
    pub symptoms: Vec<SymptomCard>,
    /// Cases that were closed in the middle.
    pub cases: Vec<OpenCase>,
    /// Tickets, the newest first, at most three.
    pub tickets: Vec<TicketRow>,
}

/// One problem to choose from.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SymptomCard {
    /// Guide to start.
    pub guide: String,
    /// What is wrong, as the person would say it.
    pub title: String,
    /// One line that tells it apart from its neighbours.
    pub subtitle: String,
    /// Name of a drawing: `globe`, `wifi`, `printer` …
    pub icon: String,
    /// `security`, `network`, `account`, `communication`, `devices` or `computer`.
    pub topic: String,
    /// Whether it is one of the few that most people come with.
    pub common: bool,
}

/// A case that can be gone on with.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OpenCase {
    /// `BF-XXXX-XXXX`.
    pub reference: String,
    /// The guide's title.
    pub title: String,
    /// When something last happened in it, in words.
    pub when: String,
}

/// A search hit.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HitView {
    /// `guide` for now.
    pub kind: String,
    /// Id of what was found.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One line more.
    pub subtitle: String,
    /// The higher, the better.
    pub score: f64,
}

/// The help bar: how to reach a human, always.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub struct HelpView {
    /// Name of the help desk.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// When somebody answers.
    pub hours: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
}

/// What every page needs.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ShellView {
    /// `en` or `de`: the language in force.
    pub language: String,
    /// What the person chose.
    pub settings: Settings,
    /// The help bar.
    pub help: HelpView,
    /// Tickets that are not filed yet.
    pub waiting: u32,
    /// Problems with the policy or with content files, for the administrator; shown in the settings.
    pub notices: Vec<String>,
    /// Version of the program.
    pub version: String,
}

/// What the person chose for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `system`, `en` or `de`.
    pub language: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { language: "system".into(), theme: "system".into() }
    }
}

/// A case, and the page it is on.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CaseView {
    /// `BF-XXXX-XXXX`.
    pub reference: String,
    /// Guide id.
    pub guide: String,
    /// The guide's title.
    pub title: String,
    /// What the person wrote.
    pub words: String,
    /// Whether "back" leads somewhere inside the case.
    pub can_go_back: bool,
    /// The page.
    pub page: CasePage,
    /// The largest folders of the home, where the person agreed to look for them.
    pub folders: Option<FoldersView>,
}

/// The largest folders of the home.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FoldersView {
    /// What it is.
    pub title: String,
    /// The largest first.
    pub rows: Vec<FolderRow>,
    /// How much was looked at, what was not, and who sees it.
    pub notes: Vec<String>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FolderRow {
    /// `~/Videos/Holiday`.
    pub path: String,
    /// `12.4 GB`.
    pub size: String,
    /// Of all that was seen: `41%`.
    pub share: String,
}

/// One page of a case.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "page", rename_all = "snake_case")]
pub enum CasePage {
    /// Before or during measuring; rows are updated by [`RowUpdate`].
    Checking {
        /// `first`, `verify` after a fix, or `on_request` where the person agreed to what it costs.
        purpose: String,
        /// Checks by group.
        groups: Vec<CheckGroup>,
    },
    /// Which site does not open; asked before anything is measured.
    Site,
    /// One question.
    Question {
        /// Its id.
        id: String,
        /// The question.
        ask: String,
        /// How to find the answer.
        hint: Option<String>,
        /// Answers, without "I don't know", which the window adds.
        answers: Vec<AnswerView>,
        /// Why it is asked, one plain sentence.
        why: String,
        /// The answer given before, when the person went back.
        given: Option<String>,
    },
    /// A measurement that costs something: may it be made?
    Measure {
        /// What is measured.
        subject: String,
        /// The measurement as a question.
        title: String,
        /// What is done.
        what: String,
        /// Why it is asked for, one plain sentence.
        why: String,
        /// The most data that is transferred: `10 MB`; nothing where nothing is sent.
        data: Option<String>,
        /// The longest that it takes: `10 seconds`.
        time: String,
        /// The hosts that are asked.
        hosts: Vec<String>,
    },
    /// The most likely cause, and what to do.
    Finding {
        /// Cause id.
        cause: String,
        /// `Very likely the cause`, `Probably the cause`, `Perhaps the cause`.
        likelihood: String,
        /// `bad` where it is very likely, `warn` otherwise.
        weight: String,
        /// The cause as a sentence.
        title: String,
        /// What it means.
        meaning: String,
        /// A second fault beside it, as a sentence.
        beside: Option<String>,
        /// The way from this computer to the internet, where the guide has one.
        path: Vec<PathNode>,
        /// What to do about it.
        fix: FixView,
        /// Results that speak for or against it.
        evidence: Vec<EvidenceRow>,
        /// Results that could not be had, with the reason.
        unmeasured: Vec<EvidenceRow>,
    },
    /// A fix, step by step.
    Fix {
        /// The fix.
        fix: FixView,
    },
    /// After a fix: did it help?
    Verify {
        /// What was done.
        fix: String,
        /// Whether everything that was checked again is in order.
        all_ok: bool,
        /// How many are in order.
        ok_count: u32,
        /// Time of the second measurement, in words: `14:07`.
        at: String,
        /// Before and now.
        rows: Vec<VerifyRow>,
    },
    /// All that was checked is in order.
    NoProblem {
        /// What was checked.
        rows: Vec<EvidenceRow>,
        /// Checks that could not be measured.
        unmeasured: Vec<EvidenceRow>,
        /// Time of the measurement, in words.
        at: String,
    },
    /// The guide hands over to a human.
    HandOver {
        /// Why, one sentence.
        why: String,
        /// What the person does at once, in an emergency; empty otherwise.
        first_steps: Vec<String>,
        /// What helps to tell which emergency it is. It may stay open.
        question: Option<OpenQuestion>,
        /// Whether the computer has not been looked at yet: in an emergency nobody waits for that.
        unmeasured: bool,
        /// The most likely cause, if one stands out.
        cause: Option<String>,
        /// What was tried.
        tried: Vec<String>,
    },
    /// It works again.
    Solved {
        /// What helped.
        fix: Option<String>,
    },
    /// The ticket is in the outbox or filed.
    Sent {
        /// Everything about it.
        sent: SentView,
    },
}

/// Checks of one part of the way.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CheckGroup {
    /// `This computer`, `Router` …
    pub label: String,
    /// Its checks.
    pub rows: Vec<CheckRow>,
}

/// One check while measuring.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CheckRow {
    /// Check id.
    pub check: String,
    /// What is checked.
    pub title: String,
    /// `waiting`, `running`, `ok`, `warn`, `fail`, `unknown` or `not_applicable`.
    pub status: String,
    /// What was found, one sentence; empty before.
    pub text: String,
    /// The measured value, short.
    pub value: Option<String>,
}

/// Sent while measuring.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RowUpdate {
    /// The row as it is now.
    pub row: CheckRow,
    /// Rows with a result.
    pub done: u32,
    /// Rows in all.
    pub total: u32,
    /// What can be said while samples are still being taken.
    pub so_far: Option<String>,
}

/// A question beside something that matters more.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OpenQuestion {
    /// Its id.
    pub id: String,
    /// The question.
    pub ask: String,
    /// How to find the answer.
    pub hint: Option<String>,
    /// Answers, without "I don't know", which the window adds.
    pub answers: Vec<AnswerView>,
}

/// One possible answer.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AnswerView {
    /// Its id.
    pub id: String,
    /// Its words.
    pub label: String,
}

/// A station on the way from this computer to the internet.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PathNode {
    /// Name of a drawing: `laptop`, `router`, `book`, `globe`.
    pub icon: String,
    /// What it is.
    pub label: String,
    /// Status as in [`CheckRow`].
    pub status: String,
    /// The status in words.
    pub word: String,
}

/// A fix.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FixView {
    /// Its id.
    pub id: String,
    /// What to do, as a heading and a button.
    pub title: String,
    /// What it does and how long it takes.
    pub summary: String,
    /// Steps, one idea each.
    pub steps: Vec<String>,
    /// How long it takes, in words.
    pub takes: String,
    /// `low`, `medium`, `high`.
    pub risk: String,
    /// The risk in words, one sentence.
    pub risk_text: String,
}

/// One result as a reason.
#[derive(Debug, Clone, Serialize, TS)]
pub struct EvidenceRow {
    /// What was checked or asked.
    pub title: String,
    /// What was measured or answered.
    pub value: String,
    /// What is usual, if it can be said.
    pub usual: Option<String>,
    /// Status as in [`CheckRow`].
    pub status: String,
    /// `for`, `against` or `neither`.
    pub speaks: String,
}

/// One check before and after a fix.
#[derive(Debug, Clone, Serialize, TS)]
pub struct VerifyRow {
    /// What was checked.
    pub title: String,
    /// Value or words before.
    pub before: String,
    /// Value or words now.
    pub now: String,
    /// Status now, as in [`CheckRow`].
    pub status: String,
}

/// What the person does in a case.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum CaseAction {
    /// Names the site that does not open; `null` for "I don't know".
    NameSite {
        /// The address as the person writes it.
        site: Option<String>,
    },
    /// Answers a question; `answer` is `null` for "I don't know".
    Answer {
        /// Question id.
        question: String,
        /// Answer id.
        answer: Option<String>,
    },
    /// Agrees to a measurement that costs something.
    Measure {
        /// What is measured.
        subject: String,
    },
    /// Turns it down.
    DontMeasure {
        /// What is not measured.
        subject: String,
    },
    /// One step back.
    Back,
    /// Wants to see the steps of a fix.
    ShowFix {
        /// Fix id.
        fix: String,
    },
    /// "This is not it."
    NotIt {
        /// Fix id.
        fix: String,
    },
    /// Has done the steps; measuring follows.
    FixDone {
        /// Fix id.
        fix: String,
    },
    /// Says whether it works now.
    Verified {
        /// `yes`, `partly` or `no`.
        outcome: String,
    },
    /// Wants a human.
    HandOver,
    /// The problem is still there although all checks are in order.
    StillBroken,
    /// It works; the case is closed.
    Close,
}

/// "Check what you send."
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReviewView {
    /// `BF-XXXX-XXXX`.
    pub reference: String,
    /// Subject of the ticket.
    pub subject: String,
    /// What the person wrote.
    pub words: String,
    /// What was found, one sentence.
    pub finding: String,
    /// What was tried.
    pub tried: Vec<String>,
    /// `low`, `normal`, `high`, `urgent`: how urgent it is.
    pub priority: String,
    /// How to reach the person.
    pub contact: ContactView,
    /// What is replaced, by kind.
    pub privacy: Vec<PrivacyRow>,
    /// Every replaced value that can be made readable, and those that are.
    pub values: Vec<ReplacedValue>,
    /// The files, all readable.
    pub files: Vec<ReviewFile>,
    /// What was not collected and why, a sentence each.
    pub not_collected: Vec<String>,
    /// Size of the package.
    pub bytes: u64,
    /// Size in words.
    pub size: String,
    /// What the desk takes, in words.
    pub limit: String,
    /// The same in bytes.
    pub limit_bytes: u64,
    /// Where it goes, one sentence.
    pub destination: String,
    /// Why it cannot be sent, if so: the policy cannot be read.
    pub blocked: Option<String>,
}

/// How to reach the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ContactView {
    /// Name.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// Mail.
    pub mail: String,
    /// `phone`, `mail` or empty.
    pub preferred: String,
}

/// What happens to one kind of data.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PrivacyRow {
    /// `Technical`, `Your network`, `Personal`, `Secret`.
    pub title: String,
    /// For example.
    pub example: String,
    /// What happens with it.
    pub what: String,
    /// `readable`, `replaced` or `never`.
    pub kind: String,
    /// How many values of it are readable at the person's wish, in words.
    pub shown: Option<String>,
}

/// A private value of the package and its placeholder, for the person's own eyes.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReplacedValue {
    /// What stands in its place: `[host-1]`.
    pub placeholder: String,
    /// What it is: `Computer`, `Wi-Fi` …
    pub kind: String,
    /// The value.
    pub value: String,
    /// Whether it stays readable at the person's wish.
    pub readable: bool,
}

/// One file of the package.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReviewFile {
    /// Name inside the zip.
    pub name: String,
    /// What is in it.
    pub about: String,
    /// Size in words.
    pub size: String,
    /// Whether it may be left out.
    pub removable: bool,
    /// Whether the person left it out.
    pub removed: bool,
}

/// A change the person makes while reviewing. Absent fields stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ReviewChange {
    /// New words.
    pub words: Option<String>,
    /// New priority.
    pub priority: Option<String>,
    /// New contact.
    pub contact: Option<ContactView>,
    /// Files left out, all of them.
    pub removed: Option<Vec<String>>,
    /// Placeholders whose values stay readable, all of them.
    pub readable: Option<Vec<String>>,
}

/// One file, to read before sending.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FileView {
    /// Name inside the zip.
    pub name: String,
    /// Its text, exactly as it will be sent; HTML is shown as its source is read: as plain text.
    pub text: String,
    /// Whether only the beginning is shown.
    pub shortened: bool,
}

/// After sending.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SentView {
    /// `BF-XXXX-XXXX`.
    pub reference: String,
    /// Every character with its word for the phone.
    pub spelled: Vec<SpelledChar>,
    /// `filed`, `waiting` or `attention`.
    pub state: String,
    /// The state in words, with the time.
    pub state_text: String,
    /// Why it is not filed yet: what happened, what it means, what to do.
    pub reason: Option<String>,
    /// What happens next, label and sentence.
    pub next: Vec<NextRow>,
    /// Name of the package.
    pub package: String,
    /// Size in words.
    pub size: String,
    /// The folder with ticket and package.
    pub folder: String,
}

/// What happens next.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NextRow {
    /// When.
    pub when: String,
    /// What.
    pub what: String,
}

/// A character and how to say it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SpelledChar {
    /// The character, or `-` between groups.
    pub character: String,
    /// The word; empty for `-`.
    pub word: String,
}

/// One ticket in the list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketRow {
    /// `BF-XXXX-XXXX`.
    pub reference: String,
    /// Subject.
    pub subject: String,
    /// `waiting`, `filed` or `attention`.
    pub state: String,
    /// The state in words.
    pub state_text: String,
    /// When, in words.
    pub when: String,
    /// Why it is not filed yet: what happened, what it means, what to do.
    pub reason: Option<String>,
    /// Folder with ticket and package, once filed.
    pub folder: Option<String>,
}

/// An error as the window shows it: what happened, what it means, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ErrorView {
    /// Stable code for the front end.
    pub code: String,
    /// What happened.
    pub happened: String,
    /// What it means.
    pub means: String,
    /// What to do next.
    pub todo: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;

    fn files(folder: &Path) -> BTreeMap<String, String> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read_to_string(path).unwrap())
            })
            .collect()
    }

    #[test]
    fn the_types_of_the_window_are_those_committed() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/lib/backend/types");
        let scratch = tempfile::tempdir().unwrap();
        let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
        let folder = if update { &committed } else { scratch.path() };
        // Byte counts reach the window as JSON numbers, not as BigInt.
        let config = ts_rs::Config::new().with_large_int("number").with_out_dir(folder);
        // What the commands take and give; the rest follows.
        ShellView::export_all(&config).unwrap();
        HomeView::export_all(&config).unwrap();
        HitView::export_all(&config).unwrap();
        CaseView::export_all(&config).unwrap();
        CaseAction::export_all(&config).unwrap();
        RowUpdate::export_all(&config).unwrap();
        ReviewView::export_all(&config).unwrap();
        ReviewChange::export_all(&config).unwrap();
        FileView::export_all(&config).unwrap();
        TicketRow::export_all(&config).unwrap();
        ErrorView::export_all(&config).unwrap();
        let (generated, committed) = (files(folder), files(&committed));
        let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            names(&generated),
            names(&committed),
            "run `cargo xtask schemas` and look at the difference"
        );
        for (name, text) in &generated {
            assert!(Some(text) == committed.get(name), "{name} has drifted: run `cargo xtask schemas`");
        }
    }
}
