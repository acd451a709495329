//! The report as its readers meet it.

use befund_content::Lang;

use super::sample::{Sample, redactor, text};
use crate::build;

fn html(sample: &Sample) -> String {
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    // For looking at it: BEFUND_REPORTS=/tmp/reports cargo test -p befund-package page
    if let Some(folder) = std::env::var_os("BEFUND_REPORTS") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join(format!("report.{}.html", sample.lang)),
            built.file("report.html").unwrap(),
        )
        .unwrap();
        std::fs::write(folder.join(format!("README.{}.txt", sample.lang)), built.file("README.txt").unwrap())
            .unwrap();
    }
    String::from_utf8(built.file("report.html").unwrap().to_vec()).unwrap()
}

/// What the page says, without markup.
fn words(html: &str) -> String {
    let body = &html[html.find("<main>").unwrap()..];
    let mut out = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn all_three_readers_find_what_they_need_in_german() {
    let page = words(&html(&Sample::new(Lang::De)));
    for needed in [
        "Der DNS-Server des Routers antwortet nicht",
        "Erstellt am 23.11.2026 um 14:12 Uhr",
        "„Seit heute Mittag öffnet sich keine Seite mehr.",
        "94 %, sehr wahrscheinlich",
        "14:09:02 Router neu starten: Es hat nicht geholfen.",
        "Defekt Der DNS-Server 192.168.1.1 antwortet nicht. 0 von 2 Antworten unter 50 ms dns.server-answers",
        "In Ordnung 2 weitere Prüfungen",
        "Nicht gemessen 1 weitere Prüfung",
        "First Level",
        "gesamt 16,8 GB memory.total_bytes",
        "Computername [host-1] system.host_name",
        "Prozessor und Last, alles cpu",
        "1 weiterer Wert entfällt, weil es nichts zu messen gab.",
        "Namensauflösung (DNS): DNS-Server, Abfragen, Dauer (an 2 Stellen) dns.servers.lookups.took_ms",
        "Die Person sagt: Es ist wie vorher restart-router",
        "logs/befund.log Das eigene Protokoll von Befund",
    ] {
        assert!(page.contains(needed), "{needed}\n\n{page}");
    }
    assert!(!page.contains("report-") && !page.contains("ui-state"), "a text is missing: {page}");
    assert!(
        !page.contains("Betriebssystem: Domäne"),
        "what there was nothing to measure for hides the rest: {page}"
    );
}

#[test]
fn no_likelihood_is_named_where_no_cause_stands_out() {
    for (first, second) in [(0.25, 0.2), (0.62, 0.38)] {
        let sample = Sample::new(Lang::De);
        let mut contents = sample.contents();
        contents.causes[0].probability = first;
        contents.causes[1].probability = second;
        let built = build(&contents, &mut redactor()).unwrap();
        let page = words(std::str::from_utf8(built.file("report.html").unwrap()).unwrap());
        assert!(page.contains("Urteil Keine Ursache sticht hervor"), "{page}");
    }
}

#[test]
fn the_english_page_is_english() {
    let html = html(&Sample::new(Lang::En));
    let page = words(&html);
    assert!(html.contains("<html lang=\"en\">"));
    for needed in [
        "23 November 2026 at 2:12 pm",
        "Broken",
        "2 more checks",
        "total 16.8 GB",
        "No answer within the time allowed",
    ] {
        assert!(page.contains(needed), "{needed}\n\n{page}");
    }
    for german in ["Prüfung", "Uhr", "Auffällig", "report-"] {
        assert!(!page.contains(german), "{german}\n\n{page}");
    }
}

#[test]
fn the_page_loads_runs_and_sends_nothing() {
    let html = html(&Sample::new(Lang::En));
    assert!(html.contains("content=\"default-src &#39;none&#39;; style-src &#39;sha256-"), "no policy");
    assert!(html.contains("<meta charset=\"utf-8\">"));
    for forbidden in [
        "<script",
        "javascript:",
        "http://",
        "https://",
        "<link",
        "<iframe",
        "<form",
        " style=",
        "@import",
        "url(",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    let onclick = html.split('<').any(|tag| tag.split('>').next().is_some_and(|t| t.contains(" on")));
    assert!(!onclick, "an event handler");
}

#[test]
fn every_link_of_the_page_leads_somewhere() {
    let html = html(&Sample::new(Lang::De));
    let targets: Vec<&str> =
        html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.len() > 15);
    for target in targets {
        assert!(html.contains(&format!("id=\"{target}\"")), "#{target}");
    }
}

#[test]
fn text_of_strangers_stays_text() {
    let mut sample = Sample::new(Lang::En);
    sample.words = "<img src=x onerror=alert(1)>\u{1b}[31m \u{202e}evil".into();
    sample.finding = text("</style><script>x</script>", "\"><b>");
    let html = html_only(&sample);
    assert!(html.contains("&#60;img src=x onerror=alert(1)&#62;␛[31m ⟨U+202E⟩evil"), "{html}");
    assert!(!html.contains("<script") && !html.contains("<img"));
}

/// Without writing it for looking at.
fn html_only(sample: &Sample) -> String {
    let built = build(&sample.contents(), &mut redactor()).unwrap();
    String::from_utf8(built.file("report.html").unwrap().to_vec()).unwrap()
}

#[test]
fn the_readme_says_what_the_files_are_in_lines_that_fit() {
    let built = build(&Sample::new(Lang::De).contents(), &mut redactor()).unwrap();
    let readme = String::from_utf8(built.file("README.txt").unwrap().to_vec()).unwrap();
    for file in built.files.iter().filter(|f| f.name != "README.txt") {
        assert!(readme.contains(&format!("  {}", file.name)), "{readme}");
    }
    assert!(readme.lines().all(|l| l.chars().count() <= 100), "{readme}");
    assert!(readme.contains("Support-Paket BF-") && !readme.contains("report-about"), "{readme}");
}
