//! A guide as the program uses it: read, checked, words turned into numbers. Nothing here reads files
//! and nothing here decides; see `load` for the one and `diagnose` for the other.

use std::collections::{BTreeMap, BTreeSet};

use befund_checks::{CheckId, Status};
use befund_content::{Lang, Messages, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AnswerId, CauseId, FixId, GuideId, QuestionId};

/// A problem, its possible causes, and what to do about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Guide {
    /// Its name.
    pub id: GuideId,
    /// The guide that it extends: everything of it holds here too.
    pub extends: Option<GuideId>,
    /// What is wrong, as the person would say it.
    pub title: Text,
    /// One line that tells it apart from its neighbours.
    pub subtitle: Option<Text>,
    /// Name of a drawing.
    pub icon: Option<String>,
    /// Where it stands on the first page.
    pub topic: Topic,
    /// Whether it is one of the few that most people come with.
    pub common: bool,
    /// What people type who have this problem.
    pub symptoms: Symptoms,
    /// What the person does in the first minute. Where there is any, a human is called at once.
    pub first_steps: Vec<Text>,
    /// What it can be, in the order of the file.
    pub causes: Vec<Cause>,
    /// Weight of "there is no problem": everything works, and the person is mistaken.
    pub no_problem: f64,
    /// Weight of "something that this guide does not know".
    pub something_else: f64,
    /// What can be asked, in the order of the file.
    pub questions: Vec<Question>,
    /// What can be done, in the order of the file.
    pub fixes: Vec<Fix>,
    /// What calling a human costs, and how the ticket is sorted.
    pub hand_over: HandOver,
    /// Stations of a drawing, from this computer outwards.
    pub path: Vec<Station>,
}

/// What a guide is about, in the words in which people look for it. The first page groups guides by it, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Something happened that has to be reported at once.
    Security,
    /// Internet, Wi-Fi, VPN.
    Network,
    /// Signing in, passwords, access to files.
    Account,
    /// Mail, calls, phones, sound and picture.
    Communication,
    /// What is connected: printer, screen, mouse.
    Devices,
    /// The computer itself and its programs.
    #[default]
    Computer,
}

impl Topic {
    /// Its name in content files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Network => "network",
            Self::Account => "account",
            Self::Communication => "communication",
            Self::Devices => "devices",
            Self::Computer => "computer",
        }
    }
}

/// What people type, by language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Symptoms {
    /// English.
    pub en: Vec<String>,
    /// German.
    pub de: Vec<String>,
}

impl Symptoms {
    /// Those of one language.
    pub fn get(&self, lang: Lang) -> &[String] {
        match lang {
            Lang::En => &self.en,
            Lang::De => &self.de,
        }
    }
}

/// Something that can be the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// Its name.
    pub id: CauseId,
    /// The finding, as a sentence.
    pub title: Text,
    /// What that means, in two or three sentences.
    pub meaning: Option<Text>,
    /// How common it is beside the others.
    pub prior: f64,
    /// Who gets it when it is not solved.
    pub level: Level,
    /// What the person does before anything else where this cause goes to a human.
    pub first_steps: Vec<Text>,
    /// P(status given this cause), for the statuses that the author named.
    pub shows: BTreeMap<CheckId, BTreeMap<Status, f64>>,
    /// P(answer given this cause), for the answers that the author named.
    pub answers: BTreeMap<QuestionId, BTreeMap<AnswerId, f64>>,
}

/// Something to ask the person. "I don't know" is always an answer and never in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its name.
    pub id: QuestionId,
    /// The question.
    pub ask: Text,
    /// How to find the answer.
    pub hint: Option<Text>,
    /// The answers, in the order of the file.
    pub answers: Vec<Answer>,
    /// What people answer whose computer is in order; P(answer) for the answers that the author named.
    pub healthy: BTreeMap<AnswerId, f64>,
    /// Seconds that it takes to answer.
    pub cost: f64,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its name.
    pub id: AnswerId,
    /// Its words.
    pub label: Text,
}

