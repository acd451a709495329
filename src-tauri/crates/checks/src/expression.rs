//! CEL expressions: compiled once, checked for what cannot work, evaluated over facts.
//!
//! Expressions are data. They call a fixed list of functions over values; none of them does I/O, and
//! length, depth and lists are bounded. Reading and evaluating walk an expression from level to level, and a
//! thread's stack is soon used up by that: see [`with_room`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, OnceLock};

use befund_content::ContentError;
use befund_facts::{Absence, Reason, Subject};
use cel::{Context, Env, ParseErrors, Program, Value};
use serde_saphyr::Spanned;

use crate::Facts;
use crate::paths::{self, Given, Reads};
use crate::place;

/// Longer expressions are split into several checks, or are an attack.
const MAX_CHARS: usize = 2000;

/// The facts need seven levels of brackets; more than this is a slip of the pen, or an attack.
const MAX_BRACKETS: usize = 20;

/// Stack that a level of brackets, and an operator, take at most: measured, with a margin. The parser calls itself
/// through a dozen functions for each, and without optimisation each of them needs far more.
const LEVEL_BYTES: usize = if cfg!(debug_assertions) { 320 * 1024 } else { 96 * 1024 };
const OPERATOR_BYTES: usize = if cfg!(debug_assertions) { 64 * 1024 } else { 24 * 1024 };

/// How deep the brackets of an expression are, and its other operators; the word `in` is one. Where brackets may stand
/// in a text or a comment, all that open count: too much room is no harm, too little is.
fn depth(source: &str) -> (usize, usize) {
    let (mut open, mut deepest, mut opened, mut operators) = (0_usize, 0, 0, 0);
    let mut is_plain = !source.contains("//");
    let mut rest = source.chars();
    while let Some(c) = rest.next() {
        match c {
            '(' | '[' | '{' => {
                open += 1;
                opened += 1;
                deepest = deepest.max(open);
            }
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '"' | '\'' => match rest.as_str().split_once(c) {
                Some((text, after)) if !text.contains(|c| "()[]{}\"'\\\r\n".contains(c)) => {
                    rest = after.chars();
                }
                _ => is_plain = false,
            },
            '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '?' | '.' | '!' | '|' | '&' => operators += 1,
            _ => {}
        }
    }
    let words = source.split(|c: char| !c.is_alphanumeric() && c != '_');
    operators += words.filter(|word| *word == "in").count();
    (if is_plain { deepest } else { opened }, operators + opened)
}

/// Does something that walks an expression, with as much stack as that may need: a hostile or mistyped file must
/// not end the program.
fn with_room<R>(source: &str, work: impl FnOnce() -> R) -> R {
    let (brackets, operators) = depth(source);
    let room = 256 * 1024 + brackets * LEVEL_BYTES + operators * OPERATOR_BYTES;
    stacker::maybe_grow(room, room, work)
}

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    // Extensions come from the same crate and do not collide; if they did, the functions would be
    // missing and the built-in checks would not load, which tests see.
    for extension in [cel::extensions::strings, cel::extensions::lists, cel::extensions::math] {
        if env.add_extension(extension).is_err() {
            break;
        }
    }
    Arc::new(env)
});

/// The functions expressions are evaluated with.
pub(crate) fn env() -> Arc<Env> {
    Arc::clone(&ENV)
}

/// What an expression sees: the facts, and the parts its check gives names to.
pub(crate) struct Scope<'a> {
    facts: &'a Facts,
    context: Context<'a, 'static>,
}

impl<'a> Scope<'a> {
    /// The scope of one check. A part that cannot be evaluated is not there, and whoever reads it fails
    /// for the reason why the part could not be evaluated.
    pub(crate) fn new(facts: &'a Facts, given: &BTreeMap<String, Expression>) -> Self {
        let plain = Self { facts, context: facts.context().new_inner_scope() };
        let mut context = facts.context().new_inner_scope();
        for (name, expression) in given {
            if let Ok(value) = expression.value(&plain) {
                context.add_variable_from_value(name.as_str(), value);
            }
        }
        Self { facts, context }
    }
}

/// The parts of a check that its other expressions may name.
pub(crate) type Parts = Arc<BTreeMap<String, Expression>>;

/// An expression, compiled when it is first wanted: a check that nothing is measured for needs none of its
/// expressions, and what only texts need can wait until there is a text.
#[derive(Debug)]
pub(crate) struct Expression {
    source: Spanned<String>,
    given: Parts,
    program: OnceLock<Result<Program, ParseErrors>>,
    reads: OnceLock<Reads>,
}

impl Expression {
    /// An expression that may name these parts.
    pub(crate) fn new(source: Spanned<String>, given: &Parts) -> Self {
        Self { source, given: Arc::clone(given), program: OnceLock::new(), reads: OnceLock::new() }
    }

