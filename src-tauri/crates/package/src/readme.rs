//! README.txt: what a package is, for somebody who has never seen one and has nothing but an editor.

use befund_content::{Lang, Text};
use befund_reference::Reference;

use crate::labels::Labels;
use crate::manifest::RemovedRecord;

/// Lines longer than this are broken: editors on small windows do not break them themselves.
const WIDTH: usize = 78;

/// The text.
pub(crate) fn text(
    lang: Lang,
    reference: Reference,
    created: &str,
    files: &[(String, Text)],
    removed: &[RemovedRecord],
) -> String {
    let labels = Labels(lang);
    let title = labels.get("report-readme-title", &[("reference", reference.to_string().into())]);
    let mut lines = vec![title.clone(), "=".repeat(title.chars().count()), String::new()];
    let mut paragraph = |text: String| {
        wrap(&text, &mut lines);
        lines.push(String::new());
    };
    paragraph(labels.get("report-readme-what", &[("when", created.into())]));
    paragraph(labels.get("report-readme-how", &[]));
    paragraph(labels.get("report-readme-command", &[]));
    lines.push(format!("    befund open Befund-{reference}.zip"));
    lines.push(String::new());

    lines.push(labels.get("report-readme-files", &[]));
    lines.push(String::new());
    let width = files.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, about) in files {
        lines.push(format!("  {name:width$}  {}", one_line(about.get(lang))));
    }
    lines.push(String::new());
    if !removed.is_empty() {
        lines.push(labels.get("report-readme-removed", &[]));
        lines.push(String::new());
        lines.extend(removed.iter().map(|r| format!("  {}  {}", r.name, one_line(r.about.get(lang)))));
        lines.push(String::new());
    }
    wrap(&labels.get("report-readme-privacy", &[("example", "[host-…]".into())]), &mut lines);
    lines.push(String::new());
    // Windows' simplest editor did not know any other line end for decades.
    lines.join("\r\n")
}

fn one_line(text: &str) -> String {
    crate::printable::printable_line(text, 200)
}

fn wrap(text: &str, lines: &mut Vec<String>) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
}
