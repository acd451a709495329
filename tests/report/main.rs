//! The report of a real package, in a real browser: read by axe, at desktop and phone width, light and
//! dark, in both languages, and kept as screenshots.

use anyhow::{Context as _, Result};
use befund_tests::{Axe, Scratch, Window, befund};
use serde_json::json;

#[tokio::test]
async fn the_report_reads_well_in_a_browser() -> Result<()> {
    let axe = Axe::load()?;
    for lang in ["en", "de"] {
        let scratch = Scratch::new()?;
        let zip = scratch.path().join("package.zip");
        let words = "Since noon <script>alert(1)</script> no page opens";
        let made = scratch
            .command(&befund()?)?
            .args(["package", "--offline", "--lang", lang, "--words", words, "--output"])
            .arg(&zip)
            .output()?;
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let html = scratch.command(&befund()?)?.arg("open").arg(&zip).arg("--html").output()?.stdout;
        let text = String::from_utf8(html).context("the report is not UTF-8")?;
        let file = scratch.write("report.html", &text)?;
        for (name, width, height, dark) in
            [("desktop", 1100, 1400, false), ("phone", 360, 1000, false), ("dark", 1100, 1400, true)]
        {
            let window = Window::browse(&file, width, height, dark).await?;
            let found = window.axe(&axe).await?;
            assert!(found.is_empty(), "axe on the report ({lang}, {name}):\n{}", found.join("\n"));
            // A phone's browser widens the page to what does not fit, so the given width is what counts.
            let script = format!("return document.documentElement.scrollWidth > {width}");
            let sideways = window.run(&script).await?;
            assert_eq!(sideways, json!(false), "the report scrolls sideways ({lang}, {name})");
            let shown = window.text().await?;
            assert!(
                shown.contains("<script>alert(1)</script>"),
                "the person's words are not shown as written"
            );
            assert_eq!(window.run("return document.scripts.length").await?, json!(0));
            assert_eq!(window.run("return document.documentElement.lang").await?, json!(lang));
            window.screenshot(&format!("report-{name}.{lang}")).await?;
            window.close().await?;
        }
    }
    Ok(())
}
