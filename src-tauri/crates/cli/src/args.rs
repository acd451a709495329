//! What can be said on the command line. The texts here are the `--help`.

use std::path::PathBuf;

use befund_app::Lang;
use clap::{Args, Parser, Subcommand};

/// Finds out what is wrong with this computer, and tells support.
#[derive(Debug, Parser)]
#[command(
    name = "befund",
    version,
    max_term_width = 100,
    after_help = "\
Exit codes:
  0  it ran, whatever it found
  1  it could not run
  2  the command line is wrong, or names what does not exist
  3  the policy, a content file, an evidence file or a names file is wrong
  4  the package was refused: it would leak, or it is damaged
  5  the ticket is not filed yet; it stays in the outbox
  130  stopped with Ctrl-C; what was begun can be gone on with

Examples:
  befund check                        judge this computer
  befund search printer is offline    which guide fits, in your own words
  befund guide internet               go through the guide, question by question
  befund guide internet --auto --json measure, ask nothing, print one object
  befund send --guide internet        measure and file a ticket with the findings"
)]
pub(crate) struct Cli {
    /// Language of the texts: en or de (default: the system's).
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge this computer with all checks.
    Check(CheckArgs),
    /// Find the guide that fits what is wrong, in your own words.
    Search(SearchArgs),
    /// Find the cause of a problem.
    Guide(GuideArgs),
    /// Make a support package, and send nothing.
    Package(PackageArgs),
    /// Measure, make a package and file a ticket.
    Send(SendArgs),
    /// List the tickets of this computer, and the cases that are not sent.
    Outbox(OutboxArgs),
    /// Read a support package.
    Open(OpenArgs),
    /// Replace what is private: standard input to standard output.
    Redact(RedactArgs),
    /// Write guides and checks: find mistakes, try a guide out, begin a new one.
    #[command(subcommand)]
    Content(ContentCommand),
}

