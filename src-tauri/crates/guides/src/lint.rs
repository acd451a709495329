//! What is doubtful in a guide file that loads: causes that can never come first, evidence that tells nothing
//! apart, fixes that nobody needs, texts that break the wording rules. What keeps a guide from loading is
//! the loader's matter, and comes before all of this.
//!
//! Every finding names a place in the file and says what to do. A guide that ships has none.

use std::collections::BTreeSet;

use befund_checks::{CheckId, Status};
use befund_content::{ContentError, Text, misworded, parse_yaml};

use crate::diagnose;
use crate::file::{At, FixFile, GuideFile, Ordered};
use crate::guide::{Cause, Guide, Level};
use crate::likelihood::{self, Baseline, Hypothesis, Model};
use crate::{Evidence, Guides};

/// Lines of symptoms in each language below which the search hardly finds a guide.
const FEW_SYMPTOMS: usize = 5;

/// A difference in probability that nobody would notice.
const SAME: f64 = 1e-9;

impl Guides {
    /// What is doubtful in a guide file; what keeps it from loading is the error.
    pub fn lint(&self, file: &str, text: &str) -> Result<Vec<ContentError>, ContentError> {
        let guide = self.parse(file, text, self.checks())?;
        // Read a second time for the places: the guide has none.
        let raw: GuideFile = parse_yaml(file, text)?;
        let mut lint = Lint { file, raw: &raw, guide: &guide, guides: self, found: Vec::new() };
        lint.texts();
        lint.head();
        lint.causes();
        lint.evidence();
        lint.fixes();
        let mut found = lint.found;
        found.sort_by_key(|e| e.at);
        Ok(found)
    }
}

/// What is known where a cause is at its most typical: the likeliest status of every check and the likeliest answer
/// to every question that it names; the rest as on a healthy computer.
pub(crate) fn typical(guide: &Guide, baseline: &dyn Baseline, cause: &Cause) -> Evidence {
    // Of some checks a healthy computer nearly always shows that the question does not arise.
    let usual = |id: CheckId| {
        let rare = baseline.healthy(&id, Status::NotApplicable) > 0.8;
        (id, if rare { Status::NotApplicable } else { Status::Ok })
    };
    let mut evidence =
        Evidence { checks: guide.checks().into_iter().map(usual).collect(), ..Evidence::default() };
    for (check, row) in &cause.shows {
        let rest = 1.0 - row.values().sum::<f64>();
        if let Some((status, p)) = row.iter().max_by(|a, b| a.1.total_cmp(b.1))
            && *p >= rest
        {
            evidence.checks.insert(check.clone(), *status);
        }
    }
    for (question, row) in &cause.answers {
        if let Some((answer, p)) = row.iter().max_by(|a, b| a.1.total_cmp(b.1))
            && *p >= 0.5
        {
            evidence.answers.insert(question.clone(), Some(answer.clone()));
        }
    }
    evidence
}

struct Lint<'a> {
    file: &'a str,
    raw: &'a GuideFile,
    guide: &'a Guide,
    guides: &'a Guides,
    found: Vec<ContentError>,
}

