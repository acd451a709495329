//! Real windows: the app under a display of its own, driven through WebKitWebDriver, and a report in
//! headless Chromium, driven through ChromeDriver.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::programs::{Scratch, artefacts, desktop};

/// How long a page may take to appear: measuring is bounded by its own budgets, and the machine may
/// be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// Processes that end with the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The app in its window.
pub struct Window {
    client: Client,
    // Order matters: the window's session ends before its driver, the driver before the display.
    _driver: Killed,
    _display: Option<Killed>,
}

/// The accessibility checker's script.
pub struct Axe {
    script: String,
}

impl Axe {
    /// Reads axe-core from the npm packages of ui/.
    pub fn load() -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let script = std::fs::read_to_string(&path)
            .with_context(|| format!("{} is missing; run `npm ci` in ui/", path.display()))?;
        Ok(Self { script })
    }
}

impl Window {
    /// Starts display, driver and app with the given data; `width` × `height` is the window's size.
    pub async fn open(scratch: &Scratch, language: &str) -> Result<Self> {
        let (display, name) = start_display()?;
        let port = free_port()?;
        // The policy and data reach the app through the driver's environment.
        let mut driver = scratch.command(Path::new("WebKitWebDriver"))?;
        driver
            .arg(format!("--port={port}"))
            .env("DISPLAY", name)
            .env("LANG", format!("{language}.UTF-8"))
            .env("GDK_BACKEND", "x11")
            .env("GTK_A11Y", "none")
            .env("NO_AT_BRIDGE", "1")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver =
            Killed(driver.spawn().context("cannot start WebKitWebDriver (package webkit2gtk-driver)")?);
        let capabilities: Capabilities = serde_json::from_value(json!({
            "webkitgtk:browserOptions": { "binary": desktop()?, "args": [] }
        }))?;
        let client = connect(port, capabilities).await?;
        client.set_window_size(1100, 760).await?;
        Ok(Self { client, _driver: driver, _display: Some(display) })
    }

    /// A file in headless Chromium: how a supporter reads a report.
    pub async fn browse(file: &Path, width: u32, height: u32, dark: bool) -> Result<Self> {
        let port = free_port()?;
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start chromedriver (package chromium-driver)")?;
        let driver = Killed(driver);
        let mut args = vec![
            "--headless".to_owned(),
            // Chromium refuses its sandbox as root, which CI runs as.
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--disable-quic".into(),
            "--no-first-run".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            "--hide-scrollbars".into(),
            format!("--window-size={width},{height}"),
        ];
        if dark {
            args.push("--blink-settings=preferredColorScheme=0".into());
        }
        let mut options = json!({ "args": args });
        if width < 500 {
            // No window is narrower than that; a phone is.
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0 } });
        }
        let capabilities: Capabilities = serde_json::from_value(json!({
            "browserName": "chrome",
            "goog:chromeOptions": options
        }))?;
        let client = connect(port, capabilities).await?;
        let path = file.canonicalize().with_context(|| format!("{} is not there", file.display()))?;
        client.goto(&format!("file://{}", path.display())).await?;
        Ok(Self { client, _driver: driver, _display: None })
    }

    /// Waits for a page (`<main data-page=…>`) whose heading has the focus, as a screen reader needs.
    pub async fn page(&self, name: &str) -> Result<String> {
        let css = format!("main[data-page='{name}'] h1");
        let waited = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(&css)).await;
        let heading = match waited {
            Ok(heading) => heading,
            Err(error) => {
                self.screenshot("failed").await?;
                bail!("page “{name}” did not appear: {error}\nThe window shows:\n{}", self.text().await?);
            }
        };
        let title = heading.text().await?;
        self.until(
            &format!("focus on the heading of {name}"),
            "return document.activeElement?.tagName === 'H1'",
        )
        .await?;
        Ok(title)
    }

    /// Waits until a script in the page returns true.
    pub async fn until(&self, what: &str, script: &str) -> Result<()> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            if self.client.execute(script, vec![]).await? == Value::Bool(true) {
                return Ok(());
            }
            // WebDriver has no event to wait for; it is asked again.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{what}: did not happen within {PATIENCE:?}\nThe window shows:\n{}", self.text().await?)
    }

    /// What a person reads.
    pub async fn text(&self) -> Result<String> {
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    /// Presses the button or link with this text, as a mouse would.
    pub async fn press(&self, text: &str) -> Result<()> {
        let script = "
            const wanted = arguments[0];
            const all = [...document.querySelectorAll('button, a, summary, label, [role=button]')];
            const name = (e) => (e.getAttribute('aria-label') ?? e.innerText).replace(/\\s+/g, ' ').trim();
            const hit = all.find((e) => name(e) === wanted) ?? all.find((e) => name(e).startsWith(wanted));
            hit?.scrollIntoView({ block: 'center' });
            return hit ?? null;";
        let element = self.client.execute(script, vec![json!(text)]).await?;
        if element.is_null() {
            bail!("nothing to press reads “{text}”. The window shows:\n{}", self.text().await?);
        }
        let element = fantoccini::elements::Element::from_element_id(
            self.client.clone(),
            serde_json::from_value::<String>(
                element.as_object().and_then(|o| o.values().next()).cloned().unwrap_or_default(),
            )?
            .into(),
        );
        element.click().await?;
        Ok(())
    }

    /// Types into the field with this label.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Presses keys, wherever the focus is.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        Ok(self.client.active_element().await?.send_keys(keys).await?)
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// What axe finds on the page; empty is good.
    pub async fn axe(&self, axe: &Axe) -> Result<Vec<String>> {
        if self.client.execute("return typeof window.axe", vec![]).await? != json!("object") {
            self.client.execute(&axe.script, vec![]).await?;
        }
        let script = "
            const done = arguments[arguments.length - 1];
            window.axe.run(document, { resultTypes: ['violations'] }).then(
                (r) => done(r.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' | ')}`)),
                (e) => done([`axe failed: ${e}`]));";
        let found = self.client.execute_async(script, vec![]).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Keeps a screenshot as an artefact.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        let png = self.client.screenshot().await?;
        std::fs::write(artefacts()?.join(format!("{name}.png")), png)?;
        Ok(())
    }

    /// Ends the session, which closes the window.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

/// A display of its own; the X server picks a free number and says it.
fn start_display() -> Result<(Killed, String)> {
    let mut child = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start Xvfb (package xvfb)")?;
    let stdout = child.stdout.take().context("Xvfb says nothing")?;
    let display = Killed(child);
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let number = line.trim();
    if number.is_empty() {
        bail!("Xvfb ended without a display");
    }
    Ok((display, format!(":{number}")))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The driver needs a moment until it listens; it is asked again until it does.
async fn connect(port: u16, capabilities: Capabilities) -> Result<Client> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities.clone());
        match builder.connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return Ok(client),
            Err(error) if tokio::time::Instant::now() > deadline => {
                return Err(error).context("WebKitWebDriver does not answer");
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
