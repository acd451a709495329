//! `befund content`: the commands of those who write guides and checks. Their texts are English alone, as the errors
//! in content files are.

use std::process::ExitCode;

use befund_app::App;
use befund_app::authors::{Course, Draws, Kind, Severity};

use crate::args::{BeginArgs, ContentCommand, LintArgs, NewKind, SimulateArgs};
use crate::print;

pub(crate) fn content(app: &App, command: &ContentCommand) -> anyhow::Result<ExitCode> {
    match command {
        ContentCommand::Lint(args) => lint(app, args),
        ContentCommand::Simulate(args) => simulate(app, args),
        ContentCommand::New(args) => begin(app, args),
    }
}

fn lint(app: &App, args: &LintArgs) -> anyhow::Result<ExitCode> {
    let report = app.lint(&args.paths)?;
    let errors = report.findings.iter().filter(|f| f.severity == Severity::Error).count();
    let warnings = report.findings.len() - errors;
    if args.json {
        print::json(&report)?;
    } else {
        for finding in &report.findings {
            let place = match (finding.line, finding.column) {
                (Some(line), Some(column)) => format!(":{line}:{column}"),
                _ => String::new(),
            };
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            print::line(&format!("{}{place}: {severity}: {}", finding.file, finding.message))?;
            if !finding.help.is_empty() {
                print::line(&format!("  {}", finding.help))?;
            }
        }
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        if report.files == 0 && report.findings.is_empty() {
            print::note(
                "This computer has no content of its own. Name files, or a folder with `guides` and `checks` in it.",
            );
        }
        print::line(&format!(
            "{}: {}, {}",
            count(report.files, "file"),
            count(errors, "error"),
            count(warnings, "warning")
        ))?;
    }
    Ok(if errors > 0 || args.strict && warnings > 0 { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn simulate(app: &App, args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let report = app.simulate(&args.guide, Draws { walks: args.walks, seed: args.seed })?;
    if args.json {
        print::json(&report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let simulation = &report.simulation;
    let (all, causes) = (&simulation.all, &simulation.causes);
    print::line(&format!(
        "{}: {} walks for each cause, seed {}; costs are seconds until it is solved",
        simulation.guide, simulation.walks, simulation.seed
    ))?;
    let share = |of: f64| format!("{:.0}% of it", 100.0 * all.cost_seconds / of);
    print::line(&format!("  the steps that Befund chooses  {:>6.0}", all.cost_seconds))?;
    print::line(&format!(
        "  the fixes as in the file       {:>6.0}   Befund: {}",
        simulation.file_order_seconds,
        share(simulation.file_order_seconds)
    ))?;
    match simulation.best_order_seconds {
        Some(best) => {
            let line = format!("  the best order of the fixes    {best:>6.0}   Befund: {}", share(best));
            print::line(&line)?;
        }
        None => print::line("  the best order of the fixes         –   too many fixes to try every order")?,
    }
    print::line("")?;
    let width = causes.iter().map(|c| c.id.as_str().len()).max().unwrap_or(0).max("all".len());
    print::line(&format!("{:width$}  share    cost  steps  questions  solved  human  wrong  lost", "cause"))?;
    let row = |name: &str, share: f64, course: &Course| {
        let percent = |p: f64| format!("{:.0}%", 100.0 * p);
        format!(
            "{name:width$}  {:>5}  {:>6.0}  {:>5.1}  {:>9.1}  {:>6}  {:>5}  {:>5}  {:>4}",
            percent(share),
            course.cost_seconds,
            course.steps,
            course.questions,
            percent(course.solved),
            percent(course.handed_over),
            percent(course.wrong),
            percent(course.lost)
        )
    };
    for cause in causes {
        print::line(&row(cause.id.as_str(), cause.share, &cause.course))?;
    }
    print::line(&row("all", 1.0, all))?;
    Ok(ExitCode::SUCCESS)
}

fn begin(app: &App, args: &BeginArgs) -> anyhow::Result<ExitCode> {
    let kind = match args.kind {
        NewKind::Guide => Kind::Guide,
        NewKind::Check => Kind::Check,
    };
    let path = app.begin_content(kind, &args.id, &args.folder)?;
    let path = path.display();
    print::line(&path.to_string())?;
    print::note(&format!("Next: befund content lint {path}"));
    if kind == Kind::Guide {
        print::note(&format!("      befund content simulate {path}"));
    }
    Ok(ExitCode::SUCCESS)
}
