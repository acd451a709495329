//! A small linear model: which pieces of words, whole words and pairs of words speak for which document.
//!
//! It is counted from titles, subtitles and symptoms and from nothing else, so the same content gives the same model. A
//! feature speaks the more for a document the more of its phrases have it, and the fewer other documents do.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

use crate::words::tokens;

/// Always in the same order, so that sums are the same to the last digit.
type Features = HashMap<u64, Feature, BuildHasherDefault<DefaultHasher>>;

/// The weights, by feature: a search touches nothing else.
pub(crate) struct Model {
    features: Features,
    documents: usize,
}

#[derive(Default)]
struct Feature {
    /// How much it tells: the fewer documents have it, the more.
    rarity: f32,
    /// For which documents it speaks, and how much.
    speaks_for: Vec<(u32, f32)>,
}

/// A feature that this many documents have tells little, whatever their number; it would only cost time.
const MANY: usize = 500;

/// How much long documents are held back. 0 would favour them, 0.5 would favour those with two phrases.
const HELD_BACK: f32 = 0.3;

/// A pair tells what its words do not (“log in”), and is rarely said twice alike.
const PAIR: f32 = 0.7;

impl Model {
    /// Counts the phrases of each document.
    pub(crate) fn new<'a>(documents: impl Iterator<Item = Vec<&'a str>>) -> Self {
        let mut features = Features::default();
        let mut count = 0;
        for (number, phrases) in (0u32..).zip(documents) {
            count += 1;
            let mut having: BTreeMap<u64, f32> = BTreeMap::new();
            for (feature, weight) in phrases.into_iter().flat_map(|phrase| features_of(&tokens(phrase))) {
                *having.entry(feature).or_default() += weight;
            }
            for (feature, weight) in having {
                features.entry(feature).or_default().speaks_for.push((number, weight));
            }
        }
        let many = MANY.max(count / 20);
        features.retain(|_, feature| {
            // What all documents have tells nothing.
            feature.rarity = (count as f32 / feature.speaks_for.len() as f32).ln();
            feature.rarity > 0.05 && feature.speaks_for.len() <= many
        });
        let mut lengths = vec![0.0f32; count];
        for feature in features.values_mut() {
            for (document, weight) in &mut feature.speaks_for {
                *weight = feature.rarity * weight.ln_1p();
                lengths[*document as usize] += *weight * *weight;
            }
        }
        for feature in features.values_mut() {
            for (document, weight) in &mut feature.speaks_for {
                *weight /= lengths[*document as usize].powf(HELD_BACK);
            }
        }
        Self { features, documents: count }
    }

    /// How much words speak for each document: 1 for the one they speak for most. Nothing where the model knows none
    /// of them.
    pub(crate) fn speaks(&self, words: &[String]) -> Option<Vec<f32>> {
        let mut said = vec![0.0f32; self.documents];
        for (feature, weight) in features_of(words) {
            let Some(known) = self.features.get(&feature) else { continue };
            for (document, speaks) in &known.speaks_for {
                said[*document as usize] += weight * known.rarity * speaks;
            }
        }
        let most = said.iter().copied().fold(0.0, f32::max);
        (most > 0.0).then(|| said.into_iter().map(|value| value / most).collect())
    }
}

/// The features of a phrase: each word, its pieces of four and five letters, and each two words side by side.
fn features_of(words: &[String]) -> BTreeMap<u64, f32> {
    let mut features = BTreeMap::new();
    for word in words {
        let padded: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
        let pieces: Vec<u64> =
            [4, 5].iter().flat_map(|n| padded.windows(*n)).map(|piece| hash('p', piece.iter())).collect();
        // A long word has more pieces and says no more than a short one.
        let share = 1.0 / (pieces.len().max(1) as f32).sqrt();
        features.extend(pieces.into_iter().map(|piece| (piece, share)));
        features.insert(hash('w', padded.iter()), 1.0);
    }
    for pair in words.windows(2) {
        let both: Vec<char> = pair[0].chars().chain([' ']).chain(pair[1].chars()).collect();
        features.insert(hash('2', both.iter()), PAIR);
    }
    features
}

/// FNV-1a. Two features that fall together are one in a few billions, and cost a little accuracy.
fn hash<'a>(kind: char, letters: impl Iterator<Item = &'a char>) -> u64 {
    std::iter::once(kind)
        .chain(letters.copied())
        .fold(0xcbf2_9ce4_8422_2325, |hash, c| (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3))
}
