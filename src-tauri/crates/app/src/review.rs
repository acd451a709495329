//! "Check what you send": the draft of a ticket, and its package exactly as it would leave.

use befund_checks::{CheckResult, Facts};
use befund_content::{Lang, Text};
use befund_desk::{Contact, Description, Desk as _, Kind, PackageRef, Preferred, Priority, Ticket};
use befund_facts::{PrivateKind, Reason, Snapshot, private_values};
use befund_guides::{Event, Level, Outcome, Session, TriedOutcome, Verdict};
use befund_package::{Built, CauseLine, Contents, ExtraFile, TriedLine};
use befund_redact::{Kind as PrivateWord, Known, Names, Redactor};
use befund_reference::Reference;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::locked;
use crate::cases::{Case, MAX_WORDS};
use crate::evidence::build_with;
use crate::pages::nothing_measured;
use crate::settings::write_whole;
use crate::view::{ContactView, FileView, PrivacyRow, ReplacedValue, ReviewChange, ReviewFile, ReviewView};
use crate::words::size;
use crate::{App, AppError, logging};

/// What the person sees of one file. More is not read on a screen; all of it is sent.
const SHOWN_BYTES: usize = 400 * 1024;

/// The newest part of the log that goes along.
const LOG_BYTES: u64 = 256 * 1024;

/// What the person set while reviewing, kept so that closing the window loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    /// When the package's content was fixed: what was reviewed is what is sent.
    pub(crate) prepared_at: Timestamp,
    pub(crate) priority: Priority,
    pub(crate) contact: ContactView,
    pub(crate) removed: Vec<String>,
    /// Private values that the person wants read. They stay on this computer, in this file; in the journal
    /// they would travel with the package.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) readable: Vec<(PrivateWord, String)>,
}

/// A package that was shown, with what it was made from.
pub(crate) struct Preview {
    draft: Draft,
    lang: Lang,
    journal: usize,
    pub(crate) built: Built,
    pub(crate) finding: String,
    pub(crate) tried: Vec<String>,
    pub(crate) subject: String,
    pub(crate) words: String,
    readable: usize,
    known: Vec<Known>,
}

/// Kinds of private values that belong to the network; the others belong to the person.
const OF_THE_NETWORK: [PrivateWord; 4] =
    [PrivateWord::Ip, PrivateWord::Mac, PrivateWord::Ssid, PrivateWord::Domain];

impl App {
    /// The review page.
    pub fn review(&self, reference: &str) -> Result<ReviewView, AppError> {
        let reference = Reference::parse(reference)?;
        self.not_submitted(reference)?;
        let draft = self.draft(reference)?;
        self.review_view(reference, &draft)
    }

    /// Changes the draft.
    pub fn change_review(&self, reference: &str, change: ReviewChange) -> Result<ReviewView, AppError> {
        let reference = Reference::parse(reference)?;
        self.not_submitted(reference)?;
        let mut draft = self.draft(reference)?;
        if let Some(words) = change.words {
            let words: String = words.trim().chars().take(MAX_WORDS).collect();
            if words != self.case(reference)?.state.words {
                self.happened(reference, Event::Worded { words })?;
            }
        }
        if let Some(priority) = change.priority {
            draft.priority = priority_of(&priority)?;
        }
        if let Some(contact) = change.contact {
            // The next case begins with it: nobody wants to type it twice.
            let bytes = serde_json::to_vec(&contact)
                .map_err(|e| AppError::data("keep the contact")(std::io::Error::other(e)))?;
            write_whole(&self.paths.data.join("contact.json"), &bytes)?;
            draft.contact = contact;
        }
        if let Some(removed) = change.removed {
            self.can_be_removed(reference, &draft, &removed)?;
            draft.removed = removed;
        }
        if let Some(readable) = change.readable {
            draft.readable = self.wanted(reference, &draft, &readable)?;
        }
        // What cannot be made into a package is not kept: the page would not open again.
        let view = self.review_view(reference, &draft)?;
        self.cases.store(reference, "draft.json", &draft)?;
        Ok(view)
    }

    /// One file of the package, as it would be sent.
    pub fn review_file(&self, reference: &str, name: &str) -> Result<FileView, AppError> {
        let reference = Reference::parse(reference)?;
        let draft = self.draft(reference)?;
        // A removed file can still be read, so that it can be judged.
        let whole = Draft { removed: Vec::new(), ..draft };
        self.with_preview(reference, &whole, |preview| {
            let bytes = preview
                .built
                .file(name)
                .ok_or_else(|| AppError::NotNow(format!("the package has no file “{name}”")))?;
            let shortened = bytes.len() > SHOWN_BYTES;
            let shown = &bytes[..bytes.len().min(SHOWN_BYTES)];
            Ok(FileView { name: name.into(), text: String::from_utf8_lossy(shown).into_owned(), shortened })
        })
    }

