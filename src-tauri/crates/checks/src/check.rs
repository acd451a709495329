//! One check: its rules, its texts, and how it judges.

use std::collections::{BTreeMap, BTreeSet};

use befund_content::{Format, Text, format_value};
use befund_facts::{Absence, Subject};
use serde_json::Value;

use crate::expression::{Expression, Parts, Scope};
use crate::file::Healthy;
use crate::{CheckId, CheckResult, Facts, Group, Status, words};

/// A loaded check.
#[derive(Debug)]
pub struct Check {
    /// Its id.
    pub id: CheckId,
    /// What is judged, as a short noun phrase.
    pub title: Text,
    /// Where on the way to the internet it looks.
    pub group: Group,
    /// Where its threshold comes from.
    pub source: Option<String>,
    /// What is usual, in short.
    pub usual: Option<Text>,
    /// The file it was read from.
    pub file: String,
    pub(crate) subjects: BTreeSet<Subject>,
    pub(crate) given: Parts,
    pub(crate) when: Option<Expression>,
    pub(crate) fail: Option<Expression>,
    pub(crate) warn: Option<Expression>,
    pub(crate) texts: BTreeMap<Status, Text>,
    pub(crate) values: BTreeMap<String, NamedValue>,
    pub(crate) value: Option<String>,
    pub(crate) value_texts: BTreeMap<Status, Text>,
    pub(crate) healthy: Healthy,
}

/// A value that texts name.
#[derive(Debug)]
pub(crate) struct NamedValue {
    pub expression: Expression,
    pub format: Format,
    pub words: BTreeMap<String, Text>,
}

impl Check {
    /// The subjects that must be measured before it can judge.
    pub const fn subjects(&self) -> &BTreeSet<Subject> {
        &self.subjects
    }

