//! The real window, from the home page to a submitted ticket, in both languages, as a person goes:
//! every page is looked at by axe and kept as a screenshot.

use anyhow::{Result, bail};
use befund_content::{Lang, Messages};
use befund_tests::{Axe, Scratch, Window, befund, desktop};
use serde_json::Value;

/// One walk: the window, and what each page must fulfil.
struct Walk {
    window: Window,
    axe: Axe,
    messages: Messages,
    lang: Lang,
    shots: usize,
    name: String,
}

impl Walk {
    async fn begin(scratch: &Scratch, lang: Lang, name: &str) -> Result<Self> {
        let locale = match lang {
            Lang::En => "en_US",
            Lang::De => "de_DE",
        };
        let window = Window::open(scratch, locale).await?;
        Ok(Self {
            window,
            axe: Axe::load()?,
            messages: Messages::builtin(),
            lang,
            shots: 0,
            name: name.into(),
        })
    }

    fn text(&self, key: &str) -> String {
        let text = self.messages.get(self.lang, key, &[]);
        assert_ne!(text, key, "there is no message {key}");
        text
    }

    /// The page is there, its heading has the focus, axe finds nothing, and a screenshot is kept.
    async fn on(&mut self, page: &str) -> Result<String> {
        let title = self.window.page(page).await?;
        self.look(page).await?;
        Ok(title)
    }

    async fn look(&mut self, page: &str) -> Result<()> {
        let found = self.window.axe(&self.axe).await?;
        assert!(found.is_empty(), "axe on {page}:\n{}", found.join("\n"));
        self.shots += 1;
        let shot = format!("{}-{:02}-{page}.{}", self.name, self.shots, self.lang.tag());
        self.window.screenshot(&shot).await
    }

    async fn press(&self, key: &str) -> Result<()> {
        self.window.press(&self.text(key)).await
    }