    /// How to reach the person, as the draft of this case has it.
    pub fn contact(&self, reference: &str) -> Result<ContactView, AppError> {
        Ok(self.draft(Reference::parse(reference)?)?.contact)
    }

    /// Sends this case without a contact; what is known of the person stays for the next one.
    pub fn send_no_contact(&self, reference: &str) -> Result<(), AppError> {
        let reference = Reference::parse(reference)?;
        self.not_submitted(reference)?;
        let draft = Draft { contact: ContactView::default(), ..self.draft(reference)? };
        self.cases.store(reference, "draft.json", &draft)
    }

    /// The contact that goes along with a ticket, as one line; `None` once it is sent.
    pub fn contact_that_goes(&self, reference: &str) -> Result<Option<String>, AppError> {
        let reference = Reference::parse(reference)?;
        if self.is_submitted(reference)? {
            return Ok(None);
        }
        let contact = self.draft(reference)?.contact;
        let known: Vec<&str> = [&contact.name, &contact.phone, &contact.mail]
            .into_iter()
            .map(|field| field.trim())
            .filter(|field| !field.is_empty())
            .collect();
        Ok(Some(if known.is_empty() {
            self.message("cli-contact-none")
        } else {
            self.message_with("cli-contact", &[("contact", &known.join(", "))])
        }))
    }

    /// Whoever wants a file left out and mistypes its name must not find out later that it was sent.
    fn can_be_removed(
        &self,
        reference: Reference,
        draft: &Draft,
        removed: &[String],
    ) -> Result<(), AppError> {
        let whole = Draft { removed: Vec::new(), ..draft.clone() };
        self.with_preview(reference, &whole, |preview| {
            let removable = || preview.built.files.iter().filter(|f| f.removable).map(|f| f.name.as_str());
            match removed.iter().find(|r| !removable().any(|name| name == *r) && !draft.removed.contains(r)) {
                None => Ok(()),
                Some(unknown) => Err(AppError::NoFile {
                    name: unknown.clone(),
                    has: removable().collect::<Vec<_>>().join(", "),
                }),
            }
        })
    }

    /// The values behind placeholders. Only what the person was offered can be made readable.
    fn wanted(
        &self,
        reference: Reference,
        draft: &Draft,
        placeholders: &[String],
    ) -> Result<Vec<(PrivateWord, String)>, AppError> {
        self.with_preview(reference, draft, |preview| {
            let known = &preview.known;
            if let Some(other) = placeholders.iter().find(|p| known.iter().all(|k| k.placeholder != **p)) {
                return Err(AppError::NotNow(format!("“{other}” stands for nothing that can be readable")));
            }
            let wanted = known.iter().filter(|k| placeholders.contains(&k.placeholder));
            Ok(wanted.map(|k| (k.kind, k.value.clone())).collect())
        })
    }

    fn not_submitted(&self, reference: Reference) -> Result<(), AppError> {
        if self.is_submitted(reference)? {
            return Err(AppError::NotNow("the ticket is already sent".into()));
        }
        Ok(())
    }

    /// The draft; a new one begins with what is known.
    pub(crate) fn draft(&self, reference: Reference) -> Result<Draft, AppError> {
        if let Some(draft) = self.cases.read(reference, "draft.json")? {
            return Ok(draft);
        }
        let case = self.case(reference)?;
        let contact = self.kept_contact();
        let priority = match case.guide.hand_over.priority {
            befund_guides::Priority::Low => Priority::Low,
            befund_guides::Priority::Normal => Priority::Normal,
            befund_guides::Priority::High => Priority::High,
            befund_guides::Priority::Urgent => Priority::Urgent,
        };
        let draft =
            Draft { prepared_at: self.now(), priority, contact, removed: Vec::new(), readable: Vec::new() };
        self.cases.store(reference, "draft.json", &draft)?;
        Ok(draft)
    }

