//! Finds what a person's own words mean: guides now, articles later.
//!
//! The index is small and lives in memory. It forgives what people type: case, umlauts written as
//! `ae` or left out, typing errors, German compounds, words only begun. It knows nothing of guides
//! or articles: it gets titles and symptoms, and returns ids. Words for the same thing (`PC`,
//! `computer`) are content and belong into the symptoms.
//!
//! Two scores are mixed. Words say whether a document fits at all ([`Index`]); a small linear model over pieces of words
//! and pairs of words (`model.rs`) helps to say which one fits best.

mod index;
mod lexicon;
mod model;
mod words;

#[cfg(test)]
mod tests;

pub use index::{Document, Hit, Index};
