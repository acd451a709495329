//! How long a search among 10,000 articles takes, against the limit of five milliseconds.
//! `cargo xtask bench` runs it; without optimisation its figures mean nothing.
//!
//! The articles are made up: words of syllables, of which a few are in very many articles and most in few, as in any
//! language. The questions are pieces of articles, with typing errors, compounds and words that no article has.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::{Duration, Instant};

use befund_content::{Lang, Text};
use befund_knowledge::{Document, Index};

const ARTICLES: usize = 10_000;
const WORDS: u64 = 20_000;
const SYMPTOMS: usize = 8;
const QUESTIONS: usize = 300;
const LIMIT: Duration = Duration::from_millis(5);

fn main() {
    let mut random = Random(1);
    let documents: Vec<Document> = (0..ARTICLES).map(|number| article(number, &mut random)).collect();
    let questions: Vec<(String, String)> =
        (0..QUESTIONS).map(|_| question(&documents, &mut random)).collect();
    let start = Instant::now();
    let index = Index::new(documents.into_iter());
    let built = start.elapsed();
    let mut found = 0;
    let mut times: Vec<Duration> = questions
        .iter()
        .map(|(text, meant)| {
            let start = Instant::now();
            let hits = std::hint::black_box(index.search(std::hint::black_box(text), 8));
            let took = start.elapsed();
            found += usize::from(hits.iter().any(|hit| hit.id == *meant));
            took
        })
        .collect();
    times.sort_unstable();
    let of_limit = |time: Duration| time.as_secs_f64() / LIMIT.as_secs_f64();
    let (median, most) = (times[QUESTIONS / 2], times[QUESTIONS * 95 / 100]);
    println!(
        "search among {ARTICLES} articles: median {:.3} ms of {QUESTIONS}, {:.2} of the limit of {} ms; 95 in 100 take at most {:.2} of it",
        median.as_secs_f64() * 1e3,
        of_limit(median),
        LIMIT.as_millis(),
        of_limit(most)
    );
    println!("      found in {found} of {QUESTIONS}; the index took {:.1} s", built.as_secs_f64());
}

/// Numbers without order, the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// One of the words, the first ones far more often.
fn word(random: &mut Random) -> String {
    let below = 1 + random.below(WORDS);
    spelled(random.below(below))
}

fn spelled(mut number: u64) -> String {
    const SYLLABLES: [&str; 29] = [
        "dru", "cker", "netz", "werk", "lap", "top", "bild", "schirm", "ta", "sta", "tur", "pass", "wort",
        "kon", "to", "mail", "ser", "ver", "an", "mel", "dung", "spei", "cher", "plat", "te", "ak", "ku",
        "fen", "ster",
    ];
    // Neighbours differ in the first syllable, and each word has two at least.
    number += 29;
    let mut word = String::new();
    while number > 0 {
        word.push_str(SYLLABLES[(number % 29) as usize]);
        number /= 29;
    }
    word
}

fn phrase(words: u64, random: &mut Random) -> String {
    (0..words).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn article(number: usize, random: &mut Random) -> Document {
    let mut text = |words| Text { en: phrase(words, random), de: phrase(words, random) };
    let (title, subtitle) = (text(5), text(8));
    let symptoms = (0..SYMPTOMS).map(|n| (Lang::ALL[n % 2], phrase(4, random))).collect();
    Document { kind: "article".into(), id: format!("article-{number}"), title, subtitle, symptoms }
}

/// What somebody asks, and the article that is meant.
fn question(documents: &[Document], random: &mut Random) -> (String, String) {
    let meant = &documents[random.below(ARTICLES as u64) as usize];
    let symptom = &meant.symptoms[random.below(SYMPTOMS as u64) as usize].1;
    let mut text = String::from("Guten Tag, seit gestern ");
    for word in symptom.split(' ') {
        let at = word.len() / 2;
        match random.below(4) {
            // A letter is missing.
            0 => text.extend([&word[..at], &word[at + 1..]]),
            // A compound.
            1 => text.extend([word, "problem"]),
            _ => text.push_str(word),
        }
        text.push(' ');
    }
    text.push_str("bitte um Hilfe, xylophon quitte");
    (text, meant.id.clone())
}
