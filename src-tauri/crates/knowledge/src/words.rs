//! Words as they are compared: folded, without those that say nothing, and how alike two are.

use crate::lexicon::Lexicon;

/// Words that say nothing about which problem it is. Besides the usual ones these are the words of
/// every complaint: with them in, “the printer does not work” would find all that does not work.
const STOP: &str = "
    a about after again all also always am an and any anything are as at be because been before but by can cannot cant
    could did didnt do does doesnt doing dont down even ever every for from get gets getting got had has have hello help
    hi how i if im in into is isnt it its ive just keep keeps like longer me more my need no none not nothing now of off
    on once only or our out over please properly really since so some something somehow still than thanks that the
    their them then there these they this those to today too up us very want was we were what when where which while
    why will with wont would yesterday you your
    afternoon colleague colleagues dear evening everybody everyone guys morning regards sorry team thank thx
    broken fails failed issue issues problem problems trouble work working works wrong
    ab aber alle allem allen alles als also am an andere auch auf aus bei beim bekomme bin bis bitte da damit dann das
    dass dem den denn der des die dies diese diesem dieser dieses doch dort du durch ein eine einem einen einer eines
    einfach er es etwas euch funktioniert funktionieren funktionierte für ganz geben gehen geht gestern ging gibt habe
    haben hallo hat hatte heute hier hilfe ich ihm ihn ihr im immer in irgendwie ist ja jetzt kann kannst kaputt kein
    keine keinem keinen keiner klappt kommen kommt können lassen lässt machen macht man mehr mein meine meinem meinen
    meiner meines mich mir mit nach nein nicht nichts nie noch nun nur ob oder ohne probleme schon sehr sein seine
    seit seitdem sich sie sind so soll um und uns von vor war warum was weg weil wenn wer werden wie wieder will wir
    wird wo zu zum zur
    abend danke gruß grüße gruss guten kollege kollegen kollegin liebe lieber moin morgen servus tag team zusammen";

/// The words that are left out, folded.
pub(crate) fn stop_words() -> Lexicon {
    Lexicon::of(tokens(STOP))
}

/// Lower case; `ä`, `ae` and `a` become the same, so do `ß` and `ss`; accents go.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' => folded.push('a'),
            'ö' | 'ò' | 'ó' | 'ô' | 'õ' => folded.push('o'),
            'ü' | 'ù' | 'ú' | 'û' => folded.push('u'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'ß' => folded.push_str("ss"),
            // A combining mark: the letter before it has been taken already.
            '\u{300}'..='\u{36f}' => {}
            other => folded.push(other),
        }
    }
    // Also in words that have no umlaut (“neue”): both sides change alike.
    folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// The words of a text, folded. What is joined by a hyphen or an apostrophe is one word: `Wi-Fi` and
/// `WiFi` are the same, and `Internet-Verbindung` is a compound like any other.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let joined: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\'' | '’' | '\u{ad}'))
        .collect();
    fold(&joined)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 2)
        // Nobody types such a word; it would only cost time.
        .map(|word| word.chars().take(LONGEST).collect())
        .collect()
}

/// A folded word, with what comparing needs.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    text: String,
    chars: Vec<char>,
    /// Pieces of three and four letters, in order, each once; of three where the last is the null character.
    grams: Vec<[char; 4]>,
}

impl Word {
    pub(crate) fn new(text: String) -> Self {
        let chars: Vec<char> = text.chars().collect();
        // The edges count as letters: beginnings and endings tell words apart.
        let padded: Vec<char> = std::iter::once(' ').chain(chars.iter().copied()).chain([' ']).collect();
        let threes = padded.windows(3).map(|w| [w[0], w[1], w[2], '\0']);
        let mut grams: Vec<[char; 4]> =
            threes.chain(padded.windows(4).map(|w| [w[0], w[1], w[2], w[3]])).collect();
        grams.sort_unstable();
        grams.dedup();
        Self { text, chars, grams }
    }

    fn len(&self) -> usize {
        self.chars.len()
    }

