//! CEL expressions: compiled once, checked for what cannot work, evaluated over facts.
//!
//! Expressions are data. They call a fixed list of functions over values; none of them does I/O, and
//! length, depth and lists are bounded.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use befund_content::ContentError;
use befund_facts::{Absence, Reason};
use cel::{Context, Env, Program, Value};
use serde_saphyr::Spanned;

use crate::Facts;
use crate::paths::{self, Given, Reads};
use crate::place;

/// Longer expressions are split into several checks, or are an attack.
const MAX_CHARS: usize = 2000;

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

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Expression {
    program: Program,
    reads: Reads,
}

impl Expression {
    /// Compiles an expression of a content file. `what` names it in errors: `fail`, `values.rtt`.
    pub(crate) fn compile(
        file: &str,
        text: &str,
        what: &str,
        source: &Spanned<String>,
        given: &Given<'_>,
        errors: &mut Vec<ContentError>,
    ) -> Option<Self> {
        let mut report = |offset: usize, message: String, help: &str| {
            let at = place::inside(text, source.referenced, &source.value, offset);
            errors.push(ContentError::new(file, message, help).at(at.line, at.column));
        };
        let chars = source.value.chars().count();
        if chars > MAX_CHARS {
            report(
                0,
                format!("the expression of `{what}` has {chars} characters; at most {MAX_CHARS} are read"),
                "Split the check into several.",
            );
            return None;
        }
        let program = match ENV.compile(&source.value) {
            Ok(program) => program,
            Err(parse) => {
                // One mistake often gives several messages; the first names the place.
                let (offset, message) = parse
                    .errors
                    .first()
                    .map_or_else(|| (0, String::new()), |e| (offset(&source.value, e.pos), e.msg.clone()));
                report(
                    offset,
                    format!("the expression of `{what}` is not valid CEL: {message}"),
                    "Look at the place named; docs/writing-checks.md explains expressions.",
                );
                return None;
            }
        };
        let reads = paths::reads(program.expression(), given);
        for mistake in &reads.mistakes {
            let offset =
                program.source_info().offset_for(mistake.node).map_or(0, |(start, _)| start as usize);
            report(offset, format!("`{what}`: {}", mistake.message), &mistake.help);
        }
        reads.mistakes.is_empty().then_some(Self { program, reads })
    }

    pub(crate) const fn reads(&self) -> &Reads {
        &self.reads
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
        self.program.execute(&scope.context).map_err(|error| {
            self.reads
                .paths
                .iter()
                .find_map(|path| scope.facts.absence(path))
                .unwrap_or_else(|| Absence::new(Reason::Failed, error.to_string()))
        })
    }
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