impl Lint<'_> {
    fn say<T>(&mut self, at: &At<T>, message: impl Into<String>, help: impl Into<String>) {
        let finding = ContentError::new(self.file, message, help);
        self.found.push(if at.line == 0 { finding } else { finding.at(at.line, at.column) });
    }

    fn wording(&mut self, at: &At<Text>) {
        for wrong in misworded(&at.value) {
            self.say(at, format!("the text in `{}` has {}", wrong.lang, wrong.what), wrong.instead);
        }
    }

    fn texts(&mut self) {
        let raw = self.raw;
        let causes = raw.causes.0.iter().flat_map(|(_, c)| {
            let steps = c.first_steps.iter().map(Some);
            [Some(&c.title), c.meaning.as_ref()].into_iter().chain(steps)
        });
        let questions = raw.questions.0.iter().flat_map(|(_, q)| {
            let answers = q.answers.0.iter().map(|(_, label)| Some(label));
            [Some(&q.ask), q.hint.as_ref()].into_iter().chain(answers)
        });
        let fixes = raw.fixes.0.iter().flat_map(|(_, f)| {
            [Some(&f.title), f.summary.as_ref()].into_iter().chain(f.steps.iter().map(Some))
        });
        let stations = raw.path.iter().map(|s| Some(&s.label));
        let head = [Some(&raw.title), raw.subtitle.as_ref()];
        let all = head
            .into_iter()
            .chain(raw.first_steps.iter().map(Some))
            .chain(causes)
            .chain(questions)
            .chain(fixes)
            .chain(stations);
        for text in all.flatten() {
            self.wording(text);
        }
        for (_, question) in &raw.questions.0 {
            if !question.ask.value.en.trim().ends_with('?') || !question.ask.value.de.trim().ends_with('?') {
                self.say(
                    &question.ask,
                    "a question does not end with a question mark",
                    "Ask it as a question.",
                );
            }
        }
    }

    fn head(&mut self) {
        let raw = self.raw;
        if raw.subtitle.is_none() || raw.icon.is_none() {
            let help = "The list of guides shows both: add `subtitle: { en: …, de: … }` and `icon: …`.";
            self.say(&raw.id, "there is no `subtitle`, or no `icon`", help);
        }
        for (lang, lines) in [("en", &raw.symptoms.en), ("de", &raw.symptoms.de)] {
            if lines.len() < FEW_SYMPTOMS {
                let message = format!("`symptoms` has {} lines in `{lang}`", lines.len());
                let help = "Write at least five, in the words that people use: the search learns from them.";
                self.say(lines.first().unwrap_or(&raw.id), message, help);
            }
        }
        for (name, _) in &raw.consequences.0 {
            let own = raw.causes.0.iter().map(|(_, c)| &c.leads_to);
            let mut taken = own.chain(raw.inherits.0.iter().map(|(_, c)| &c.leads_to)).flatten();
            if !taken.any(|t| t.value == name.value) {
                let help = "Remove it, or let a cause take it with `leads-to`.";
                self.say(name, format!("no cause takes the consequence “{}”", name.value), help);
            }
        }
    }

    fn causes(&mut self) {
        let (raw, guide) = (self.raw, self.guide);
        for (key, file) in &raw.causes.0 {
            let Some(cause) = guide.causes.iter().find(|c| c.id == key.value.as_str()) else { continue };
            if cause.meaning.is_none() {
                let help =
                    "Add `meaning:` and say in two or three plain sentences what it means for the person.";
                self.say(key, format!("the cause “{}” has no meaning", cause.id), help);
            }
            let helped = guide.fixes.iter().any(|f| f.solves.contains_key(&cause.id));
            // An emergency goes to a human anyway.
            if !helped && cause.level == Level::First && !guide.is_emergency() {
                let help = "Name it under `solves:` of a fix, or say with `level: second` who takes it over.";
                self.say(key, format!("nothing solves the cause “{}”", cause.id), help);
            }
            for (check, row) in &file.shows.0 {
                self.statuses(check, row);
            }
            self.is_reachable(key, cause);
        }
        for (_, group) in &raw.consequences.0 {
            for (check, row) in &group.0 {
                self.statuses(check, row);
            }
        }
        for (key, _) in &raw.inherits.0 {
            if let Some(cause) = guide.causes.iter().find(|c| c.id == key.value.as_str()) {
                self.is_reachable(key, cause);
            }
        }
    }

    /// A status that the check never gives is never seen.
    fn statuses<T>(&mut self, key: &At<String>, row: &Ordered<T>) {
        let id = key.value.parse::<CheckId>().ok();
        let Some(check) = id.and_then(|id| self.guides.checks().get(&id)) else { return };
        let possible: Vec<&str> = check.statuses().into_iter().map(Status::as_str).collect();
        for (status, _) in &row.0 {
            if !possible.contains(&status.value.as_str()) {
                let help = format!("It shows one of: {}.", possible.join(", "));
                self.say(status, format!("the check “{}” never shows {}", key.value, status.value), help);
            }
        }
    }

    /// Where everything is as the cause usually makes it, it comes first.
    fn is_reachable(&mut self, key: &At<String>, cause: &Cause) {
        let (guide, checks) = (self.guide, self.guides.checks());
        let judgement = diagnose::judge(&Model::new(guide, checks), &typical(guide, checks, cause)).0;
        let Some(first) = judgement.causes.first() else { return };
        if first.id != cause.id {
            let message = format!(
                "the cause “{}” can hardly be found: where everything is as it usually makes it, “{}” is likelier",
                cause.id, first.id
            );
            let help =
                "Say in `shows` what tells them apart (a check, or a question), or make them one cause.";
            self.say(key, message, help);
        }
    }

    /// A check or question about which every cause says the same.
    fn evidence(&mut self) {
        let (raw, guide, checks) = (self.raw, self.guide, self.guides.checks());
        let same = |rows: Vec<Vec<f64>>| {
            let first = rows.first().cloned().unwrap_or_default();
            rows.iter().all(|row| row.iter().zip(&first).all(|(a, b)| (a - b).abs() < SAME))
        };
        for (key, question) in &raw.questions.0 {
            let Some(known) = guide.questions.iter().find(|q| q.id == key.value.as_str()) else { continue };
            let of = likelihood::Answers::of(known);
            let rows = Hypothesis::causes(guide)
                .map(|cause| known.answers.iter().map(|a| of.chance(cause, &a.id)).collect())
                .collect();
            if same(rows) {
                let help = "Let the `shows` of a cause name its answers, or remove it.";
                self.say(&question.ask, format!("the question “{}” tells no causes apart", key.value), help);
            }
        }
        let own = raw.causes.0.iter().map(|(_, c)| &c.shows);
        let groups = raw.consequences.0.iter().map(|(_, group)| group);
        let named: Vec<&At<String>> =
            own.chain(groups).flat_map(|s| s.0.iter().map(|(key, _)| key)).collect();
        let model = Model::new(guide, checks);
        let mut seen = BTreeSet::new();
        for key in named {
            let Some(check) = key.value.parse::<CheckId>().ok().filter(|c| checks.get(c).is_some()) else {
                continue;
            };
            if !seen.insert(check.clone()) {
                continue;
            }
            let rows = Hypothesis::causes(guide)
                .chain([Hypothesis::NoProblem])
                .map(|h| likelihood::of_check(&model, h, &check).into_iter().map(|(_, p)| p).collect())
                .collect();
            if same(rows) {
                let help = "Say what a cause makes it show that a healthy computer does not, or remove it.";
                self.say(key, format!("the check “{check}” tells nothing apart in this guide"), help);
            }
        }
    }

    fn fixes(&mut self) {
        let (raw, guide) = (self.raw, self.guide);
        for (key, file) in &raw.fixes.0 {
            let Some(fix) = guide.fixes.iter().find(|f| f.id == key.value.as_str()) else { continue };
            let prepares = guide.fixes.iter().any(|other| other.after.contains(&fix.id));
            if fix.solves.values().all(|p| *p <= 0.0) && !prepares {
                let help = "Name under `solves:` what it removes, or remove it.";
                self.say(key, format!("no cause needs the fix “{}”", fix.id), help);
            }
            // Of all there is to do, the fix is best where its cause is certain; even there a human is sooner.
            let best = fix.solves.values().copied().fold(0.0, f64::max);
            if best > 0.0 && !prepares && best * guide.hand_over.cost <= fix.full_cost() {
                let message = format!(
                    "the fix “{}” is never tried: it costs {:.0} s with its risk, and at best saves {:.0} s of calling a human",
                    fix.id,
                    fix.full_cost(),
                    best * guide.hand_over.cost
                );
                let help = "Lower its `cost` (waiting keeps nobody busy), raise `solves`, or make it `first-steps` of the cause.";
                self.say(key, message, help);
            }
            self.is_complete(key, file);
            let shown = fix.verify.iter().any(|check| {
                let solved = guide.causes.iter().filter(|c| fix.solves.contains_key(&c.id));
                solved
                    .filter_map(|c| c.shows.get(check))
                    .any(|row| row.iter().any(|(status, p)| *status != Status::Ok && *p > 0.0))
            });
            let by_asking =
                guide.causes.iter().any(|c| fix.solves.contains_key(&c.id) && !c.answers.is_empty());
            if !fix.verify.is_empty() && !fix.solves.is_empty() && !shown && !by_asking {
                let help = "Verify with a check that one of the causes it solves makes fail.";
                self.say(
                    key,
                    format!("the checks under `verify` cannot show whether “{}” helped", fix.id),
                    help,
                );
            }
        }
    }

    fn is_complete(&mut self, key: &At<String>, fix: &FixFile) {
        let lacks = [
            (fix.verify.is_empty(), "`verify:`, the checks that show whether it helped"),
            (fix.summary.is_none(), "`summary:`, how long it takes and what stays as it is"),
            (fix.action.is_none() && fix.steps.len() < 2, "`steps:`, one instruction each"),
        ];
        for (_, what) in lacks.iter().filter(|(lacks, _)| *lacks) {
            self.say(key, format!("the fix “{}” lacks {what}", key.value), "Add it.");
        }
    }
}
