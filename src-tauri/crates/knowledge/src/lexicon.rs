//! All words that are known, and which of them a typed word may mean, without comparing it with each.

use std::collections::HashMap;

use crate::words::Word;

/// Words by what they have in common with others.
#[derive(Default)]
pub(crate) struct Lexicon {
    words: Vec<Word>,
    positions: HashMap<String, u32>,
    /// Words with these three letters side by side; the edges of a word count as letters.
    with_piece: HashMap<[char; 3], Vec<u32>>,
    /// Words of the same letters: two swapped letters in a short word leave no three side by side.
    of_letters: HashMap<Vec<char>, Vec<u32>>,
}

impl Lexicon {
    /// A lexicon of folded words.
    pub(crate) fn of(words: impl IntoIterator<Item = String>) -> Self {
        let mut lexicon = Self::default();
        for word in words {
            lexicon.add(word);
        }
        lexicon
    }

    /// Adds a folded word, and says its position.
    pub(crate) fn add(&mut self, text: String) -> u32 {
        if let Some(position) = self.positions.get(&text) {
            return *position;
        }
        let position = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.positions.insert(text.clone(), position);
        let word = Word::new(text);
        for piece in word.pieces() {
            self.with_piece.entry(piece).or_default().push(position);
        }
        self.of_letters.entry(word.letters()).or_default().push(position);
        self.words.push(word);
        position
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.positions.contains_key(text)
    }

    /// The known words that a typed one is like, and how much.
    pub(crate) fn alike(&self, word: &Word) -> Vec<(u32, f64)> {
        self.near(word)
            .filter_map(|(position, shared)| {
                let likeness = word.likeness(&self.words[position as usize], shared);
                (likeness > 0.0).then_some((position, likeness))
            })
            .collect()
    }

    /// Whether it is one typing error away from a word of the lexicon.
    pub(crate) fn has_nearly(&self, word: &Word) -> bool {
        self.near(word).any(|(position, _)| word.is_nearly(&self.words[position as usize]))
    }

    /// Words that have at least a piece or all letters in common with it, and how many pieces.
    fn near(&self, word: &Word) -> impl Iterator<Item = (u32, usize)> {
        let mut shared = vec![0u8; self.words.len()];
        let mut touched = Vec::new();
        for position in word.pieces().iter().filter_map(|piece| self.with_piece.get(piece)).flatten() {
            let count = &mut shared[*position as usize];
            if *count == 0 {
                touched.push(*position);
            }
            *count = count.saturating_add(1);
        }
        let swapped = self.of_letters.get(&word.letters()).into_iter().flatten();
        touched.extend(swapped.filter(|position| shared[**position as usize] == 0));
        touched.into_iter().map(move |position| (position, usize::from(shared[position as usize])))
    }
}