    /// Its pieces of three letters, each once.
    pub(crate) fn pieces(&self) -> Vec<[char; 3]> {
        self.grams.iter().filter(|g| g[3] == '\0').map(|g| [g[0], g[1], g[2]]).collect()
    }

    /// Its letters in order.
    pub(crate) fn letters(&self) -> Vec<char> {
        let mut letters = self.chars.clone();
        letters.sort_unstable();
        letters
    }

    /// How alike a typed word is to one of the index, 0 to 1. Below one half it is chance, and 0. How many pieces of
    /// three letters they share is known already, and spares most comparisons.
    pub(crate) fn likeness(&self, known: &Self, shared: usize) -> f64 {
        if self.text == known.text {
            return 1.0;
        }
        let mut likeness = self.begun_or_compound(known).max(self.mistyped(known, shared));
        // Longer pieces are shared no more often than shorter ones.
        if 4 * shared > self.len() + known.len() {
            likeness = likeness.max(self.shared_grams(known) * 0.85);
        }
        if likeness < 0.5 { 0.0 } else { likeness }
    }

    /// A word only begun (`drucke`), or one inside the other (`Netzwerkdrucker`, `Druckerproblem`).
    fn begun_or_compound(&self, known: &Self) -> f64 {
        let (short, long) = if self.len() < known.len() { (self, known) } else { (known, self) };
        let share = short.len() as f64 / long.len() as f64;
        let begins = long.text.starts_with(&short.text);
        if begins && short.len() >= 3 && self.len() < known.len() {
            return 0.7 + 0.25 * share;
        }
        // Three letters are inside too many words by chance, and what stands before the last word of a compound is one.
        let ends = long.len() - short.len() >= 3 && long.text.ends_with(&short.text);
        if short.len() >= 4 && (begins || ends) {
            return 0.6 + 0.35 * share;
        }
        0.0
    }

    fn mistyped(&self, known: &Self, shared: usize) -> f64 {
        let longer = self.len().max(known.len());
        let allowed = match longer {
            0..=3 => return 0.0,
            4..=6 => 1,
            _ => 2,
        };
        // In four letters one wrong one makes another word too easily, unless the beginning is right.
        if longer == 4 && self.chars.first() != known.chars.first() {
            return 0.0;
        }
        // One error changes four pieces at most; two that leave less than two pieces make another word.
        if self.len().abs_diff(known.len()) > allowed
            || shared + 4 * allowed < longer
            || allowed == 2 && shared < 2
        {
            return 0.0;
        }
        errors(&self.chars, &known.chars, allowed).map_or(0.0, |errors| 1.0 - errors as f64 / longer as f64)
    }

    /// Dice's coefficient over the pieces of three and four letters.
    fn shared_grams(&self, known: &Self) -> f64 {
        let shared = self.grams.iter().filter(|gram| known.grams.binary_search(gram).is_ok()).count();
        2.0 * shared as f64 / (self.grams.len() + known.grams.len()).max(1) as f64
    }

    /// Whether it is one typing error away from `other`.
    pub(crate) fn is_nearly(&self, other: &Self) -> bool {
        self.len() >= 5
            && self.len().abs_diff(other.len()) <= 1
            && errors(&self.chars, &other.chars, 1).is_some()
    }
}

/// More letters than this no word has; see [`tokens`].
const LONGEST: usize = 40;

/// Typing errors between two words: a letter wrong, missing or too many, or two swapped. `None` if there are more than
/// `most`.
fn errors(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let b = &b[..b.len().min(LONGEST)];
    let mut before = [0u8; LONGEST + 1];
    let mut last = [0u8; LONGEST + 1];
    for (count, j) in last.iter_mut().zip(0u8..) {
        *count = j;
    }
    for i in 1..=a.len().min(LONGEST) {
        let mut row = [0u8; LONGEST + 1];
        row[0] = last[0] + 1;
        let mut least = row[0];
        for j in 1..=b.len() {
            let wrong = u8::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + wrong);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
            least = least.min(row[j]);
        }
        // It only gets more.
        if usize::from(least) > most {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    Some(usize::from(last[b.len()])).filter(|errors| *errors <= most)
}
