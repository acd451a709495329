//! The index: what there is to find, and how well it fits a person's words.

use std::collections::{BTreeSet, HashMap};

use befund_content::{Lang, Text};

use crate::lexicon::Lexicon;
use crate::model::Model;
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

impl Document {
    fn phrases(&self) -> impl Iterator<Item = &str> {
        let titles =
            [&self.title, &self.subtitle].into_iter().flat_map(|text| Lang::ALL.map(|l| text.get(l)));
        titles.chain(self.symptoms.iter().map(|(_, symptom)| symptom.as_str()))
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq)]
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
    lexicon: Lexicon,
    /// By a word's position: which entries have it.
    having: Vec<Vec<u32>>,
    /// By a word's position: how much it tells. The fewer documents have it, the more.
    weights: Vec<f64>,
    stop: Lexicon,
    model: Model,
}

struct Entry {
    kind: String,
    id: String,
    /// Title, subtitle and symptoms, each as positions of words, without stop words.
    phrases: Vec<BTreeSet<u32>>,
}

/// The words of a query.
struct Asked {
    /// How much each tells.
    weights: Vec<f64>,
    /// By a known word's position: which words of the query are like it, and how much.
    alike: HashMap<u32, Vec<(usize, f64)>>,
    /// By entry: how much of the query it has.
    covered: Vec<f64>,
    /// Whether a word was said that only few entries have.
    telling: bool,
}

/// What a word that no document knows counts against a hit. People tell more than the problem.
const UNKNOWN: f64 = 0.25;

/// More words than this are no search but a story; its beginning says what it is about.
const MOST_WORDS: usize = 40;

/// How much of the score is the model's.
const MODEL: f64 = 0.5;

/// A word that one in so many entries has, or fewer, is enough to find something in a long story.
const FEW: usize = 10;

/// How many entries are looked at phrase by phrase: those that have most of the query.
const LOOKED_AT: usize = 100;

impl Index {
    /// From this score on it is a hit: nonsense finds nothing.
    pub const ENOUGH: f64 = 0.34;

    /// An index of documents.
    pub fn new(documents: impl Iterator<Item = Document>) -> Self {
        let documents: Vec<Document> = documents.collect();
        let stop = stop_words();
        let mut lexicon = Lexicon::default();
        let mut having: Vec<Vec<u32>> = Vec::new();
        let mut entries = Vec::new();
        for (number, document) in (0u32..).zip(&documents) {
            let phrases: Vec<BTreeSet<u32>> = document
                .phrases()
                .map(|phrase| {
                    let telling = tokens(phrase).into_iter().filter(|token| !stop.contains(token));
                    telling.map(|token| lexicon.add(token)).collect()
                })
                .filter(|phrase: &BTreeSet<u32>| !phrase.is_empty())
                .collect();
            having.resize_with(lexicon.len(), Vec::new);
            for word in phrases.iter().flatten().collect::<BTreeSet<_>>() {
                having[*word as usize].push(number);
            }
            entries.push(Entry { kind: document.kind.clone(), id: document.id.clone(), phrases });
        }
        let all = entries.len() as f64;
        let weights = having.iter().map(|having| (1.0 + all / having.len().max(1) as f64).ln()).collect();
        let model = Model::new(documents.iter().map(|document| document.phrases().collect()));
        Self { entries, lexicon, having, weights, stop, model }
    }

