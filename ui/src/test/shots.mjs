// Looks at every page of the gallery in Chromium: a picture each, axe-core, sideways scrolling, targets under 24 px,
// the first screen, the one h1 and the one filled button.
//
//   npm run shots -- [FOLDER] [PAGE …]        pictures go to FOLDER (default: a new one under the system's temp folder)
//
// CHROMIUM names the browser, /usr/bin/chromium otherwise.
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

import { chromium } from "playwright-core";
import { createServer } from "vite";

const all = [
  "home", "home-first", "home-many", "home-hits", "home-no-hits", "home-empty", "checking", "checking-request", "measure", "site", "question", "question-missing", "finding",
  "finding-local", "finding-folders", "measure-folders", "fix", "verify", "no_problem", "hand_over", "emergency", "review", "review-empty", "review-words", "review-priority",
  "review-contact", "review-error", "review-blocked", "file", "sent", "sent-waiting", "sent-attention", "solved", "outbox", "settings",
  "settings-notices", "error",
];
/** Pages whose main action must be seen without scrolling. */
const firstScreen = new Set(["home", "site", "measure", "question", "finding", "fix", "verify", "no_problem", "hand_over", "solved"]);
/** The window, the window at 200 %, and the narrowest one. */
const sizes = [[1100, 760], [550, 760], [320, 700]];
/** Dark follows from the tokens; one language is enough to see that nothing is lost in it, or in forced colours. */
const looks = [["de", "light"], ["en", "light"], ["de", "dark"], ["en", "forced"]];

const [folder = fs.mkdtempSync(path.join(os.tmpdir(), "befund-shots-")), ...chosen] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const server = await createServer({ configFile: "vite.gallery.config.ts", logLevel: "error" });
await server.listen();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Nothing of the browser's own goes out.
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let problems = 0;
let runs = 0;
const complain = (...words) => {
  problems += 1;
  console.log(...words);
};

for (const page of chosen.length > 0 ? chosen : all) {
  for (const [width, height] of sizes) {
    for (const [lang, theme] of looks) {
      const name = [page, lang, theme, width].join(".");
      const forcedColors = theme === "forced" ? "active" : "none";
      const context = await browser.newContext({ viewport: { width, height }, bypassCSP: true, reducedMotion: "reduce", forcedColors });
      const tab = await context.newPage();
      tab.on("console", (message) => {
        if (message.type() === "error") complain(name, "console:", message.text());
      });
      tab.on("pageerror", (error) => complain(name, "error:", error.message));
      await tab.goto(`http://localhost:5174/src/test/gallery.html?page=${page}&lang=${lang}&theme=${theme === "dark" ? "dark" : "light"}`);
      await tab.waitForSelector("html[data-ready]");
      await tab.waitForTimeout(60);
      const seen = await tab.evaluate(() => ({
        wide: document.documentElement.scrollWidth > innerWidth,
        h1: document.querySelectorAll("h1").length,
        filled: document.querySelectorAll(".btn.main").length,
        title: document.title,
        hidden: [...document.querySelectorAll(".btn.main, .answers .btn")]
          .filter((each) => each.getBoundingClientRect().bottom > document.querySelector(".help").getBoundingClientRect().top)
          .map((each) => each.textContent.trim()),
        small: [...document.querySelectorAll("a, button, input, summary, textarea")]
          .filter((each) => {
            const box = each.getBoundingClientRect();
            return box.width > 0 && getComputedStyle(each).display !== "inline" && !each.closest(".skip") && !each.closest("label") && (box.height < 23.9 || box.width < 23.9);
          })
          .map((each) => each.outerHTML.slice(0, 90)),
      }));
      if (seen.wide) complain(name, "scrolls sideways");
      if (seen.h1 !== 1) complain(name, "h1:", seen.h1);
      if (seen.filled > 1) complain(name, "filled buttons:", seen.filled);
      if (!/^Befund: ./.test(seen.title)) complain(name, "title:", seen.title);
      if (width === 1100 && firstScreen.has(page) && seen.hidden.length > 0) complain(name, "below the first screen:", seen.hidden.join(", "));
      for (const each of seen.small) complain(name, "small target:", each);
      // At its full height, so that the sticky help bar covers nothing.
      await tab.setViewportSize({ width, height: await tab.evaluate(() => document.documentElement.scrollHeight) });
      await tab.screenshot({ path: path.join(folder, `${name}.png`) });
      await tab.evaluate(axe);
      const found = await tab.evaluate(
        (contrast) =>
          globalThis.axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            // In forced colours it is the system that chooses.
            rules: { "color-contrast": { enabled: contrast } },
          }),
        theme !== "forced",
      );
      runs += 1;
      for (const each of found.violations) complain(name, each.id, each.nodes.length, each.nodes[0].html.slice(0, 140), each.nodes[0].any[0]?.message ?? "");
      await context.close();
    }
  }
}
await browser.close();
await server.close();
console.log(`${runs} pages looked at, ${problems} problems; pictures in ${folder}`);
process.exit(problems > 0 ? 1 : 0);