    async fn current_page(&self) -> Result<String> {
        let page = self.window.run("return document.querySelector('main')?.dataset.page ?? ''").await?;
        Ok(page.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page is another one than `page`.
    async fn leave(&self, page: &str) -> Result<String> {
        let script = format!("return document.querySelector('main')?.dataset.page !== '{page}'");
        self.window.until(&format!("leaving {page}"), &script).await?;
        self.current_page().await
    }
}

#[tokio::test]
async fn a_person_files_a_ticket_in_german() -> Result<()> {
    from_home_to_ticket(Lang::De).await
}

#[tokio::test]
async fn a_person_files_a_ticket_in_english() -> Result<()> {
    from_home_to_ticket(Lang::En).await
}

async fn from_home_to_ticket(lang: Lang) -> Result<()> {
    let scratch = Scratch::new()?;
    let mut walk = Walk::begin(&scratch, lang, "ticket").await?;

    walk.on("home").await?;
    let words = match lang {
        Lang::En => "internet does not work",
        Lang::De => "internet geht nicht",
    };
    walk.window.fill("input[type=search]", words).await?;
    walk.press("ui-home-search").await?;
    let hit = "return document.querySelectorAll('[data-guide=internet]').length > 0";
    walk.window.until("the guide is found by its words", hit).await?;
    walk.look("home-found").await?;
    walk.window.run("document.querySelector('[data-guide=internet]').click()").await?;

    walk.on("checking").await?;
    let mut page = walk.leave("checking").await?;
    // What this computer's network gives is not ours to choose: the walk takes every page as it comes.
    for _ in 0..30 {
        walk.on(&page).await?;
        let before = page.clone();
        match page.as_str() {
            "question" => {
                walk.press("ui-question-dont-know").await?;
                walk.press("ui-question-next").await?;
                let script = format!(
                    "return document.querySelector('main').dataset.page !== 'question' || document.querySelector('h1').innerText !== {}",
                    walk.window.run("return document.querySelector('h1').innerText").await?
                );
                walk.window.until("the next step", &script).await?;
            }
            "finding" => {
                walk.press("ui-finding-show").await?;
                walk.leave("finding").await?;
            }
            "fix" => {
                walk.press("ui-fix-help").await?;
                walk.leave("fix").await?;
            }
            "no_problem" => {
                walk.press("ui-no-problem-still").await?;
                walk.leave("no_problem").await?;
            }
            "hand_over" => break,
            other => bail!("the walk ended on an unexpected page: {other} after {before}"),
        }
        page = walk.current_page().await?;
    }
    walk.press("ui-hand-over-review").await?;

    walk.on("review").await?;
    let text = walk.window.text().await?;
    assert!(text.contains(words), "the person's words are not on the page:\n{text}");
    walk.window.run("document.querySelector('[data-change=contact]').click()").await?;
    walk.window.fill("input[autocomplete=tel]", "030 23125-317").await?;
    walk.press("ui-review-apply").await?;
    walk.window
        .until(
            "the telephone number is on the page",
            "return document.body.innerText.includes('030 23125-317')",
        )
        .await?;
    let value = walk.window.run("return document.querySelector('.chip + span .mono').innerText").await?;
    walk.window.run("document.querySelector('.chip').click()").await?;
    let script = format!(
        "return [...document.querySelectorAll('.chip[aria-pressed=true]')].some((each) => each.innerText.trim() === {value})"
    );
    walk.window.until("the value is readable", &script).await?;
    walk.look("review-readable").await?;
    walk.window.run("document.querySelector('[data-file=\"facts.json\"] [data-read]').click()").await?;
    walk.on("file").await?;
    assert!(walk.window.text().await?.contains("befund.facts/1"));
    walk.press("ui-file-back").await?;
    walk.on("review").await?;
    walk.press("ui-review-send").await?;

    let title = walk.on("sent").await?;
    assert_eq!(title, walk.text("ui-sent-title-filed"));
    let reference = walk
        .window
        .run("return document.body.innerText.match(/BF-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]")
        .await?
        .as_str()
        .unwrap_or_default()
        .to_owned();
    walk.press("ui-to-home").await?;
    walk.on("home").await?;
    walk.press("ui-nav-tickets").await?;
    walk.on("outbox").await?;
    assert!(walk.window.text().await?.contains(&reference));
    walk.press("ui-nav-settings").await?;
    walk.on("settings").await?;
    walk.window.close().await?;

    // What the help desk finds.
    let ticket = scratch.data().join("tickets").join(&reference);
    let json: Value = serde_json::from_slice(&std::fs::read(ticket.join("ticket.json"))?)?;
    assert_eq!(json["contact"]["phone"], "030 23125-317");
    assert_eq!(json["description"]["words"], words);
    assert_eq!(json["lang"], lang.tag());
    let package = ticket.join(format!("Befund-{reference}.zip"));
    let opened = scratch.command(&befund()?)?.arg("open").arg(&package).output()?;
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    assert!(String::from_utf8_lossy(&opened.stdout).contains(&reference));
    Ok(())
}

#[tokio::test]
async fn a_case_goes_on_where_it_was_and_settings_hold() -> Result<()> {
    let scratch = Scratch::new()?;
    let mut walk = Walk::begin(&scratch, Lang::En, "resume").await?;
    walk.on("home").await?;
    walk.window.run("document.querySelector('[data-guide=internet]').click()").await?;
    walk.window.page("checking").await?;
    let page = walk.leave("checking").await?;
    let title = walk.window.page(&page).await?;
    // Killed, not closed: nothing gets a chance to save.
    drop(walk);

    let mut walk = Walk::begin(&scratch, Lang::En, "resume").await?;
    walk.on("home").await?;
    walk.press("ui-home-continue").await?;
    assert_eq!(walk.on(&page).await?, title, "the case did not go on where it was");

    // Dark, German, and with the keyboard alone.
    walk.press("ui-close-case").await?;
    walk.on("home").await?;
    walk.press("ui-nav-settings").await?;
    walk.on("settings").await?;
    walk.window.run("document.querySelector('input[name=language][value=de]').focus()").await?;
    walk.window.keys(" ").await?;
    walk.window.until("German", "return document.documentElement.lang === 'de'").await?;
    walk.lang = Lang::De;
    walk.window.run("document.querySelector('input[name=theme][value=dark]').focus()").await?;
    walk.window.keys(" ").await?;
    walk.window.until("dark", "return document.documentElement.dataset.theme === 'dark'").await?;
    walk.look("settings-dark").await?;
    walk.press("ui-nav-home").await?;
    walk.on("home").await?;
    walk.press("ui-home-continue").await?;
    walk.on(&page).await?;
    walk.window.close().await
}

#[test]
fn without_a_display_one_line_says_so() -> Result<()> {
    for (locale, words) in [("en_US.UTF-8", "there is no display here"), ("de_DE.UTF-8", "keinen Bildschirm")]
    {
        let output = Scratch::new()?
            .command(&desktop()?)?
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env("LANG", locale)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words) && !said.contains("panicked"), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_in_the_window_leads_out_of_it() -> Result<()> {
    let scratch = Scratch::new()?;
    let window = Window::open(&scratch, "en_US").await?;
    window.page("home").await?;
    for way in [
        "location.href = 'https://befund.invalid/'",
        "location.href = 'file:///etc/passwd'",
        "open('https://befund.invalid/')",
        "document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://befund.invalid/' }))",
    ] {
        window.run(way).await?;
        // Answered after the engine has decided about the way out.
        window.run("return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))").await?;
        let place = window.run("return location.protocol + document.querySelector('h1')?.innerText").await?;
        assert_eq!(place, "tauri:What is not working?", "{way}");
    }
    // The policy of the page refuses, and not merely the port.
    let refused = "
        return new Promise((done) => {
            addEventListener('securitypolicyviolation', (e) => done(e.effectiveDirective), { once: true });
            fetch('http://127.0.0.1:9/').catch(() => setTimeout(() => done('nothing refused it'), 1000));
        })";
    assert_eq!(window.run(refused).await?, "connect-src");
    let foreign = "
        return window.__TAURI_INTERNALS__.invoke('plugin:event|emit', { event: 'x' }).then(() => 'allowed', (e) => String(e))";
    let answer = window.run(foreign).await?;
    assert!(answer.as_str().is_some_and(|a| a.contains("not allowed")), "{answer}");
    window.close().await
}
