//! What came of a scenario: Befund's answer against what was injected.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scenario::{Expect, HEALTHY, Kind, Scenario, Wire};

/// What a sandbox hands out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// What Befund printed.
    pub(crate) report: Option<Value>,
    /// How long its process took.
    pub(crate) wall_ms: f64,
    /// How long the network took to build and to break.
    pub(crate) built_ms: u64,
    /// Packets to hosts that may not be asked, where the wire was watched.
    pub(crate) strangers: Option<u64>,
    /// Why there is no report: the lab's own trouble, or Befund's.
    pub(crate) trouble: Option<String>,
}

impl Answer {
    pub(crate) fn broken(trouble: String) -> Self {
        Self { report: None, wall_ms: 0.0, built_ms: 0, strangers: None, trouble: Some(trouble) }
    }
}

/// A scenario and its verdict.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) expected: Vec<String>,
    /// Whether one of the expected causes is enough.
    pub(crate) any: bool,
    /// The outcome's word, and the causes with their probability, the most likely first.
    pub(crate) said: String,
    pub(crate) causes: Vec<(String, f64)>,
    /// The second fault that Befund names beside the first cause.
    pub(crate) beside: Option<String>,
    pub(crate) answer: Answer,
    /// Everything that is not as it must be; empty is good.
    pub(crate) wrong: Vec<String>,
    /// When the first verdict stood, from the start of the process.
    pub(crate) first_ms: Option<f64>,
    /// How often it was run until it was as it is.
    pub(crate) tries: u32,
    /// Nothing might be sent, so nothing could be found.
    pub(crate) offline: bool,
    pub(crate) kind: Kind,
}

/// The checks that find fault.
fn alarms(report: Option<&Value>) -> impl Iterator<Item = &str> {
    let results = report.and_then(|r| r["results"].as_array()).into_iter().flatten();
    results
        .filter(|r| matches!(r["status"].as_str(), Some("fail" | "warn")))
        .filter_map(|r| r["check"].as_str())
}

impl Outcome {
    pub(crate) fn of(scenario: &Scenario, answer: Answer) -> Self {
        let expected: Vec<String> = scenario.expect.causes().into_iter().map(str::to_owned).collect();
        let report = answer.report.as_ref();
        let said = report.and_then(|r| r["outcome"].as_str()).unwrap_or("nothing").to_owned();
        let causes: Vec<(String, f64)> = report
            .and_then(|r| r["causes"].as_array())
            .into_iter()
            .flatten()
            .filter_map(|c| Some((c["id"].as_str()?.to_owned(), c["probability"].as_f64()?)))
            .collect();
        let beside = report.and_then(|r| r["beside"]["id"].as_str()).map(str::to_owned);
        // What is not measuring is starting and ending; the first verdict is later than the start by no more.
        let first_ms = report
            .and_then(|r| Some(answer.wall_ms - r["took_ms"].as_f64()? + r["first"]["after_ms"].as_f64()?));
        let mut wrong = Vec::new();
        if let Some(trouble) = &answer.trouble {
            wrong.push(trouble.clone());
        } else if scenario.wire == Some(Wire::Nothing) {
            // Offline, nothing of the network is known; the wire alone is judged.
        } else if expected.is_empty() && scenario.kind == Kind::Computer {
            // Guides of the computer have causes that only the person can tell, and nobody is asked here: what
            // counts is that no check finds fault.
            wrong.extend(alarms(report).map(|check| format!("a healthy computer, and {check} finds fault")));
        } else if expected.is_empty() {
            if said != "no_problem" {
                wrong.push(format!("a healthy network, and Befund says {said}"));
            }
            match report.map(|r| (&r["first"], r["first"]["cause"].as_str())) {
                Some((Value::Null, _)) => wrong.push("there is no first verdict".into()),
                Some((_, Some(cause))) => {
                    wrong.push(format!("a healthy network, and the first verdict is {cause}"));
                }
                _ => {}
            }
        } else {
            if said == "no_problem" {
                wrong.push("a broken network, and Befund says no_problem".into());
            }
            if let (Expect::One(only), Some(other)) = (&scenario.expect, &beside) {
                wrong.push(format!("{only} is the only fault, and Befund names {other} beside it"));
            }
            if causes.first().is_none_or(|(first, _)| !expected.contains(first)) {
                wrong.push("the cause is not first".into());
            }
        }
        if let Some(packets) = answer.strangers.filter(|packets| *packets > 0) {
            wrong.push(format!("{packets} packets went to hosts that may not be asked"));
        }
        if let Some(most) = scenario.within_ms
            && answer.wall_ms > most as f64
        {
            wrong.push(format!("took {:.0} ms, and {most} are the most", answer.wall_ms));
        }
        let mut outcome = Self {
            name: scenario.name.clone(),
            title: scenario.title.clone(),
            expected,
            any: matches!(scenario.expect, Expect::Any { .. }),
            said,
            causes,
            beside,
            answer,
            wrong,
            first_ms,
            tries: 1,
            offline: scenario.wire == Some(Wire::Nothing),
            kind: scenario.kind,
        };
        if outcome.wrong.is_empty() && !outcome.is_healthy() && !outcome.is_among_three() {
            outcome.wrong.push("not every cause is among the first three".into());
        }
        outcome
    }