/// Something that may help.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// Its name.
    pub id: FixId,
    /// What to do, as a heading and a button.
    pub title: Text,
    /// What it does, and what stays as it is.
    pub summary: Option<Text>,
    /// What the person does, one idea a step.
    pub steps: Vec<Text>,
    /// Built-in action that does it. Content names actions and cannot carry commands.
    pub action: Option<String>,
    /// P(it helps given the cause), for the causes it can remove.
    pub solves: BTreeMap<CauseId, f64>,
    /// Seconds that it takes.
    pub cost: f64,
    /// What can go wrong.
    pub risk: Risk,
    /// Fixes that must have been tried before.
    pub after: Vec<FixId>,
    /// Checks that show whether it helped.
    pub verify: Vec<CheckId>,
}

impl Fix {
    /// Seconds with the risk added: what the choice of the next step reckons with.
    pub fn full_cost(&self) -> f64 {
        self.cost + self.risk.seconds()
    }
}

/// What can go wrong when a fix is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Nothing that matters; it is undone in a moment.
    #[default]
    Low,
    /// Something is interrupted, or a setting must be put back by hand.
    Medium,
    /// Work, data or protection can be lost.
    High,
}

impl Risk {
    /// Seconds that a fix of this risk is dearer than a safe one of the same length.
    pub const fn seconds(self) -> f64 {
        match self {
            Self::Low => 0.0,
            Self::Medium => 60.0,
            Self::High => 600.0,
        }
    }
}

/// Who gets what the guide cannot solve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The help desk.
    #[default]
    First,
    /// Those who look after networks, servers or one product.
    Second,
    /// Those who build or supply it.
    Third,
}

/// How soon somebody should look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// In turn.
    #[default]
    Normal,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

/// Calling a human.
#[derive(Debug, Clone, PartialEq)]
pub struct HandOver {
    /// Seconds of the person's time until a human has solved it.
    pub cost: f64,
    /// Where the ticket belongs.
    pub category: String,
    /// How soon it should be looked at.
    pub priority: Priority,
    /// Who gets it when no cause stands out.
    pub level: Level,
}

/// A station on the way that the guide draws. Its status is the worst of its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Name of a drawing.
    pub icon: String,
    /// What it is.
    pub label: Text,
    /// The checks that belong to it.
    pub checks: Vec<CheckId>,
}

impl Station {
    /// The worst status of the station's checks. What was not measured counts only where nothing was
    /// judged, and a station without any result is unknown, never in order.
    pub fn status(&self, of: impl Fn(&CheckId) -> Option<Status>) -> Status {
        // What is not measured may well be in use.
        const WORST_FIRST: [Status; 5] =
            [Status::Fail, Status::Warn, Status::Ok, Status::Unknown, Status::NotApplicable];
        let found: Vec<Status> = self.checks.iter().filter_map(of).collect();
        WORST_FIRST.into_iter().find(|s| found.contains(s)).unwrap_or(Status::Unknown)
    }
}

impl Guide {
    /// Whether a human is called at once, whatever is measured or answered.
    pub fn is_emergency(&self) -> bool {
        !self.first_steps.is_empty()
    }

    /// A cause by its name; `None` for "something else" and for what the guide does not have.
    pub fn cause(&self, id: &CauseId) -> Option<&Cause> {
        self.causes.iter().find(|c| c.id == *id)
    }

    /// A question by its name.
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == *id)
    }

    /// A fix by its name.
    pub fn fix(&self, id: &FixId) -> Option<&Fix> {
        self.fixes.iter().find(|f| f.id == *id)
    }

    /// The title of a cause, with words for "something else".
    pub fn cause_title(&self, id: &CauseId) -> Text {
        self.cause(id).map_or_else(
            || Messages::shared().text("guide-something-else", |_| Vec::new()),
            |c| c.title.clone(),
        )
    }

    /// Every check that the guide names: all of them are measured before anything is asked.
    pub fn checks(&self) -> BTreeSet<CheckId> {
        let named: BTreeSet<&CheckId> = self.named().collect();
        named.into_iter().cloned().collect()
    }

    /// The same, as often as they are named.
    pub(crate) fn named(&self) -> impl Iterator<Item = &CheckId> {
        self.causes
            .iter()
            .flat_map(|c| c.shows.keys())
            .chain(self.fixes.iter().flat_map(|f| &f.verify))
            .chain(self.path.iter().flat_map(|s| &s.checks))
    }
}

impl Question {
    /// An answer by its name.
    pub fn answer(&self, id: &AnswerId) -> Option<&Answer> {
        self.answers.iter().find(|a| a.id == *id)
    }
}