    /// All its expressions.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let rules = [&self.when, &self.fail, &self.warn].into_iter().flatten();
        rules.chain(self.values.values().map(|v| &v.expression)).chain(self.given.values())
    }

    /// The statuses it can give.
    pub fn statuses(&self) -> BTreeSet<Status> {
        let rules = [
            (Status::Warn, self.warn.is_some()),
            (Status::Fail, self.fail.is_some()),
            (Status::NotApplicable, self.when.is_some()),
        ];
        let mut statuses: BTreeSet<_> = [Status::Ok, Status::Unknown].into();
        statuses.extend(rules.into_iter().filter_map(|(status, can)| can.then_some(status)));
        statuses
    }

    /// How often this status is seen where nothing is wrong, 0 to 1. Never 0: a guide that believes in
    /// the impossible cannot be talked out of it. All statuses together are 1.
    pub fn healthy(&self, status: Status) -> f64 {
        const IMPOSSIBLE: f64 = 0.001;
        let share = |written: Option<f64>, usual: f64, possible: bool| {
            written.unwrap_or(if possible { usual } else { IMPOSSIBLE }).clamp(IMPOSSIBLE, 1.0)
        };
        let fail = share(self.healthy.fail, 0.01, self.fail.is_some());
        let warn = share(self.healthy.warn, 0.02, self.warn.is_some());
        let unknown = share(self.healthy.unknown, 0.05, true);
        let not_applicable = share(self.healthy.not_applicable, 0.2, self.when.is_some());
        let ok = (1.0 - fail - warn - unknown - not_applicable).max(IMPOSSIBLE);
        let one = match status {
            Status::Ok => ok,
            Status::Warn => warn,
            Status::Fail => fail,
            Status::Unknown => unknown,
            Status::NotApplicable => not_applicable,
        };
        one / (ok + fail + warn + unknown + not_applicable)
    }

    /// Judges the facts. `when` comes first, then `fail`, then `warn`; the first rule that cannot be
    /// evaluated makes the result unknown, because what it would have said is not known.
    pub fn judge(&self, facts: &Facts) -> CheckResult {
        let scope = Scope::new(facts, &self.given);
        match self.status_in(&scope) {
            Ok(status) => self.result(status, &scope),
            Err(absence) => CheckResult {
                check: self.id.clone(),
                status: Status::Unknown,
                reason: absence.to_string(),
                text: words::not_measured(absence.reason),
                value: None,
                usual: self.usual.clone(),
            },
        }
    }

    /// What [`Check::judge`] says, without its words, for which more must be evaluated. Unknown is the reason why.
    pub fn status(&self, facts: &Facts) -> Result<Status, Absence> {
        self.status_in(&Scope::new(facts, &self.given))
    }

    /// Compiles its rules ahead of the facts that they judge.
    pub fn prepare(&self) {
        let rules = [&self.when, &self.fail, &self.warn].into_iter().flatten();
        self.given.values().chain(rules).for_each(Expression::prepare);
    }

    fn status_in(&self, scope: &Scope<'_>) -> Result<Status, Absence> {
        if let Some(when) = &self.when
            && !when.holds(scope)?
        {
            return Ok(Status::NotApplicable);
        }
        for (rule, status) in [(&self.fail, Status::Fail), (&self.warn, Status::Warn)] {
            if let Some(rule) = rule
                && rule.holds(scope)?
            {
                return Ok(status);
            }
        }
        Ok(Status::Ok)
    }

    fn result(&self, status: Status, scope: &Scope<'_>) -> CheckResult {
        let measured: BTreeMap<&str, Option<Value>> =
            self.values.iter().map(|(name, v)| (name.as_str(), v.expression.json(scope).ok())).collect();
        let value = self.value_texts.get(&status).map(|t| self.filled(t, &measured)).or_else(|| {
            let name = self.value.as_deref().filter(|_| status != Status::NotApplicable)?;
            let value = measured.get(name)?.as_ref()?;
            Some(self.shown(name, value))
        });
        CheckResult {
            check: self.id.clone(),
            status,
            reason: reason(status, &measured),
            text: self.texts.get(&status).map_or_else(|| self.title.clone(), |t| self.filled(t, &measured)),
            value: value.filter(|v| !v.en.is_empty()),
            usual: self.usual.clone(),
        }
    }

    fn filled(&self, template: &Text, measured: &BTreeMap<&str, Option<Value>>) -> Text {
        template.map(|lang, text| {
            let mut out = String::with_capacity(text.len());
            for piece in pieces(text) {
                match piece {
                    Piece::Plain(plain) => out.push_str(plain),
                    Piece::Value(name) => match measured.get(name) {
                        Some(Some(value)) => out.push_str(self.shown(name, value).get(lang)),
                        _ => out.push_str(words::missing_value().get(lang)),
                    },
                }
            }
            out
        })
    }

    fn shown(&self, name: &str, value: &Value) -> Text {
        let Some(named) = self.values.get(name) else { return words::missing_value() };
        let in_words = |v: &Value, lang| {
            v.as_str()
                .and_then(|s| named.words.get(s))
                .map_or_else(|| format_value(v, named.format, lang), |t| t.get(lang).to_owned())
        };
        let all = |lang| match value {
            Value::Array(items) => items.iter().map(|v| in_words(v, lang)).collect::<Vec<_>>().join(", "),
            other => in_words(other, lang),
        };
        Text { en: all(befund_content::Lang::En), de: all(befund_content::Lang::De) }
    }
}

/// Why, for supporters: the rule that held, with the values the texts name.
fn reason(status: Status, measured: &BTreeMap<&str, Option<Value>>) -> String {
    let mut reason = match status {
        Status::Fail => "the rule `fail` holds",
        Status::Warn => "the rule `warn` holds",
        Status::NotApplicable => "the rule `when` does not hold",
        Status::Ok | Status::Unknown => "no rule holds",
    }
    .to_owned();
    let mut before = ": ";
    for (name, value) in measured {
        if let Some(value) = value {
            reason.push_str(before);
            reason.push_str(name);
            reason.push_str(" = ");
            reason.push_str(&value.to_string());
            before = ", ";
        }
    }
    reason
}

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece<'a> {
    Plain(&'a str),
    /// A placeholder: `{name}`.
    Value(&'a str),
}

/// A text in parts. A brace without its partner is plain text; loading refuses such texts.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((plain, name, after)) = rest.split_once('{').and_then(|(plain, tail)| {
        let (name, after) = tail.split_once('}')?;
        Some((plain, name, after))
    }) {
        pieces.push(Piece::Plain(plain));
        pieces.push(Piece::Value(name));
        rest = after;
    }
    pieces.push(Piece::Plain(rest));
    pieces
}