    /// How to reach the person, as they said it last.
    fn kept_contact(&self) -> ContactView {
        std::fs::read(self.paths.data.join("contact.json"))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn review_view(&self, reference: Reference, draft: &Draft) -> Result<ReviewView, AppError> {
        let lang = self.lang();
        // What was removed is still listed, so that it can be put back.
        let whole = Draft { removed: Vec::new(), ..draft.clone() };
        let files = self.with_preview(reference, &whole, |preview| {
            Ok(preview
                .built
                .files
                .iter()
                .map(|file| ReviewFile {
                    name: file.name.clone(),
                    about: file.about.get(lang).into(),
                    size: size(file.bytes, lang),
                    removable: file.removable,
                    removed: draft.removed.contains(&file.name),
                })
                .collect::<Vec<_>>())
        })?;
        let desk = self.desk();
        let limit_bytes = desk.limit_bytes().unwrap_or(u64::MAX);
        self.with_preview(reference, draft, |preview| {
            let bytes = preview.built.bytes.len() as u64;
            Ok(ReviewView {
                reference: reference.to_string(),
                subject: preview.subject.clone(),
                words: preview.words.clone(),
                finding: preview.finding.clone(),
                tried: preview.tried.clone(),
                priority: priority_word(draft.priority).into(),
                contact: draft.contact.clone(),
                privacy: self.privacy(preview),
                values: self.values(preview),
                files,
                not_collected: self.not_collected(&preview.built.manifest.evidence),
                bytes,
                size: size(bytes, lang),
                limit: if limit_bytes == u64::MAX { String::new() } else { size(limit_bytes, lang) },
                limit_bytes: if limit_bytes == u64::MAX { 0 } else { limit_bytes },
                destination: self.destination(),
                blocked: self
                    .policy
                    .error
                    .as_ref()
                    .map(|e| self.message_with("notice-policy", &[("detail", &e.to_string())])),
            })
        })
    }

    fn destination(&self) -> String {
        match &self.policy.policy.desk.folder {
            Some(_) => self.message_with("destination-folder", &[("name", &self.desk_name())]),
            None => self.message("destination-local"),
        }
    }

    fn privacy(&self, preview: &Preview) -> Vec<PrivacyRow> {
        let counts = &preview.built.manifest.redactions.by_kind;
        let row = |key: &str, what: String, kind: &str| PrivacyRow {
            title: self.message(&format!("privacy-{key}")),
            example: self.message(&format!("privacy-{key}-example")),
            what,
            kind: kind.into(),
            shown: None,
        };
        let shown = |of_the_network: bool| {
            let count = preview
                .known
                .iter()
                .filter(|k| k.shown && OF_THE_NETWORK.contains(&k.kind) == of_the_network)
                .count();
            (count > 0).then(|| self.message_with("privacy-shown", &[("count", &count.to_string())]))
        };
        let hidden = |key: &str, kinds: &[&str], shown: Option<String>| {
            let count: u64 = kinds.iter().filter_map(|k| counts.get(*k)).sum();
            // “Nothing found” would be wrong where all that was found is readable.
            let what = if count == 0 && shown.is_some() {
                self.message("privacy-nothing-replaced")
            } else {
                self.message_with("privacy-replaced", &[("count", &count.to_string())])
            };
            PrivacyRow { shown, ..row(key, what, "replaced") }
        };
        vec![
            row(
                "technical",
                self.message_with("privacy-readable", &[("count", &preview.readable.to_string())]),
                "readable",
            ),
            hidden("network", &["ip", "mac", "ssid", "domain"], shown(true)),
            hidden("personal", &["user", "home", "host", "mail", "serial", "phone"], shown(false)),
            row("secret", self.message("privacy-never"), "never"),
        ]
    }

    fn values(&self, preview: &Preview) -> Vec<ReplacedValue> {
        preview
            .known
            .iter()
            .map(|known| ReplacedValue {
                placeholder: known.placeholder.clone(),
                kind: self.message(&format!("private-{}", known.kind)),
                value: known.value.clone(),
                readable: known.shown,
            })
            .collect()
    }

    /// Works with the package for this draft. It is made once: what was shown is what is sent.
    pub(crate) fn with_preview<T>(
        &self,
        reference: Reference,
        draft: &Draft,
        work: impl FnOnce(&Preview) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let session = self.cases.load(reference)?;
        let lang = self.lang();
        let fits = |p: &Preview| p.draft == *draft && p.lang == lang && p.journal == session.entries.len();
        {
            let previews = locked(&self.previews);
            if let Some(preview) = previews.get(&reference).filter(|p| fits(p)) {
                return work(preview);
            }
        }
        let preview = self.build(reference, draft, &session)?;
        let outcome = work(&preview);
        locked(&self.previews).insert(reference, preview);
        outcome
    }

    fn build(&self, reference: Reference, draft: &Draft, session: &Session) -> Result<Preview, AppError> {
        let lang = self.lang();
        let case = self.case(reference)?;
        let facts = self
            .cases
            .facts(reference)?
            .unwrap_or_else(|| Snapshot::empty(draft.prepared_at, Reason::NothingToMeasure));
        let prepared = Facts::new(&facts);
        let results: Vec<CheckResult> = self.checks.iter().map(|c| c.judge(&prepared)).collect();
        let diagnosis = self.diagnosis(&case);
        let finding = self.finding_text(&case, &diagnosis);
        let title = &case.guide.title;
        let subject = match case.found(&diagnosis) {
            Some(cause) => self.message_with(
                "ticket-subject",
                &[("title", title.get(lang)), ("finding", cause.title.get(lang))],
            ),
            None => title.get(lang).to_owned(),
        };
        let causes = diagnosis
            .causes
            .iter()
            .filter(|c| c.probability >= 0.005)
            .map(|c| CauseLine {
                title: case.guide.cause_title(&c.id),
                probability: c.probability,
                level: case.guide.cause(&c.id).map(|c| level(c.level)),
            })
            .collect();
        let session_json = serde_json::json!({
            "schema": "befund.session/1",
            "reference": reference,
            "guide": case.guide.id,
            "entries": session.entries,
        });
        let extra_files = logging::newest(&self.paths.log(), LOG_BYTES)
            .map(|bytes| ExtraFile { name: "befund.log".into(), about: self.in_both("log-about"), bytes })
            .into_iter()
            .collect();
        let contents = Contents {
            reference,
            created_at: draft.prepared_at,
            lang,
            app_version: env!("CARGO_PKG_VERSION"),
            subject: &subject,
            words: &case.state.words,
            // How to reach the person belongs into the ticket; a package may be handed on.
            contact: None,
            finding: &finding,
            causes,
            tried: tried_lines(&case, session),
            answers: answers(&case, &self.in_both("answer-unknown")),
            facts: &facts,
            checks: &self.checks,
            results: &results,
            session: &session_json,
            extra_files,
            evidence: &[],
            removed: draft.removed.clone(),
        };
        let mut redactor = self.redactor(&facts, [&draft.contact, &self.kept_contact()]);
        redactor.show(draft.readable.iter().cloned());
        let evidence = self.evidence(session, draft.prepared_at);
        let built = build_with(contents, (*evidence).clone(), &mut redactor)?;
        let redacted = |text: &str, redactor: &mut Redactor| redactor.text(text);
        let known = redactor.known();
        Ok(Preview {
            draft: draft.clone(),
            lang,
            journal: session.entries.len(),
            finding: redacted(finding.get(lang), &mut redactor),
            tried: self.tried(&case).iter().map(|t| redacted(t, &mut redactor)).collect(),
            subject: redacted(&subject, &mut redactor),
            known,
            words: case.state.words.clone(),
            readable: count_values(&serde_json::to_value(&facts).unwrap_or_default()),
            built,
        })
    }

    fn finding_text(&self, case: &Case<'_>, diagnosis: &befund_guides::Diagnosis) -> Text {
        if let Some(cause) = case.found(diagnosis) {
            let Some(beside) = &diagnosis.beside else { return cause.title.clone() };
            let second = case.guide.cause_title(beside);
            let both = |lang| {
                let titles = [("first", cause.title.get(lang).into()), ("second", second.get(lang).into())];
                self.messages.get(lang, "finding-two", &titles)
            };
            return Text { en: both(Lang::En), de: both(Lang::De) };
        }
        self.in_both(if nothing_measured(&case.state.evidence) {
            "finding-not-measured"
        } else if diagnosis.outcome == Outcome::NoProblem || case.state.evidence.still_broken && all_ok(case)
        {
            "finding-no-problem"
        } else {
            "finding-none"
        })
    }

    /// A message in both languages, for what is read elsewhere.
    fn in_both(&self, key: &str) -> Text {
        Text { en: self.messages.get(Lang::En, key, &[]), de: self.messages.get(Lang::De, key, &[]) }
    }

    /// A redactor that knows what this computer's facts call private, and leaves readable what the
    /// policy names anyway.
    fn redactor(&self, facts: &Snapshot, contacts: [&ContactView; 2]) -> Redactor {
        let mut names = Names::default();
        for private in private_values(facts) {
            let kind = match private.kind {
                PrivateKind::User => PrivateWord::User,
                PrivateKind::Home => PrivateWord::Home,
                PrivateKind::Host => PrivateWord::Host,
                PrivateKind::Domain => PrivateWord::Domain,
                PrivateKind::Mac => PrivateWord::Mac,
                PrivateKind::Ip => PrivateWord::Ip,
                PrivateKind::Ssid => PrivateWord::Ssid,
                PrivateKind::Serial => PrivateWord::Serial,
            };
            names.add(kind, &private.value);
        }
        // Whoever sends no contact wants their name in the package least of all.
        for (kind, value) in contacts.into_iter().flat_map(|contact| {
            [
                (PrivateWord::User, &contact.name),
                (PrivateWord::Mail, &contact.mail),
                (PrivateWord::Phone, &contact.phone),
            ]
        }) {
            if !value.trim().is_empty() {
                names.add(kind, value.trim());
            }
        }
        let mut redactor = Redactor::new(names);
        redactor.keep(self.policy.policy.connectivity.hosts());
        redactor
    }

    /// The ticket for a preview.
    pub(crate) fn ticket(&self, reference: Reference, preview: &Preview) -> Result<Ticket, AppError> {
        let case = self.case(reference)?;
        let diagnosis = self.diagnosis(&case);
        let level = case.found(&diagnosis).map_or(case.guide.hand_over.level, |c| c.level);
        let contact = &preview.draft.contact;
        let preferred = match contact.preferred.as_str() {
            "phone" => Some(Preferred::Phone),
            "mail" => Some(Preferred::Mail),
            _ => None,
        };
        Ok(Ticket {
            reference,
            kind: Kind::Incident,
            category: case.guide.hand_over.category.clone(),
            priority: preview.draft.priority,
            subject: preview.subject.clone(),
            description: Description {
                words: preview.words.clone(),
                finding: Some(preview.finding.clone()),
                tried: preview.tried.clone(),
            },
            contact: Contact::from_fields(&contact.name, &contact.phone, &contact.mail, preferred),
            package: PackageRef::of(reference, &preview.built.bytes),
            created_at: self.now(),
            lang: preview.lang,
            level: Some(level_word(level).into()),
        })
    }
}

fn all_ok(case: &Case<'_>) -> bool {
    use befund_checks::Status;
    case.state.results.iter().all(|r| matches!(r.status, Status::Ok | Status::NotApplicable))
}

const fn level(level: Level) -> befund_package::Level {
    match level {
        Level::First => befund_package::Level::First,
        Level::Second => befund_package::Level::Second,
        Level::Third => befund_package::Level::Third,
    }
}

const fn level_word(level: Level) -> &'static str {
    match level {
        Level::First => "first",
        Level::Second => "second",
        Level::Third => "third",
    }
}

const fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

fn priority_of(word: &str) -> Result<Priority, AppError> {
    [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent]
        .into_iter()
        .find(|p| priority_word(*p) == word)
        .ok_or_else(|| AppError::NotNow(format!("“{word}” is not low, normal, high or urgent")))
}

fn answers(case: &Case<'_>, unknown: &Text) -> Vec<(Text, Text)> {
    case.state
        .evidence
        .answers
        .iter()
        .filter_map(|(id, answer)| {
            let question = case.guide.question(id)?;
            let label = answer.as_ref().and_then(|a| question.answers.iter().find(|k| k.id == *a));
            Some((question.ask.clone(), label.map_or_else(|| unknown.clone(), |a| a.label.clone())))
        })
        .collect()
}

fn tried_lines(case: &Case<'_>, session: &Session) -> Vec<TriedLine> {
    let at = |fix: &befund_guides::FixId| {
        session.entries.iter().rev().find_map(|entry| match &entry.event {
            Event::FixDone { fix: done } | Event::FixSkipped { fix: done } if done == fix => Some(entry.at),
            Event::Verified { fix: done, outcome: Verdict::Yes } if done == fix => Some(entry.at),
            _ => None,
        })
    };
    case.state
        .tried
        .iter()
        .filter_map(|tried| {
            Some(TriedLine {
                title: case.guide.fix(&tried.fix)?.title.clone(),
                outcome: match tried.outcome {
                    TriedOutcome::Helped => befund_package::TriedOutcome::Helped,
                    TriedOutcome::HelpedPartly => befund_package::TriedOutcome::HelpedPartly,
                    TriedOutcome::DidNotHelp => befund_package::TriedOutcome::DidNotHelp,
                    TriedOutcome::TurnedDown => befund_package::TriedOutcome::Skipped,
                    TriedOutcome::Open => befund_package::TriedOutcome::Unknown,
                },
                at: at(&tried.fix),
            })
        })
        .collect()
}

/// How many measured values there are.
fn count_values(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Object(map) if map.contains_key("absent") => 0,
        serde_json::Value::Object(map) => map.values().map(count_values).sum(),
        serde_json::Value::Array(items) => items.iter().map(count_values).sum(),
        serde_json::Value::Null => 0,
        _ => 1,
    }
}