    pub(crate) fn is_healthy(&self) -> bool {
        self.expected.is_empty()
    }

    /// Whether the injected cause is first, or a healthy network is called so.
    pub(crate) fn is_right(&self) -> bool {
        if self.is_healthy() {
            match self.kind {
                Kind::Network => self.said == "no_problem" || self.offline,
                Kind::Computer => {
                    self.answer.report.is_some() && alarms(self.answer.report.as_ref()).next().is_none()
                }
            }
        } else {
            self.said != "no_problem" && self.causes.first().is_some_and(|(id, _)| self.expected.contains(id))
        }
    }

    /// Whether every injected cause is among the first three.
    pub(crate) fn is_among_three(&self) -> bool {
        let three = self.three();
        let mut found = self.expected.iter().map(|e| three.contains(&e.as_str()));
        if self.any { found.any(|f| f) } else { found.all(|f| f) }
    }

    /// The first three: a second fault is said right after the first cause.
    fn three(&self) -> Vec<&str> {
        let mut said: Vec<&str> = self.causes.iter().map(|(id, _)| id.as_str()).collect();
        if let Some(beside) = &self.beside {
            said.retain(|id| id != beside);
            said.insert(said.len().min(1), beside);
        }
        said.truncate(3);
        said
    }

    /// The injected causes as one word.
    pub(crate) fn injected(&self) -> String {
        match (self.is_healthy(), self.any) {
            (true, _) => HEALTHY.into(),
            (_, true) => self.expected.join(" or "),
            _ => self.expected.join(" + "),
        }
    }

    /// What Befund says first, as one word.
    pub(crate) fn first(&self) -> String {
        match self.said.as_str() {
            _ if self.is_healthy() && self.is_right() => HEALTHY.into(),
            "no_problem" => HEALTHY.into(),
            "nothing" => "nothing".into(),
            _ => self.causes.first().map_or_else(|| "nothing".into(), |(id, _)| id.clone()),
        }
    }

    /// The line that is shown when it ends.
    pub(crate) fn line(&self, verbose: bool) -> String {
        let word = if self.wrong.is_empty() { "ok  " } else { "FAIL" };
        let mut line = format!("{word} {:<42} {:>6.0} ms  {}", self.name, self.answer.wall_ms, self.first());
        line.extend(self.beside.iter().flat_map(|other| [" + ", other.as_str()]));
        if !self.wrong.is_empty() {
            let three: Vec<String> =
                self.causes.iter().take(3).map(|(id, p)| format!("{id} {p:.2}")).collect();
            line.push_str(&format!(
                "\n          injected: {}\n          said: {} [{}]\n          {}",
                self.injected(),
                self.said,
                three.join(", "),
                self.wrong.join("; ")
            ));
        }
        if verbose || !self.wrong.is_empty() {
            for result in
                self.answer.report.iter().flat_map(|r| r["results"].as_array().into_iter().flatten())
            {
                let status = result["status"].as_str().unwrap_or("?");
                if verbose || status == "fail" || status == "warn" || status == "unknown" {
                    line.push_str(&format!(
                        "\n          {status:<14} {:<28} {} {}",
                        result["check"].as_str().unwrap_or("?"),
                        result["text"].as_str().unwrap_or(""),
                        result["reason"].as_str().unwrap_or("")
                    ));
                }
            }
        }
        line
    }
}
