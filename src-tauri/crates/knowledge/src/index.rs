//! The index: what there is to find, and how well it fits a person's words.

use std::collections::{BTreeMap, BTreeSet};

use befund_content::{Lang, Text};
use serde::Serialize;

use crate::words::{Word, stop_words, tokens};

/// Something that can be found.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is: `guide`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// One line more.
    pub subtitle: Text,
    /// How people say it, in any language.
    pub symptoms: Vec<(Lang, String)>,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// What it is.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// How well it fits: 1 is perfect, and nothing below [`Index::ENOUGH`] is a hit.
    pub score: f64,
}

/// Everything there is to find. People mix languages, so both are always searched.
pub struct Index {
    entries: Vec<Entry>,
    words: Vec<Known>,
    stop: BTreeSet<String>,
}

struct Entry {
    kind: String,
    id: String,
    /// Title, subtitle and symptoms, each as positions in `words`, without stop words.
    phrases: Vec<BTreeSet<usize>>,
    words: BTreeSet<usize>,
}

struct Known {
    word: Word,
    /// How much it tells: the fewer documents have it, the more.
    weight: f64,
}

/// A word of the query: its weight, and how alike it is to each known word (where at all).
struct Asked {
    weight: f64,
    alike: BTreeMap<usize, f64>,
}

/// What a word that no document knows counts against a hit. People tell more than the problem.
const UNKNOWN: f64 = 0.25;

/// More words than this are no search but a story; its beginning says what it is about.
const MOST_WORDS: usize = 40;

impl Index {
    /// From this score on it is a hit: nonsense finds nothing.
    pub const ENOUGH: f64 = 0.34;

    /// An index of documents.
    pub fn new(documents: impl Iterator<Item = Document>) -> Self {
        let stop = stop_words();
        let mut positions = BTreeMap::new();
        let mut words = Vec::new();
        let entries: Vec<Entry> = documents
            .map(|document| {
                let titles = [&document.title, &document.subtitle]
                    .into_iter()
                    .flat_map(|text| Lang::ALL.map(|lang| text.get(lang)));
                let phrases: Vec<BTreeSet<usize>> = titles
                    .chain(document.symptoms.iter().map(|(_, symptom)| symptom.as_str()))
                    .map(|phrase| {
                        let telling = tokens(phrase).into_iter().filter(|token| !stop.contains(token));
                        telling
                            .map(|token| {
                                *positions.entry(token).or_insert_with_key(|token| {
                                    words.push(Word::new(token.clone()));
                                    words.len() - 1
                                })
                            })
                            .collect()
                    })
                    .filter(|phrase: &BTreeSet<usize>| !phrase.is_empty())
                    .collect();
                let words = phrases.iter().flatten().copied().collect();
                Entry { kind: document.kind, id: document.id, phrases, words }
            })
            .collect();
        let words = words
            .into_iter()
            .enumerate()
            .map(|(position, word)| {
                let having = entries.iter().filter(|entry| entry.words.contains(&position)).count();
                let weight = (1.0 + entries.len() as f64 / having.max(1) as f64).ln();
                Known { word, weight }
            })
            .collect();
        Self { entries, words, stop }
    }

    /// What fits the person's words, the best first, at most `limit`.
    pub fn search(&self, text: &str, limit: usize) -> Vec<Hit> {
        let asked = self.asked(text);
        let mut hits: Vec<Hit> = self
            .entries
            .iter()
            .map(|entry| Hit {
                kind: entry.kind.clone(),
                id: entry.id.clone(),
                score: self.score(entry, &asked),
            })
            .filter(|hit| hit.score >= Self::ENOUGH)
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
        hits.truncate(limit);
        hits
    }

    fn asked(&self, text: &str) -> Vec<Asked> {
        let mut seen = BTreeSet::new();
        tokens(text)
            .into_iter()
            .filter(|token| !self.stop.contains(token) && seen.insert(token.clone()))
            .take(MOST_WORDS)
            .filter_map(|token| {
                let word = Word::new(token);
                let alike: BTreeMap<usize, f64> = self
                    .words
                    .iter()
                    .enumerate()
                    .map(|(position, known)| (position, word.likeness(&known.word)))
                    .filter(|(_, likeness)| *likeness > 0.0)
                    .collect();
                let best = alike.iter().max_by(|a, b| a.1.total_cmp(b.1));
                let Some((best, likeness)) = best else {
                    // “nciht”: a stop word with a typing error tells as little as without.
                    let stop = self.stop.iter().any(|stop| word.is_nearly(stop));
                    return (!stop).then_some(Asked { weight: UNKNOWN, alike });
                };
                if *likeness < 0.8 && self.stop.iter().any(|stop| word.is_nearly(stop)) {
                    return None;
                }
                Some(Asked { weight: self.words[*best].weight, alike })
            })
            .collect()
    }

    /// Mostly how much of what was asked the document knows; and how close one of its phrases is to
    /// it, so that one symptom that says it all beats words scattered over many.
    fn score(&self, entry: &Entry, asked: &[Asked]) -> f64 {
        let closest = entry
            .phrases
            .iter()
            .map(|phrase| {
                let said = self.said(phrase, asked);
                // Who names two problems means both: a phrase that was said counts whatever else was.
                let in_passing = if said >= 0.75 { 0.6 * said } else { 0.0 };
                in_passing.max(covered(asked, phrase) * (0.5 + 0.5 * said))
            })
            .fold(0.0, f64::max);
        0.6 * covered(asked, &entry.words) + 0.4 * closest
    }

    /// How much of a phrase was said.
    fn said(&self, phrase: &BTreeSet<usize>, asked: &[Asked]) -> f64 {
        let weight: f64 = phrase.iter().map(|word| self.words[*word].weight).sum();
        let said: f64 = phrase
            .iter()
            .map(|word| {
                let best = asked.iter().filter_map(|a| a.alike.get(word)).copied().fold(0.0, f64::max);
                best * self.words[*word].weight
            })
            .sum();
        if weight > 0.0 { said / weight } else { 0.0 }
    }
}

/// How much of what was asked is among `words`.
fn covered(asked: &[Asked], words: &BTreeSet<usize>) -> f64 {
    let weight: f64 = asked.iter().map(|a| a.weight).sum();
    let found: f64 = asked
        .iter()
        .map(|a| {
            let best = a.alike.iter().filter(|(word, _)| words.contains(word)).map(|(_, l)| *l);
            a.weight * best.fold(0.0, f64::max)
        })
        .sum();
    if weight > 0.0 { found / weight } else { 0.0 }
}