    /// Finds what is wrong with an expression of a content file; false where something is. `what` names it in
    /// errors: `fail`, `values.rtt`.
    pub(crate) fn check(&self, file: &str, text: &str, what: &str, errors: &mut Vec<ContentError>) -> bool {
        let Spanned { value: source, referenced, .. } = &self.source;
        let mut report = |offset: usize, message: String, help: &str| {
            let at = place::inside(text, *referenced, source, offset);
            errors.push(ContentError::new(file, message, help).at(at.line, at.column));
        };
        let chars = source.chars().count();
        if chars > MAX_CHARS {
            report(
                0,
                format!("the expression of `{what}` has {chars} characters; at most {MAX_CHARS} are read"),
                "Split the check into several.",
            );
            return false;
        }
        let (brackets, _) = depth(source);
        if brackets > MAX_BRACKETS {
            report(
                0,
                format!(
                    "the brackets in the expression of `{what}` are {brackets} deep; at most {MAX_BRACKETS} are read"
                ),
                "Give parts of it names under `given`.",
            );
            return false;
        }
        let program = match self.program() {
            Ok(program) => program,
            Err(parse) => {
                // One mistake often gives several messages; the first names the place.
                let (offset, message) = parse
                    .errors
                    .first()
                    .map_or_else(|| (0, String::new()), |e| (offset(source, e.pos), e.msg.clone()));
                // Some come with the parser's own structures behind them, which nobody can read.
                let message = message.split(": OtherError(").next().unwrap_or_default();
                report(
                    offset,
                    format!("the expression of `{what}` is not valid CEL: {message}"),
                    "Look at the place named; docs/writing-checks.md explains expressions.",
                );
                return false;
            }
        };
        let reads = self.reads();
        for mistake in &reads.mistakes {
            let offset =
                program.source_info().offset_for(mistake.node).map_or(0, |(start, _)| start as usize);
            report(offset, format!("`{what}`: {}", mistake.message), &mistake.help);
        }
        reads.mistakes.is_empty()
    }

    /// Compiles it, unless somebody has.
    pub(crate) fn prepare(&self) {
        // What is wrong with it is said to whoever evaluates it.
        let _ = self.program();
    }

    fn program(&self) -> Result<&Program, &ParseErrors> {
        let compile = || ENV.compile(&self.source.value);
        self.program.get_or_init(|| with_room(&self.source.value, compile)).as_ref()
    }

    /// What it reads; nothing where it is not valid.
    pub(crate) fn reads(&self) -> &Reads {
        self.reads.get_or_init(|| {
            let given: Given<'_> =
                self.given.iter().map(|(name, part)| (name.as_str(), part.reads())).collect();
            let find = || self.program().map(|p| paths::reads(p.expression(), &given)).unwrap_or_default();
            with_room(&self.source.value, find)
        })
    }

    /// The subjects that it names, found without compiling it: they must be known before anything is
    /// measured. Comments and raw texts are not understood, and a variable with the name of a subject counts too:
    /// for built-in checks, where a test holds that both ways find the same.
    pub(crate) fn subjects(&self) -> BTreeSet<Subject> {
        names(&self.source.value)
            .filter_map(|name| Subject::ALL.iter().find(|s| s.as_str() == name))
            .copied()
            .collect()
    }

    /// Evaluates to true or false, or says why it cannot.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> Result<bool, Absence> {
        match self.value(scope)? {
            Value::Bool(b) => Ok(b),
            other => Err(Absence::new(
                Reason::Failed,
                format!("the expression gave a {} and not true or false", other.type_of()),
            )),
        }
    }

    /// Evaluates to JSON, or says why it cannot.
    pub(crate) fn json(&self, scope: &Scope<'_>) -> Result<serde_json::Value, Absence> {
        self.value(scope)?.json().map_err(|e| Absence::new(Reason::Failed, e.to_string()))
    }

    fn value(&self, scope: &Scope<'_>) -> Result<Value, Absence> {
        let program = self.program().map_err(|error| Absence::new(Reason::Failed, error.to_string()))?;
        with_room(&self.source.value, || program.execute(&scope.context)).map_err(|error| {
            self.reads()
                .paths
                .iter()
                .find_map(|path| scope.facts.absence(path))
                .unwrap_or_else(|| Absence::new(Reason::Failed, error.to_string()))
        })
    }
}

/// The names in an expression that are no field of another, and stand in no text.
fn names(source: &str) -> impl Iterator<Item = &str> {
    let mut rest = source;
    let mut before = ' ';
    std::iter::from_fn(move || {
        while let Some(c) = rest.chars().next() {
            if c == '"' || c == '\'' {
                rest = after_text(&rest[1..], c);
                before = c;
            } else if c.is_ascii_alphabetic() || c == '_' {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                rest = behind;
                if std::mem::replace(&mut before, 'n') != '.' {
                    return Some(name);
                }
            } else {
                rest = &rest[c.len_utf8()..];
                if !c.is_whitespace() {
                    before = c;
                }
            }
        }
        None
    })
}

/// What follows a text in quotes.
fn after_text(text: &str, quote: char) -> &str {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or("", |(at, quote)| &text[at + quote.len_utf8()..])
}

/// The character offset of a line and column, both counted from 1.
fn offset(text: &str, (line, column): (isize, isize)) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(usize::try_from(line - 1).unwrap_or(0))
        .map(|l| l.chars().count())
        .sum();
    before + usize::try_from(column - 1).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_are_found_outside_of_texts_and_behind_no_dot() {
        let source = r#"size(dns.x) > 0 && 'web' != "a \" tls" && has(links . dns) && list.exists(r, r.wifi) ? clock:path"#;
        let found: Vec<_> = names(source).collect();
        assert_eq!(found, ["size", "dns", "has", "links", "list", "r", "r", "clock", "path"]);
        assert_eq!(names("'open").count(), 0);
    }
}
