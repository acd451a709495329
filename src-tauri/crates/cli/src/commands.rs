//! The commands. Each hands over to the application and prints what comes back.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use befund_app::report::SendState;
use befund_app::view::{CaseAction, CasePage, ContactView, FixView, ReviewChange, RowUpdate};
use befund_app::{App, AppError, Lang, Offline, package as packages, redact as redaction};

use crate::args::{CaseArgs, CheckArgs, GuideArgs, OpenArgs, OutboxArgs, PackageArgs, RedactArgs, SendArgs};
use crate::print;

pub(crate) async fn check(app: &App, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let progress = print::Progress::new();
    let report = app.check(&args.only, Offline(args.offline), |row| tell(&progress, &row)).await?;
    progress.end();
    if args.json {
        print::json(&report)?;
    } else {
        let width =
            report.results.iter().map(|r| app.state_word(r.status).chars().count()).max().unwrap_or(0);
        for result in &report.results {
            print::state_line(result.status.as_str(), &app.state_word(result.status), width, &result.text);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(progress: &print::Progress, update: &RowUpdate) {
    progress.update(update.done, update.total, &update.row.title);
}

pub(crate) async fn guide(app: &App, args: &GuideArgs) -> anyhow::Result<ExitCode> {
    let Some(guide) = &args.guide else {
        for (id, title) in app.guide_list() {
            print::line(&format!("{id:<16} {title}"));
        }
        return Ok(ExitCode::SUCCESS);
    };
    let report = if let Some(evidence) = &args.evidence {
        app.guide_with_evidence(guide, evidence)?
    } else if args.auto || args.json || !std::io::stdin().is_terminal() {
        let progress = print::Progress::new();
        let report = app.guide_auto(guide, Offline(args.offline), |row| tell(&progress, &row)).await?;
        progress.end();
        report
    } else {
        return step_by_step(app, guide, Offline(args.offline)).await;
    };
    if args.json {
        print::json(&report)?;
    } else {
        print::line(&report.sentence);
        for cause in report.causes.iter().filter(|c| c.probability >= 0.05) {
            print::line(&format!("  {:>3.0} %  {}", cause.probability * 100.0, cause.title));
        }
        if let Some(next) = &report.next_sentence {
            print::line(next);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The guide as a conversation. Closing it in the middle loses nothing: the case goes on with
/// `befund send --case`.
async fn step_by_step(app: &App, guide: &str, offline: Offline) -> anyhow::Result<ExitCode> {
    let mut case = app.start_case(guide, "")?;
    print::line(&format!("{}  ({})", case.title, case.reference));
    loop {
        let reference = case.reference.clone();
        let action = match &case.page {
            CasePage::Checking { .. } => {
                let progress = print::Progress::new();
                case = app.measure_case_with(&reference, offline, |row| tell(&progress, &row)).await?;
                progress.end();
                continue;
            }
            CasePage::Question { id, ask, answers, why, .. } => {
                print::line(&format!("\n{ask}\n({why})"));
                let labels: Vec<&str> = answers.iter().map(|a| a.label.as_str()).collect();
                let unknown = app.message("answer-unknown");
                let Some(choice) = choose(app, &[&labels[..], &[&unknown]].concat()) else { break };
                CaseAction::Answer { question: id.clone(), answer: answers.get(choice).map(|a| a.id.clone()) }
            }
            CasePage::Finding { likelihood, title, meaning, fix, .. } => {
                print::line(&format!("\n{likelihood}: {title}\n{meaning}"));
                show_fix(fix);
                let options =
                    [app.message("cli-fix-done"), app.message("cli-not-it"), app.message("cli-hand-over")];
                match choose(app, &options.each_ref().map(String::as_str)) {
                    Some(0) => CaseAction::FixDone { fix: fix.id.clone() },
                    Some(1) => CaseAction::NotIt { fix: fix.id.clone() },
                    Some(_) => CaseAction::HandOver,
                    None => break,
                }
            }
            CasePage::Fix { fix } => {
                show_fix(fix);
                CaseAction::FixDone { fix: fix.id.clone() }
            }
            CasePage::Verify { rows, .. } => {
                for row in rows {
                    print::line(&format!("  {}: {} → {}", row.title, row.before, row.now));
                }
                print::line(&app.message("cli-works-now"));
                let options = [app.message("cli-yes"), app.message("cli-partly"), app.message("cli-no")];
                match choose(app, &options.each_ref().map(String::as_str)) {
                    Some(n) => CaseAction::Verified { outcome: ["yes", "partly", "no"][n.min(2)].into() },
                    None => break,
                }
            }
            CasePage::NoProblem { .. } => {
                print::line(&app.message("outcome-no-problem"));
                break;
            }
            CasePage::HandOver { why, .. } => {
                print::line(&format!("\n{why}"));
                print::note(&format!("befund send --case {reference}"));
                break;
            }
            CasePage::Solved { .. } | CasePage::Sent { .. } => {
                print::line(&app.message("cli-solved"));
                break;
            }
        };
        case = app.act(&reference, action)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show_fix(fix: &FixView) {
    print::line(&format!("\n{}\n{}", fix.title, fix.summary));
    for (number, step) in fix.steps.iter().enumerate() {
        print::line(&format!("  {}. {step}", number + 1));
    }
}

/// A numbered choice; asks again until the answer is a number of the list. `None` at the end of input.
fn choose(app: &App, options: &[&str]) -> Option<usize> {
    for (number, option) in options.iter().enumerate() {
        print::line(&format!("  {}) {option}", number + 1));
    }
    loop {
        let answer = print::ask(&app.message("cli-choose"))?;
        match answer.parse::<usize>() {
            Ok(n) if (1..=options.len()).contains(&n) => return Some(n - 1),
            _ => print::note(&app.message("cli-choose-again")),
        }
    }
}

/// The case named, or a new one, measured.
async fn measured_case(app: &App, args: &CaseArgs) -> anyhow::Result<String> {
    let case = match &args.case {
        Some(reference) => app.open_case(reference)?,
        None => app.start_case(&args.guide, args.words.as_deref().unwrap_or_default())?,
    };
    if matches!(case.page, CasePage::Checking { .. }) {
        let progress = print::Progress::new();
        app.measure_case_with(&case.reference, Offline(args.offline), |row| tell(&progress, &row)).await?;
        progress.end();
    }
    Ok(case.reference)
}

pub(crate) async fn package(app: &App, args: &PackageArgs) -> anyhow::Result<ExitCode> {
    let reference = measured_case(app, &args.case).await?;
    let report = app.write_package(&reference, args.output.as_deref())?;
    if args.json {
        print::json(&report)?;
    } else {
        print::line(&report.path);
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn send(app: &App, args: &SendArgs) -> anyhow::Result<ExitCode> {
    let reference = measured_case(app, &args.case).await?;
    let contact = ContactView {
        name: args.name.clone().unwrap_or_default(),
        phone: args.phone.clone().unwrap_or_default(),
        mail: args.mail.clone().unwrap_or_default(),
        preferred: args.preferred.clone().unwrap_or_default(),
    };
    let change = ReviewChange {
        contact: (contact != ContactView::default()).then_some(contact),
        priority: args.priority.clone(),
        removed: (!args.without.is_empty()).then(|| args.without.clone()),
        words: None,
    };
    // A case that is sent already has nothing to change; sending it again only shows where it is.
    if change != ReviewChange::default() {
        app.change_review(&reference, change)?;
    }
    let report = app.submit(&reference)?;
    if args.json {
        print::json(&report)?;
    } else {
        print::line(&report.sentence);
        print::line(&format!("{:<10} {}", app.message("label-reference"), report.reference));
        if let Some(ticket) = &report.ticket {
            print::line(&format!("{:<10} {ticket}", app.message("label-ticket")));
        }
        print::line(&format!("{:<10} {}", app.message("label-package"), report.package));
    }
    Ok(if report.state == SendState::Filed { ExitCode::SUCCESS } else { ExitCode::from(5) })
}

pub(crate) fn outbox(app: &App, args: &OutboxArgs) -> anyhow::Result<ExitCode> {
    if args.retry {
        app.retry()?;
    }
    let report = app.outbox_report()?;
    if args.json {
        print::json(&report)?;
    } else if report.tickets.is_empty() {
        print::note(&app.message("outbox-empty"));
    } else {
        for ticket in &report.tickets {
            print::line(&format!("{}  {:<10} {}", ticket.reference, ticket.state_word, ticket.subject));
            if let Some(folder) = &ticket.folder {
                print::line(&format!("              {folder}"));
            }
            if !ticket.detail.is_empty() {
                print::line(&format!("              {}", ticket.detail));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn open(args: &OpenArgs, lang: Lang) -> anyhow::Result<ExitCode> {
    let mut opened = packages::open(&args.package).map_err(AppError::from)?;
    let wanted = if args.html {
        Some("report.html")
    } else if args.json {
        Some("report.json")
    } else {
        args.file.as_deref()
    };
    if let Some(name) = wanted {
        let bytes = opened.file(name).map_err(AppError::from)?;
        print::raw(&bytes)?;
    } else {
        for line in befund_app::report::package_summary(&mut opened, lang).map_err(AppError::from)? {
            print::line(&line);
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn redact(args: &RedactArgs) -> anyhow::Result<ExitCode> {
    let names = match &args.names {
        Some(file) => read_names(file)?,
        None => redaction::Names::default(),
    };
    let mut redactor = redaction::Redactor::new(names);
    let input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    redactor.stream(input, &mut output).context("cannot read the input or write the output")?;
    output.flush().context("cannot write the output")?;
    drop(output);
    if args.stats {
        print::note(&serde_json::to_string(&redactor.stats())?);
    }
    Ok(ExitCode::SUCCESS)
}

fn read_names(file: &Path) -> anyhow::Result<redaction::Names> {
    let name = file.display().to_string();
    let text = std::io::read_to_string(File::open(file).with_context(|| format!("cannot open {name}"))?)
        .with_context(|| format!("cannot read {name}: it must be UTF-8 text"))?;
    Ok(redaction::Names::parse(&name, &text)?)
}
