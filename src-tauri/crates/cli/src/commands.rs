//! The commands. Each hands over to the application and prints what comes back.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use befund_app::report::{Consent, SendState, is_path};
use befund_app::view::{
    CaseAction, CasePage, CaseView, ContactView, FixView, FoldersView, ReviewChange, RowUpdate,
};
use befund_app::{App, AppError, Lang, Status, package as packages, redact as redaction};

use crate::args::{
    CaseArgs, CheckArgs, GuideArgs, OpenArgs, OutboxArgs, PackageArgs, RedactArgs, SearchArgs, SendArgs,
};
use crate::{Begun, Refused, print};

pub(crate) async fn check(app: &App, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let progress = print::Progress::new();
    let report = app.check(&args.only, |row| tell(&progress, &row)).await?;
    drop(progress);
    if args.json {
        print::json(&report)?;
    } else {
        let width =
            report.results.iter().map(|r| app.state_word(r.status).chars().count()).max().unwrap_or(0);
        // Whoever reads no further than the first lines has read what is broken. What does not apply here (a
        // printer where there is none) is counted, and listed for those who ask for it.
        let all = args.all || !args.only.is_empty();
        let rest = all.then_some(Status::NotApplicable);
        for status in [Status::Fail, Status::Warn, Status::Unknown, Status::Ok].into_iter().chain(rest) {
            for result in report.results.iter().filter(|r| r.status == status) {
                let text = format!("{}: {}", result.title, result.text);
                print::state_line(status.as_str(), &app.state_word(status), width, &text)?;
            }
        }
        print::line(&app.counts(&report))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(progress: &print::Progress, update: &RowUpdate) {
    let row = &update.row;
    // What is still measured and says how far it is.
    match (row.status.as_str(), row.text.as_str()) {
        ("running", text) if !text.is_empty() => {
            progress.update(update.done, update.total, &format!("{}: {text}", row.title));
        }
        _ => progress.update(update.done, update.total, &row.title),
    }
}

pub(crate) fn search(app: &App, args: &SearchArgs) -> anyhow::Result<ExitCode> {
    let report = app.search_report(&args.text.join(" "));
    if args.json {
        print::json(&report)?;
    } else if report.hits.is_empty() {
        print::note(&app.message("cli-search-nothing"));
    } else {
        for hit in &report.hits {
            print::line(&format!("{:<16} {}", hit.id, hit.title))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn guide(app: &App, args: &GuideArgs, begun: &Begun) -> anyhow::Result<ExitCode> {
    if let Some(reference) = &args.case {
        return step_by_step(app, app.open_case(reference)?, begun).await;
    }
    let Some(guide) = &args.guide else {
        let list = app.guide_list();
        if args.json {
            print::json(&list)?;
        } else {
            for guide in &list.guides {
                print::line(&format!("{:<16} {}", guide.id, guide.title))?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    };
    let report = if let Some(evidence) = &args.evidence {
        app.guide_with_evidence(guide, evidence)?
    } else if args.auto || args.json || is_path(guide) || !std::io::stdin().is_terminal() {
        site_fits(app, guide, args.target.as_deref(), true)?;
        let progress = print::Progress::new();
        let consent = if args.measure { Consent::Given } else { Consent::Withheld };
        let site = args.target.as_deref();
        app.guide_auto(guide, site, consent, |row| tell(&progress, &row)).await?
    } else {
        site_fits(app, guide, args.target.as_deref(), false)?;
        return step_by_step(app, app.start_case_for(guide, "", args.target.as_deref())?, begun).await;
    };
    if args.json {
        print::json(&report)?;
    } else {
        print::line(&report.sentence)?;
        if let Some(meaning) = &report.meaning {
            print::line(meaning)?;
        }
        // One that stands alone was just named.
        let likely: Vec<_> = report.causes.iter().filter(|c| c.probability >= 0.05).collect();
        for cause in likely.iter().filter(|_| likely.len() > 1) {
            print::line(&format!("  {:>3.0} %  {}", cause.probability * 100.0, cause.title))?;
        }
        for sentence in report.beside_sentence.iter().chain(&report.next_sentence) {
            print::line(sentence)?;
        }
        if let Some(folders) = &report.folders {
            list_folders(folders)?;
        }
        let unknown = report.results.iter().filter(|r| r.status == Status::Unknown);
        not_measured(app, unknown.map(|r| (r.text.as_str(), r.title.as_str())))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The largest folders, one a line.
fn list_folders(folders: &FoldersView) -> anyhow::Result<()> {
    print::line(&format!("\n{}", folders.title))?;
    for row in &folders.rows {
        print::line(&format!("  {:>9}  {:>6}  {}", row.size, row.share, row.path))?;
    }
    for note in &folders.notes {
        print::line(&format!("  {note}"))?;
    }
    Ok(())
}

/// What was not measured, by the reasons for it: nobody is to take it for fine.
fn not_measured<'a>(app: &App, rows: impl Iterator<Item = (&'a str, &'a str)>) -> anyhow::Result<()> {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for (reason, title) in rows {
        match by_reason.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, titles)) => titles.push(title),
            None => by_reason.push((reason, vec![title])),
        }
    }
    for (reason, titles) in by_reason {
        let titles = titles.join(", ");
        print::line(&app.message_with("cli-not-measured", &[("reason", reason), ("titles", &titles)]))?;
    }
    Ok(())
}

/// A site is named where the guide is about one and nobody can be asked, and nowhere else.
fn site_fits(app: &App, guide: &str, site: Option<&str>, needed: bool) -> anyhow::Result<()> {
    let key = match (app.is_about_a_site(guide)?, site.is_some_and(|s| !s.trim().is_empty())) {
        (true, false) if needed => "cli-site-missing",
        (false, true) => "cli-site-unused",
        _ => return Ok(()),
    };
    Err(Refused { code: 2, text: app.message_with(key, &[("guide", guide)]) }.into())
}

/// The guide as a conversation. Closing it in the middle loses nothing: the case goes on with
/// `befund guide --case`.
async fn step_by_step(app: &App, mut case: CaseView, begun: &Begun) -> anyhow::Result<ExitCode> {
    let reference = case.reference.clone();
    begun.with("guide", &reference);
    print::line(&format!("{}  ({reference})", case.title))?;
    // First steps that were shown already.
    let mut shown = 0;
    let mut listed = None;
    loop {
        // Once, and again where it was measured again.
        if case.folders != listed
            && let Some(folders) = &case.folders
        {
            list_folders(folders)?;
            listed.clone_from(&case.folders);
        }
        let action = match &case.page {
            CasePage::Checking { .. } => {
                let progress = print::Progress::new();
                case = app.measure_case(&reference, |row| tell(&progress, &row)).await?;
                continue;
            }
            CasePage::Site => {
                print::line(&format!("\n{}", app.message("ui-site-title")))?;
                print::line(&format!("({})", app.message("ui-site-hint")))?;
                match print::ask(&app.message("cli-site")).await {
                    Some(site) => {
                        if site.is_empty() {
                            print::line(&app.message("cli-site-unknown"))?;
                        }
                        let action = CaseAction::NameSite { site: Some(site).filter(|s| !s.is_empty()) };
                        match app.act(&reference, action) {
                            Ok(next) => case = next,
                            Err(error @ AppError::Site { .. }) => print::note(&error.lines(app.lang())),
                            Err(error) => return Err(error.into()),
                        }
                        continue;
                    }
                    None => None,
                }
            }
            CasePage::Question { id, ask, hint, answers, why, .. } => {
                print::line(&format!("\n{ask}"))?;
                for more in hint.iter().chain([why]) {
                    print::line(&format!("({more})"))?;
                }
                let labels: Vec<&str> = answers.iter().map(|a| a.label.as_str()).collect();
                let unknown = app.message("answer-unknown");
                choose(app, &[&labels[..], &[&unknown]].concat()).await?.map(|choice| CaseAction::Answer {
                    question: id.clone(),
                    answer: answers.get(choice).map(|a| a.id.clone()),
                })
            }
            CasePage::Measure { subject, title, what, why, data, time, hosts } => {
                print::line(&format!("\n{title}\n{what}\n({why})"))?;
                let hosts = hosts.join(", ");
                print::line(&match data {
                    Some(data) => {
                        let cost = [("data", data.as_str()), ("time", time), ("hosts", &hosts)];
                        app.message_with("cli-measure-cost", &cost)
                    }
                    None => app.message_with("cli-measure-time", &[("time", time)]),
                })?;
                let subject = subject.clone();
                choose_message(app, &["ui-measure-yes", "ui-measure-no", "cli-hand-over"]).await?.map(
                    |choice| match choice {
                        0 => CaseAction::Measure { subject },
                        1 => CaseAction::DontMeasure { subject },
                        _ => CaseAction::HandOver,
                    },
                )
            }
            CasePage::Finding { likelihood, title, meaning, beside, fix, .. } => {
                print::line(&format!("\n{likelihood}: {title}\n{meaning}"))?;
                if let Some(beside) = beside {
                    print::line(beside)?;
                }
                try_fix(app, fix).await?
            }
            CasePage::Fix { fix } => try_fix(app, fix).await?,
            CasePage::Verify { rows, .. } => {
                for row in rows {
                    print::line(&format!("  {}: {} → {}", row.title, row.before, row.now))?;
                }
                print::line(&app.message("cli-works-now"))?;
                choose_message(app, &["cli-yes", "cli-partly", "cli-no"])
                    .await?
                    .map(|n| CaseAction::Verified { outcome: ["yes", "partly", "no"][n.min(2)].into() })
            }
            CasePage::NoProblem { unmeasured, .. } => {
                print::line(&format!("\n{}", app.message("outcome-no-problem")))?;
                not_measured(app, unmeasured.iter().map(|row| (row.value.as_str(), row.title.as_str())))?;
                print::line(&app.message("cli-works-now"))?;
                choose_message(app, &["cli-works", "cli-still-broken"])
                    .await?
                    .map(|n| if n == 0 { CaseAction::Close } else { CaseAction::StillBroken })
            }
            CasePage::HandOver { why, cause, first_steps, question, unmeasured, .. } => {
                if shown == 0 || first_steps.is_empty() {
                    print::line(&format!("\n{why}"))?;
                }
                for (number, step) in first_steps.iter().enumerate().skip(shown) {
                    print::line(&format!("  {}. {step}", number + 1))?;
                }
                shown = first_steps.len();
                if let Some(question) = question {
                    print::line(&format!("\n{}", question.ask))?;
                    if let Some(hint) = &question.hint {
                        print::line(&format!("({hint})"))?;
                    }
                    let labels: Vec<&str> = question.answers.iter().map(|a| a.label.as_str()).collect();
                    let unknown = app.message("answer-unknown");
                    if let Some(choice) = choose(app, &[&labels[..], &[&unknown]].concat()).await? {
                        let answer = question.answers.get(choice).map(|a| a.id.clone());
                        let action = CaseAction::Answer { question: question.id.clone(), answer };
                        case = app.act(&reference, action)?;
                        continue;
                    }
                }
                if *unmeasured {
                    let progress = print::Progress::new();
                    case = app.measure_case(&reference, |row| tell(&progress, &row)).await?;
                    continue;
                }
                if let Some(cause) = cause.as_ref().filter(|cause| !why.contains(*cause)) {
                    print::line(cause)?;
                }
                let command = format!("befund send --case {reference}");
                print::note(&app.message_with("cli-send-with", &[("command", &command)]));
                break;
            }
            CasePage::Solved { .. } => {
                print::line(&app.message("cli-solved"))?;
                break;
            }
            CasePage::Sent { sent } => {
                print::line(&format!("{}\n{}", sent.state_text, sent.folder))?;
                break;
            }
        };
        let Some(action) = action else {
            // The end of the input is no decision.
            let command = format!("befund guide --case {reference}");
            print::note(&app.message_with("cli-go-on-with", &[("command", &command)]));
            break;
        };
        case = app.act(&reference, action)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows a fix, and asks what became of it.
async fn try_fix(app: &App, fix: &FixView) -> anyhow::Result<Option<CaseAction>> {
    print::line(&format!("\n{}\n{}", fix.title, fix.summary))?;
    for (number, step) in fix.steps.iter().enumerate() {
        print::line(&format!("  {}. {step}", number + 1))?;
    }
    let fix = fix.id.clone();
    Ok(choose_message(app, &["cli-fix-done", "cli-not-it", "cli-hand-over"]).await?.map(
        |choice| match choice {
            0 => CaseAction::FixDone { fix },
            1 => CaseAction::NotIt { fix },
            _ => CaseAction::HandOver,
        },
    ))
}

async fn choose_message(app: &App, keys: &[&str]) -> anyhow::Result<Option<usize>> {
    let options: Vec<String> = keys.iter().map(|key| app.message(key)).collect();
    choose(app, &options.iter().map(String::as_str).collect::<Vec<_>>()).await
}

/// A numbered choice; asks again until the answer is a number of the list. `None` at the end of input.
async fn choose(app: &App, options: &[&str]) -> anyhow::Result<Option<usize>> {
    // Apart from the steps above, which are numbered as well.
    print::line("")?;
    for (number, option) in options.iter().enumerate() {
        print::line(&format!("  {}) {option}", number + 1))?;
    }
    while let Some(answer) = print::ask(&app.message("cli-choose")).await {
        match answer.parse::<usize>() {
            Ok(n) if (1..=options.len()).contains(&n) => return Ok(Some(n - 1)),
            _ => print::note(&app.message("cli-choose-again")),
        }
    }
    Ok(None)
}

/// The case named, or a new one, measured.
async fn measured_case(app: &App, args: &CaseArgs, command: &str, begun: &Begun) -> anyhow::Result<String> {
    let case = match &args.case {
        Some(reference) => app.open_case(reference)?,
        None => {
            let site = args.target.as_deref();
            // A case has a guide of this computer, by its id; a path is refused as one that there is not.
            if !is_path(&args.guide) {
                site_fits(app, &args.guide, site, true)?;
            }
            app.start_case_for(&args.guide, args.words.as_deref().unwrap_or_default(), site)?
        }
    };
    begun.with(command, &case.reference);
    if matches!(case.page, CasePage::Checking { .. }) {
        let progress = print::Progress::new();
        app.measure_case(&case.reference, |row| tell(&progress, &row)).await?;
    }
    Ok(case.reference)
}

pub(crate) async fn package(app: &App, args: &PackageArgs, begun: &Begun) -> anyhow::Result<ExitCode> {
    let reference = measured_case(app, &args.case, "package", begun).await?;
    let report = app.write_package(&reference, args.output.as_deref())?;
    if args.json {
        print::json(&report)?;
    } else {
        print::line(&report.path)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn send(app: &App, args: &SendArgs, begun: &Begun) -> anyhow::Result<ExitCode> {
    // Nobody waits for measurements that cannot be sent.
    app.may_send()?;
    let reference = measured_case(app, &args.case, "send", begun).await?;
    if args.no_contact {
        app.send_no_contact(&reference)?;
    }
    let given = [&args.name, &args.phone, &args.mail, &args.preferred].iter().any(|field| field.is_some());
    let contact = if given { Some(with_contact(app.contact(&reference)?, args)) } else { None };
    let change = ReviewChange {
        contact,
        priority: args.priority.clone(),
        removed: (!args.without.is_empty()).then(|| args.without.clone()),
        ..ReviewChange::default()
    };
    // A case that is sent already has nothing to change; sending it again only shows where it is.
    if change != ReviewChange::default() {
        app.change_review(&reference, change)?;
    }
    // What is known from before goes along too, so it is said before it goes.
    if let Some(contact) = app.contact_that_goes(&reference)? {
        print::note(&contact);
    }
    for line in app.what_goes(&reference)? {
        print::note(&line);
    }
    let report = app.submit(&reference)?;
    if args.json {
        print::json(&report)?;
    } else {
        print::line(&report.sentence)?;
        let row = |label: &str, value: &str| print::line(&format!("{:<10} {value}", app.message(label)));
        row("label-reference", &report.reference)?;
        if let Some(ticket) = &report.ticket {
            row("label-ticket", ticket)?;
        }
        row("label-package", &report.package)?;
    }
    Ok(if report.state == SendState::Filed { ExitCode::SUCCESS } else { ExitCode::from(5) })
}

/// What is known of the person, with what was said now.
fn with_contact(known: ContactView, args: &SendArgs) -> ContactView {
    ContactView {
        name: args.name.clone().unwrap_or(known.name),
        phone: args.phone.clone().unwrap_or(known.phone),
        mail: args.mail.clone().unwrap_or(known.mail),
        preferred: args.preferred.clone().unwrap_or(known.preferred),
    }
}

pub(crate) fn outbox(app: &App, args: &OutboxArgs) -> anyhow::Result<ExitCode> {
    if args.retry {
        app.retry()?;
    }
    let report = app.outbox_report()?;
    if args.json {
        print::json(&report)?;
    } else if report.tickets.is_empty() && report.cases.is_empty() {
        print::note(&app.message("outbox-empty"));
    } else {
        for ticket in &report.tickets {
            print::line(&format!("{}  {:<10} {}", ticket.reference, ticket.state_word, ticket.subject))?;
            if let Some(folder) = &ticket.folder {
                print::line(&format!("              {folder}"))?;
            }
            if !ticket.detail.is_empty() {
                print::line(&format!("              {}", ticket.detail))?;
            }
        }
        let begun = app.message("outbox-state-begun");
        for case in &report.cases {
            print::line(&format!("{}  {begun:<10} {}", case.reference, case.title))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn open(args: &OpenArgs, lang: Lang) -> anyhow::Result<ExitCode> {
    let mut opened = packages::open(&args.package).map_err(AppError::from)?;
    if let Some(old) = &args.compare {
        let mut old = packages::open(old).map_err(AppError::from)?;
        let changes = packages::compare(&mut old, &mut opened, lang).map_err(AppError::from)?;
        if args.json {
            print::json(&changes)?;
        } else {
            for line in befund_app::report::changes(&changes, lang) {
                print::line(&line)?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
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
            print::line(&line)?;
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
    let refused = |text: String| Refused { code: 3, text };
    let opened = File::open(file).map_err(|e| refused(format!("cannot open {name}: {e}")))?;
    let text = std::io::read_to_string(opened)
        .map_err(|e| refused(format!("cannot read {name}: {e}; it must be UTF-8 text")))?;
    Ok(redaction::Names::parse(&name, &text)?)
}