    /// What fits the person's words, the best first, at most `limit`.
    pub fn search(&self, text: &str, limit: usize) -> Vec<Hit> {
        let words = tokens(text);
        let asked = self.asked(&words);
        let speaks = self.model.speaks(&words[..words.len().min(MOST_WORDS)]);
        // Both scores in the same way, so that a bound on the words alone holds for the mix.
        let mixed = |entry: usize, words: f64| match &speaks {
            Some(speaks) => (1.0 - MODEL) * words + MODEL * f64::from(speaks[entry]),
            None => words,
        };
        let mut likely: Vec<(usize, f64)> = asked
            .covered
            .iter()
            .enumerate()
            .filter(|(_, covered)| **covered > 0.0)
            .map(|(entry, covered)| (entry, mixed(entry, *covered)))
            .collect();
        if likely.len() > LOOKED_AT {
            likely.select_nth_unstable_by(LOOKED_AT, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            likely.truncate(LOOKED_AT);
        }
        let fits: Vec<(usize, f64)> = likely
            .into_iter()
            .map(|(number, _)| {
                let closest = self.closest(&self.entries[number], &asked);
                (number, 0.6 * asked.covered[number] + 0.4 * closest)
            })
            .collect();
        // Whether anything fits at all, words say: their pieces are in nonsense, too.
        if !asked.telling && fits.iter().all(|(_, words)| *words < Self::ENOUGH) {
            return Vec::new();
        }
        let mut hits: Vec<Hit> = fits
            .into_iter()
            .map(|(number, words)| Hit {
                kind: self.entries[number].kind.clone(),
                id: self.entries[number].id.clone(),
                score: mixed(number, words),
            })
            .filter(|hit| hit.score >= Self::ENOUGH)
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
        hits.truncate(limit);
        hits
    }

    fn asked(&self, words: &[String]) -> Asked {
        let mut asked = Asked {
            weights: Vec::new(),
            alike: HashMap::new(),
            covered: vec![0.0; self.entries.len()],
            telling: false,
        };
        let mut seen = BTreeSet::new();
        let telling = words.iter().filter(|word| !self.stop.contains(word) && seen.insert(*word));
        // By entry: its word that is most like the word in hand.
        let mut likest = vec![0.0f64; self.entries.len()];
        let mut touched = Vec::new();
        for token in telling.take(MOST_WORDS) {
            let word = Word::new(token.clone());
            let alike = self.lexicon.alike(&word);
            // Of two that are as much alike, the one that was known first.
            let best = alike.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            // “nciht”: a stop word with a typing error tells as little as without.
            if best.is_none_or(|(_, likeness)| *likeness < 0.8) && self.stop.has_nearly(&word) {
                continue;
            }
            let weight = best.map_or(UNKNOWN, |(known, _)| self.weights[*known as usize]);
            asked.telling |= best.is_some_and(|(known, likeness)| {
                *likeness >= 1.0 && self.having[*known as usize].len() * FEW <= self.entries.len()
            });
            let number = asked.weights.len();
            asked.weights.push(weight);
            for (known, likeness) in alike {
                asked.alike.entry(known).or_default().push((number, likeness));
                for entry in &self.having[known as usize] {
                    let best = &mut likest[*entry as usize];
                    if *best == 0.0 {
                        touched.push(*entry as usize);
                    }
                    *best = best.max(likeness);
                }
            }
            for entry in touched.drain(..) {
                asked.covered[entry] += weight * std::mem::take(&mut likest[entry]);
            }
        }
        let all: f64 = asked.weights.iter().sum();
        if all > 0.0 {
            asked.covered.iter_mut().for_each(|covered| *covered /= all);
        }
        asked
    }

    /// How close one phrase of an entry is to what was asked, so that one symptom that says it all beats words scattered
    /// over many.
    fn closest(&self, entry: &Entry, asked: &Asked) -> f64 {
        let all: f64 = asked.weights.iter().sum();
        let mut best = vec![0.0f64; asked.weights.len()];
        entry
            .phrases
            .iter()
            .map(|phrase| {
                best.fill(0.0);
                let (mut weight, mut said) = (0.0, 0.0);
                for word in phrase {
                    let mut likest = 0.0f64;
                    for (number, likeness) in asked.alike.get(word).into_iter().flatten() {
                        likest = likest.max(*likeness);
                        best[*number] = best[*number].max(*likeness);
                    }
                    weight += self.weights[*word as usize];
                    said += likest * self.weights[*word as usize];
                }
                let said = if weight > 0.0 { said / weight } else { 0.0 };
                let covered: f64 = best.iter().zip(&asked.weights).map(|(best, weight)| best * weight).sum();
                // Who names two problems means both: a phrase that was said counts whatever else was.
                let in_passing = if said >= 0.75 { 0.6 * said } else { 0.0 };
                in_passing.max(if all > 0.0 { covered / all } else { 0.0 } * (0.5 + 0.5 * said))
            })
            .fold(0.0, f64::max)
    }
}