impl Command {
    /// Whether nothing may be sent while measuring.
    pub(crate) const fn is_offline(&self) -> bool {
        match self {
            Self::Check(args) => args.offline,
            Self::Guide(args) => args.offline,
            Self::Package(args) => args.case.offline,
            Self::Send(args) => args.case.offline,
            Self::Search(_) | Self::Outbox(_) | Self::Open(_) | Self::Redact(_) | Self::Content(_) => false,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund check
  befund check --offline --json | jq '.results[] | select(.status == \"fail\")'
  befund check --only disk.space-system --only memory.available

JSON: {\"schema\": \"befund.check/1\", \"results\": [{\"check\", \"status\", \"reason\", \"text\"}],
       \"took_ms\", \"probe_ms\"}
A status is ok, warn, fail, unknown (not measured; the reason says why) or not_applicable.
Left out unless named with --only: checks of one site, and of services while the policy names none.")]
pub(crate) struct CheckArgs {
    /// Send nothing to the network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Only this check; can be given several times.
    #[arg(long, value_name = "CHECK")]
    pub(crate) only: Vec<String>,
    /// List what does not apply to this computer as well.
    #[arg(long)]
    pub(crate) all: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund search printer is offline
  befund search \"my computer won't turn on\"
  befund search Druckerproblem --json

Typing errors, compounds and either language are fine. Nothing is measured, sent or kept.

JSON: {\"schema\": \"befund.search/1\", \"hits\": [{\"kind\", \"id\", \"title\", \"subtitle\", \"score\"}]}
The best is first; a score is between 0 and 1. Where nothing fits, \"hits\" is empty; that is no error.")]
pub(crate) struct SearchArgs {
    /// What is wrong.
    #[arg(required = true, num_args = 1.., value_name = "TEXT")]
    pub(crate) text: Vec<String>,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund guide                                   list the guides (--json: {\"schema\": \"befund.guides/1\", \"guides\": [{\"id\", \"title\"}]})
  befund guide internet                          step by step
  befund guide --case BF-7K3M-Q2XT               go on where it was
  befund guide internet --auto --json            measure and ask nothing
  befund guide website --target www.example.org --auto --json
  befund guide slow-network --auto --measure     transfer data too, as much as the policy allows
  befund guide my-guide.yaml --evidence ev.json --json   measure nothing: try a guide out

An evidence file: {\"checks\": {\"dns.system-resolves\": \"fail\"}, \"answers\": {\"other-devices\": \"works\"}, \"fixes_failed\": []}
An answer may be null: the person does not know. A name that the guide does not have is an error.
JSON: {\"schema\": \"befund.guide/1\", \"guide\", \"outcome\": \"cause_found\"|\"no_problem\"|\"unsure\",
       \"causes\": [{\"id\", \"probability\"}], \"beside\": {\"id\"}, \"results\", \"next\", \"steps\",
       \"first\": {\"outcome\", \"cause\", \"after_ms\"}, \"took_ms\", \"probe_ms\"}
\"next\" is {\"kind\": \"question\"|\"fix\"|\"measure\"|\"hand_over\"|\"no_problem\", …}. What is measured only where somebody
agrees is a step {\"kind\": \"measure\", \"subject\"}; until then its results are unknown (not_requested).")]
pub(crate) struct GuideArgs {
    /// Id of a guide, or the path of a guide file; without it, the guides are listed.
    pub(crate) guide: Option<String>,
    /// Measure, ask nothing, and print what was found.
    #[arg(long, requires = "guide")]
    pub(crate) auto: bool,
    /// The site that does not open, for the guide “website”, which needs it wherever it cannot ask; the
    /// only host that is asked without being in the policy.
    #[arg(long, value_name = "URL|HOST[:PORT]", requires = "guide", conflicts_with = "evidence")]
    pub(crate) target: Option<String>,
    /// Measure nothing: take results and answers from this JSON file.
    #[arg(long, value_name = "FILE", requires = "guide", conflicts_with = "auto")]
    pub(crate) evidence: Option<PathBuf>,
    /// Go on with a case that was begun, step by step.
    #[arg(long, value_name = "REFERENCE", conflicts_with_all = ["guide", "auto", "evidence", "json"])]
    pub(crate) case: Option<String>,
    /// Agree to measurements that cost something, such as transferring data to see how fast the
    /// connection is, or looking for the largest folders, where the guide wants them.
    #[arg(long, requires = "auto", conflicts_with = "offline")]
    pub(crate) measure: bool,
    /// Send nothing to the network.
    #[arg(long)]
    pub(crate) offline: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund package --guide internet --output findings.zip
  befund package --guide website --target www.example.org
  befund package --case BF-7K3M-Q2XT

JSON: {\"schema\": \"befund.package/1\", \"reference\", \"path\", \"bytes\", \"sha256\", \"files\": [{\"name\", \"bytes\"}]}")]
pub(crate) struct PackageArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// Where to write the zip (default: Befund-REFERENCE.zip in the current folder).
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund send --guide internet --words 'No page opens since noon' --name 'E. Example' --phone 317
  befund send --case BF-7K3M-Q2XT --json
  befund send --guide internet --no-contact

Name, telephone number and mail address are kept for the next ticket and go along again. Which
contact goes along is said on standard error before the ticket is filed.

JSON: {\"schema\": \"befund.send/1\", \"reference\", \"state\": \"filed\"|\"waiting\"|\"attention\", \"ticket\", \"package\", \"detail\"}")]
pub(crate) struct SendArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// Your name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Your telephone number.
    #[arg(long)]
    pub(crate) phone: Option<String>,
    /// Your mail address.
    #[arg(long)]
    pub(crate) mail: Option<String>,
    /// Send no contact, neither a new one nor the one known from before.
    #[arg(long, conflicts_with_all = ["name", "phone", "mail", "preferred"])]
    pub(crate) no_contact: bool,
    /// How you prefer to be reached.
    #[arg(long, value_parser = ["phone", "mail"])]
    pub(crate) preferred: Option<String>,
    /// How urgent it is.
    #[arg(long, value_parser = ["low", "normal", "high", "urgent"])]
    pub(crate) priority: Option<String>,
    /// Leave this file out of the package; can be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) without: Vec<String>,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which case: a new one, or one that was begun.
#[derive(Debug, Args)]
pub(crate) struct CaseArgs {
    /// The guide that fits the problem.
    #[arg(long, value_name = "GUIDE", default_value = "internet", conflicts_with = "case")]
    pub(crate) guide: String,
    /// What is wrong, in your own words.
    #[arg(long, value_name = "TEXT", conflicts_with = "case", value_parser = words)]
    pub(crate) words: Option<String>,
    /// The site that does not open, for the guide “website”.
    #[arg(long, value_name = "URL|HOST[:PORT]", conflicts_with = "case")]
    pub(crate) target: Option<String>,
    /// Go on with this case instead of beginning a new one.
    #[arg(long, value_name = "REFERENCE")]
    pub(crate) case: Option<String>,
    /// Send nothing to the network while measuring.
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Longer words would be cut, and nobody would notice.
fn words(text: &str) -> Result<String, String> {
    match text.chars().count() {
        length if length > befund_app::MAX_WORDS => Err(format!(
            "the text has {length} characters, and at most {} are kept; shorten it",
            befund_app::MAX_WORDS
        )),
        _ => Ok(text.to_owned()),
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund outbox
  befund outbox --retry

JSON: {\"schema\": \"befund.outbox/1\", \"tickets\": [{\"reference\", \"subject\", \"state\", \"detail\", \"updated_at\", \"folder\"}],
       \"cases\": [{\"reference\", \"title\", \"updated_at\"}]}
A ticket is what was sent; a case was begun and is not sent. `befund guide --case REFERENCE` goes on with it.")]
pub(crate) struct OutboxArgs {
    /// Try at once to file what is waiting or needs attention.
    #[arg(long)]
    pub(crate) retry: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund open Befund-BF-7K3M-Q2XT.zip
  befund open Befund-BF-7K3M-Q2XT.zip --file facts.json
  befund open Befund-BF-7K3M-Q2XT.zip --html > report.html
  befund open NEW.zip --compare OLD.zip                  only what changed between two packages of one computer

JSON: the package's report.json; with --compare {\"schema\": \"befund.changes/1\", \"old\", \"new\", \"other_computer\",
      \"results\": [{\"check\", \"old\", \"new\"}], \"facts\": [{\"path\", \"label\", \"old\", \"new\"}], \"missing\"}")]
pub(crate) struct OpenArgs {
    /// The package.
    pub(crate) package: PathBuf,
    /// Print this file of the package.
    #[arg(long, value_name = "NAME", conflicts_with = "html")]
    pub(crate) file: Option<String>,
    /// Print the report as HTML.
    #[arg(long)]
    pub(crate) html: bool,
    /// Print report.json.
    #[arg(long, conflicts_with_all = ["file", "html"])]
    pub(crate) json: bool,
    /// Show what changed since this earlier package.
    #[arg(long, value_name = "OLD", conflicts_with_all = ["file", "html"])]
    pub(crate) compare: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund redact < app.log > app-redacted.log
  journalctl -b | befund redact --names names.txt --stats > boot.log

A names file has one private value a line: `host: pc-17`, `user: erika`, or the value alone.
Lines starting with # are comments.

What is in the names file is replaced everywhere. A name that only its label gives away
(`hostname: pc-17`, `Accepted password for erika`) is replaced from there on, and before it in
what is worked on at once: at most about 256 KB, perhaps nothing. What came earlier is already
written and stays readable. Whoever knows such a name puts it into --names.")]
pub(crate) struct RedactArgs {
    /// Private values to replace beside what is found by its shape.
    #[arg(long, value_name = "FILE")]
    pub(crate) names: Option<PathBuf>,
    /// Print counts by kind as JSON on standard error.
    #[arg(long)]
    pub(crate) stats: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContentCommand {
    /// Find what is wrong or doubtful in guides and checks.
    Lint(LintArgs),
    /// Play a guide through and see what it costs the people who use it.
    Simulate(SimulateArgs),
    /// Begin a guide or a check with a commented skeleton.
    New(BeginArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund content lint my-guide.yaml
  befund content lint ~/our-content --strict      a folder with `guides` and `checks` in it

An error keeps a file from being used; a warning does not. Exit code 3 where there are errors.

JSON: {\"schema\": \"befund.lint/1\", \"files\", \"findings\": [{\"severity\", \"file\", \"line\", \"column\", \"message\", \"help\"}]}")]
pub(crate) struct LintArgs {
    /// Files, or folders with `guides` and `checks` in them (default: this computer's own content).
    pub(crate) paths: Vec<PathBuf>,
    /// Exit with 3 where there are warnings, too.
    #[arg(long)]
    pub(crate) strict: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund content simulate sound
  befund content simulate my-guide.yaml --walks 500 --json

Causes are drawn as common as the guide says they are, results, answers and successes as likely as it says. So this
shows how good the order of the steps is, and not whether the guide's numbers are true.
“wrong” is the share in which another cause was called found, or all was called well, at some point.
“lost” is the share that ends neither solved nor with a human; it must be none.

JSON: {\"schema\": \"befund.simulation/1\", \"guide\", \"walks\", \"seed\", \"all\": {\"cost_seconds\", \"steps\", \"questions\", \"solved\", \"handed_over\", \"wrong\", \"lost\"},
       \"file_order_seconds\", \"best_order_seconds\", \"causes\": [{\"id\", \"share\", and what “all” has}]}")]
pub(crate) struct SimulateArgs {
    /// Id of a guide, or the path of a guide file.
    pub(crate) guide: String,
    /// How often each cause is played.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) walks: u32,
    /// Where the random numbers begin; the same seed gives the same figures.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  befund content new guide scanner
  befund content new check scanner.online --folder ~/our-content

The file goes into the subfolder `guides` or `checks`. What is there already stays as it is.")]
pub(crate) struct BeginArgs {
    /// What to begin.
    #[arg(value_enum)]
    pub(crate) kind: NewKind,
    /// Its name.
    pub(crate) id: String,
    /// The folder of your content.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,
}

/// What can be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum NewKind {
    /// A problem, its causes and what helps.
    Guide,
    /// A judgement over what was measured.
    Check,
}
