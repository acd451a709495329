//! The table and the confusion matrix, on the screen and in docs/DIAGNOSIS.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::outcome::Outcome;

/// The share of broken networks whose cause must be first.
const FIRST: f64 = 0.97;

struct Figures {
    broken: usize,
    first: usize,
    among_three: usize,
    healthy: usize,
    healthy_right: usize,
    /// Milliseconds of the healthy networks, start and end of the process included: the median of the first
    /// verdict, and of all.
    first_ms: f64,
    all_ms: f64,
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn figures(outcomes: &[Outcome]) -> Figures {
    let (healthy, broken): (Vec<_>, Vec<_>) = outcomes.iter().partition(|o| o.is_healthy());
    Figures {
        broken: broken.len(),
        first: broken.iter().filter(|o| o.is_right()).count(),
        among_three: broken.iter().filter(|o| o.is_among_three()).count(),
        healthy: healthy.len(),
        healthy_right: healthy.iter().filter(|o| o.is_right()).count(),
        first_ms: median(healthy.iter().filter_map(|o| o.first_ms)),
        all_ms: median(healthy.iter().filter(|o| !o.offline).map(|o| o.answer.wall_ms)),
    }
}

/// The closing lines.
pub(crate) fn print(outcomes: &[Outcome]) {
    let f = figures(outcomes);
    println!(
        "\n{} broken networks: the cause is first in {}, among the first three in {}; \
         {} healthy networks: {} called healthy",
        f.broken, f.first, f.among_three, f.healthy, f.healthy_right
    );
    println!(
        "healthy networks: the median first verdict after {:.0} ms, all after {:.0} ms",
        f.first_ms, f.all_ms
    );
    let again: Vec<String> =
        outcomes.iter().filter(|o| o.tries > 1).map(|o| format!("{} (try {})", o.name, o.tries)).collect();
    if !again.is_empty() {
        println!("run again, alone: {}", again.join(", "));
    }
    let failed = outcomes.iter().filter(|o| !o.wrong.is_empty()).count();
    println!("{} passed, {failed} failed", outcomes.len() - failed);
}

/// Fails where the lab's bar is missed.
pub(crate) fn verdict(outcomes: &[Outcome]) -> Result<()> {
    let f = figures(outcomes);
    let troubled: Vec<&str> =
        outcomes.iter().filter(|o| o.answer.trouble.is_some()).map(|o| o.name.as_str()).collect();
    if !troubled.is_empty() {
        bail!("did not run: {}", troubled.join(", "));
    }
    if (f.first as f64) < FIRST * f.broken as f64 {
        bail!("the cause is first in {} of {}; {:.0} % are the bar", f.first, f.broken, FIRST * 100.0);
    }
    if f.among_three < f.broken {
        bail!("in {} networks the cause is not among the first three", f.broken - f.among_three);
    }
    if f.healthy_right < f.healthy {
        bail!("{} healthy networks are called broken", f.healthy - f.healthy_right);
    }
    let late: Vec<&str> = outcomes
        .iter()
        .filter(|o| o.wrong.iter().any(|w| w.starts_with("took")))
        .map(|o| o.name.as_str())
        .collect();
    if !late.is_empty() {
        bail!("too slow: {}", late.join(", "));
    }
    Ok(())
}

/// Writes the page for people.
pub(crate) fn write(outcomes: &[Outcome], path: &Path) -> Result<()> {
    let f = figures(outcomes);
    let commit = git(&["rev-parse", "--short", "HEAD"]);
    let date = git(&["log", "-1", "--format=%cs"]);
    let mut page = format!(
        "# How well the network guides find the cause\n\n\
         Written by `cargo xtask lab --report` at commit {commit} ({date}). Each row is a network that was built out of real\n\
         parts in namespaces, broken, and measured by `befund guide … --auto --json` as an ordinary user. Scenarios:\n\
         [tests/lab/scenarios](../tests/lab/scenarios).\n\n\
         - {} broken networks: the injected cause is first in {}, among the first three in {}.\n\
         - {} healthy networks: {} are called healthy. In the median their first verdict stands after {:.0} ms, and all is\n\
         measured after {:.0} ms. The first verdict is what Befund says as soon as nothing is missing but the samples of\n\
         loss and round trips. Both figures include the start and the end of the program.\n\n\
         The weights in the guides were set while watching these same networks. The figures say that nothing has become worse\n\
         since, not how often the first cause is the right one elsewhere.\n\n\
         ## Scenarios\n\n| scenario | injected | Befund says first | next | first verdict | all |\n|---|---|---|---|---|---|\n",
        f.broken, f.first, f.among_three, f.healthy, f.healthy_right, f.first_ms, f.all_ms
    );
    for o in outcomes {
        let mark = match (o.is_right(), o.tries) {
            (true, 1) => String::new(),
            (true, tries) => format!(" (try {tries})"),
            (false, _) => " ✗".into(),
        };
        let top = o.causes.first().map_or_else(String::new, |(_, p)| format!(" {:.0} %", p * 100.0));
        let top = if o.first() == "healthy" { String::new() } else { top };
        let early = o.first_ms.map_or_else(String::new, |ms| format!("{:.2} s", ms / 1000.0));
        let next = o.causes.get(1).map_or_else(String::new, |(id, p)| format!("{id} {:.0} %", p * 100.0));
        let _ = writeln!(
            page,
            "| {}: {} | {} | {}{top}{mark} | {next} | {early} | {:.2} s |",
            o.name,
            o.title,
            o.injected(),
            o.first(),
            o.answer.wall_ms / 1000.0
        );
    }
    page.push_str(
        "\n## Confusion\n\nWhat was injected (rows) against what is said first. Only where they differ.\n\n",
    );
    let mut cells: BTreeMap<(String, String), usize> = BTreeMap::new();
    for o in outcomes.iter().filter(|o| !o.is_right()) {
        *cells.entry((o.injected(), o.first())).or_default() += 1;
    }
    if cells.is_empty() {
        page.push_str("They differ nowhere.\n");
    } else {
        page.push_str("| injected | said first | times |\n|---|---|---|\n");
        for ((injected, first), count) in &cells {
            let _ = writeln!(page, "| {injected} | {first} | {count} |");
        }
    }
    let covered: BTreeSet<String> = outcomes.iter().flat_map(|o| o.expected.iter().cloned()).collect();
    let _ = write!(
        page,
        "\n## Causes with a scenario\n\n{}\n",
        covered.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ")
    );
    std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))
}

fn git(args: &[&str]) -> String {
    Command::new("git")
        .args(args)
        .current_dir(crate::root())
        .output()
        .ok()
        .filter(|o| o.status.success())
        .map_or_else(|| "unknown".into(), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
}
