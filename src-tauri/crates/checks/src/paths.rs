//! Which facts an expression reads, and whether such facts exist.
//!
//! The paths have two uses: at loading, a path that no fact type has is a mistake in the file; at
//! judging, they lead to the reason why a value is absent. The published schema of the facts is the
//! one source of what exists.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use befund_facts::{Snapshot, Subject};
use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, LiteralValue, operators};
use serde_json::Value;

/// One step into the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A field.
    Field(String),
    /// Every element of a list.
    Each,
}

/// A way into the facts, beginning with a subject.
pub(crate) type Path = Vec<Segment>;

/// A mistake at one node of an expression.
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    /// The node.
    pub node: u64,
    pub message: String,
    pub help: String,
}

/// What an expression reads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reads {
    /// Paths in the order in which they stand there; those in `has()` are left out.
    pub paths: Vec<Path>,
    pub subjects: BTreeSet<Subject>,
    pub mistakes: Vec<Mistake>,
    /// Where its value comes from, where that can be said.
    pub origin: Option<Origin>,
}

/// The parts of a check that its other expressions may name.
pub(crate) type Given<'a> = BTreeMap<&'a str, &'a Reads>;

/// Functions that expressions may call: all of them work on values alone, and their work is bounded
/// by their arguments. What is not listed does not load.
const FUNCTIONS: &[&str] = &[
    "bool",
    "contains",
    "distinct",
    "double",
    "dyn",
    "endsWith",
    "flatten",
    "hasValue",
    "int",
    "join",
    "lowerAscii",
    "matches",
    "math.@max",
    "math.@min",
    "math.abs",
    "math.round",
    "orValue",
    "size",
    "slice",
    "sort",
    "split",
    "startsWith",
    "string",
    "substring",
    "trim",
    "value",
];

/// Operators, as the parser names them.
const OPERATORS: &[&str] = &[
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::SUBSTRACT,
    operators::ADD,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::NEGATE,
    operators::INDEX,
    operators::OPT_INDEX,
    operators::OPT_SELECT,
    operators::NOT_STRICTLY_FALSE,
    operators::IN,
];

/// Lists inside lists inside lists are as deep as the facts go; more would only be slow.
const MAX_NESTING: usize = 3;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Snapshot).to_value());

/// What an expression reads, with every mistake that can be seen without evaluating it.
pub(crate) fn reads(expr: &IdedExpr, given: &Given<'_>) -> Reads {
    let mut walk = Walk { given, reads: Reads::default(), scope: HashMap::new(), nesting: 0 };
    let origin = walk.expr(expr, true);
    Reads { origin, ..walk.reads }
}

/// Where the values of a part of an expression come from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Origin {
    /// A place in the facts.
    At(Path),
    /// A list whose elements come from a place in the facts.
    ListOf(Path),
}

impl Origin {
    fn element(&self) -> Self {
        match self {
            Self::At(path) => Self::At([path.as_slice(), &[Segment::Each]].concat()),
            Self::ListOf(path) => Self::At(path.clone()),
        }
    }
}

struct Walk<'a> {
    given: &'a Given<'a>,
    reads: Reads,
    scope: HashMap<String, Option<Origin>>,
    nesting: usize,
}

impl Walk<'_> {
    fn mistake(&mut self, node: u64, message: impl Into<String>, help: impl Into<String>) {
        self.reads.mistakes.push(Mistake { node, message: message.into(), help: help.into() });
    }

    fn expr(&mut self, expr: &IdedExpr, needed: bool) -> Option<Origin> {
        match &expr.expr {
            Expr::Ident(name) => self.ident(expr.id, name),
            Expr::Select(select) => {
                let operand = self.expr(&select.operand, needed && !select.test)?;
                self.field(expr.id, &operand, &select.field, needed && !select.test)
            }
            Expr::Call(call) => {
                let name = call.func_name.as_str();
                if !OPERATORS.contains(&name) && !FUNCTIONS.contains(&name) {
                    self.mistake(
                        expr.id,
                        format!("there is no function “{}”", name.trim_start_matches('@')),
                        format!("Expressions may use {}.", friendly_functions()),
                    );
                    return None;
                }
                let target = call.target.as_ref().and_then(|t| {
                    // `math.round`: a namespace and not a value.
                    (!matches!(&t.expr, Expr::Ident(n) if n == "math")).then(|| self.expr(t, needed))?
                });
                if name == operators::OPT_SELECT {
                    let operand = call.args.first().and_then(|a| self.expr(a, false))?;
                    let field = call.args.get(1).and_then(string_literal)?;
                    return self.field(expr.id, &operand, field, false);
                }
                let args: Vec<_> = call.args.iter().map(|a| self.expr(a, needed)).collect();
                if matches!(name, operators::EQUALS | operators::NOT_EQUALS | operators::IN) {
                    self.compared(&args, &call.args);
                }
                match name {
                    operators::INDEX | operators::OPT_INDEX => {
                        args.into_iter().next().flatten().map(|o| o.element())
                    }
                    operators::CONDITIONAL => args.into_iter().skip(1).flatten().next(),
                    operators::ADD => args.into_iter().flatten().next(),
                    "flatten" => target.map(|t| match t.element() {
                        Origin::At(path) => Origin::ListOf([path.as_slice(), &[Segment::Each]].concat()),
                        list @ Origin::ListOf(_) => list,
                    }),
                    "distinct" | "sort" | "slice" | "value" | "orValue" => target,
                    "math.@max" | "math.@min" => args.into_iter().next().flatten().map(|o| o.element()),
                    _ => None,
                }
            }
            Expr::Comprehension(c) => {
                let range = self.expr(&c.iter_range, needed);
                self.nesting += 1;
                if self.nesting > MAX_NESTING {
                    self.mistake(
                        expr.id,
                        format!("lists are walked inside each other more than {MAX_NESTING} deep"),
                        "Split the check into two.",
                    );
                }
                let outer = self.scope.clone();
                self.scope.insert(c.iter_var.clone(), range.as_ref().map(Origin::element));
                if let Some(second) = &c.iter_var2 {
                    self.scope.insert(second.clone(), None);
                }
                self.expr(&c.accu_init, needed);
                self.scope.insert(c.accu_var.clone(), None);
                self.expr(&c.loop_cond, needed);
                self.expr(&c.loop_step, needed);
                let appended = appended(&c.loop_step).cloned();
                let origin = appended.and_then(|a| self.quietly(&a)).and_then(|o| match o {
                    Origin::At(path) => Some(Origin::ListOf(path)),
                    Origin::ListOf(_) => None,
                });
                self.expr(&c.result, needed);
                self.scope = outer;
                self.nesting -= 1;
                origin
            }
            Expr::List(list) => {
                let origins: Vec<_> = list.elements.iter().map(|e| self.expr(e, needed)).collect();
                match origins.into_iter().flatten().next()? {
                    Origin::At(path) => Some(Origin::ListOf(path)),
                    Origin::ListOf(_) => None,
                }
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(e) = &entry.expr {
                        self.expr(&e.key, needed);
                        self.expr(&e.value, needed);
                    }
                }
                None
            }
            Expr::Struct(s) => {
                let message = format!("there is no type “{}”", s.type_name);
                self.mistake(expr.id, message, "Expressions read facts and make no objects.");
                None
            }
            Expr::Literal(_) | Expr::Unspecified => None,
        }
    }

    /// The origin of a part that has been walked already.
    fn quietly(&mut self, expr: &IdedExpr) -> Option<Origin> {
        let mut walk =
            Walk { given: self.given, reads: Reads::default(), scope: self.scope.clone(), nesting: 0 };
        walk.expr(expr, false)
    }

    fn ident(&mut self, node: u64, name: &str) -> Option<Origin> {
        if let Some(origin) = self.scope.get(name) {
            return origin.clone();
        }
        if let Some(given) = self.given.get(name) {
            self.reads.subjects.extend(&given.subjects);
            self.reads.paths.extend(given.paths.iter().cloned());
            return given.origin.clone();
        }
        if let Some(subject) = Subject::ALL.iter().find(|s| s.as_str() == name) {
            self.reads.subjects.insert(*subject);
            return Some(Origin::At(vec![Segment::Field(name.to_owned())]));
        }
        let mut known = Subject::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>();
        known.extend(self.given.keys());
        let near = nearest(name, &known);
        self.mistake(
            node,
            format!("there is no subject “{name}”"),
            format!("{near}Expressions begin with one of: {}.", known.join(", ")),
        );
        None
    }

    fn field(&mut self, node: u64, operand: &Origin, field: &str, needed: bool) -> Option<Origin> {
        let Origin::At(base) = operand else {
            self.mistake(
                node,
                format!("“.{field}” is asked of a list"),
                "Walk the list with exists(), all(), filter() or map().",
            );
            return None;
        };
        let mut path = base.clone();
        path.push(Segment::Field(field.to_owned()));
        if nodes(&path).is_empty() {
            let known = fields(base);
            let (message, help) = if known.is_empty() && !nodes(&each(base)).is_empty() {
                (
                    format!("“.{field}” is asked of the list {}", show(base)),
                    "Walk the list with exists(), all(), filter() or map().".to_owned(),
                )
            } else if known.is_empty() {
                (format!("{} is a single value and has no field “{field}”", show(base)), String::new())
            } else {
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                (
                    format!("{} has no field “{field}”", show(base)),
                    format!("{}It has: {}.", nearest(field, &known), known.join(", ")),
                )
            };
            self.mistake(node, message, help);
            return None;
        }
        if needed {
            // A longer path replaces the shorter one that led to it.
            if self.reads.paths.last() == Some(base) {
                self.reads.paths.pop();
            }
            self.reads.paths.push(path.clone());
        }
        Some(Origin::At(path))
    }

    /// A fact that is one of a few words is compared with one of them, or the file has a typing error.
    fn compared(&mut self, origins: &[Option<Origin>], args: &[IdedExpr]) {
        for (i, origin) in origins.iter().enumerate() {
            let Some(Origin::At(path)) = origin else { continue };
            let known = words(path);
            if known.is_empty() {
                continue;
            }
            let known: Vec<_> = known.iter().map(String::as_str).collect();
            for literal in args.iter().enumerate().filter(|(j, _)| *j != i).flat_map(|(_, a)| literals(a)) {
                if let Some(word) = string_literal(literal)
                    && !known.contains(&word)
                {
                    self.mistake(
                        literal.id,
                        format!("{} is never “{word}”", show(path)),
                        format!("{}It is one of: {}.", nearest(word, &known), known.join(", ")),
                    );
                }
            }
        }
    }
}

/// What a loop step of `map` or `filter` appends to its result: `@result + [x]`, perhaps in a
/// condition.
fn appended(step: &IdedExpr) -> Option<&IdedExpr> {
    let Expr::Call(call) = &step.expr else { return None };
    match call.func_name.as_str() {
        operators::CONDITIONAL => call.args.get(1).and_then(appended),
        operators::ADD => match &call.args.get(1)?.expr {
            Expr::List(list) => list.elements.first(),
            _ => None,
        },
        _ => None,
    }
}

fn string_literal(expr: &IdedExpr) -> Option<&str> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(s)) => Some(s.inner()),
        _ => None,
    }
}

fn literals(expr: &IdedExpr) -> Vec<&IdedExpr> {
    match &expr.expr {
        Expr::Literal(_) => vec![expr],
        Expr::List(list) => list.elements.iter().flat_map(literals).collect(),
        _ => Vec::new(),
    }
}

fn friendly_functions() -> String {
    let mut names: Vec<_> = FUNCTIONS
        .iter()
        .map(|f| match *f {
            "math.@max" => "math.greatest",
            "math.@min" => "math.least",
            other => other,
        })
        .chain(["has", "exists", "exists_one", "all", "filter", "map"])
        .collect();
    names.sort_unstable();
    names.join(", ")
}

/// A path as it is written: `dns.servers[].lookups`.
pub(crate) fn show(path: &[Segment]) -> String {
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Field(name) if out.is_empty() => out.push_str(name),
            Segment::Field(name) => {
                out.push('.');
                out.push_str(name);
            }
            Segment::Each => out.push_str("[]"),
        }
    }
    out
}

fn each(path: &[Segment]) -> Path {
    [path, &[Segment::Each]].concat()
}

/// “Did you mean …?” for the nearest of the known words, if one is near.
pub(crate) fn nearest(word: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|k| (distance(word, k), *k))
        .filter(|(d, k)| *d <= 1 + k.len() / 4)
        .min()
        .map(|(_, k)| format!("Did you mean “{k}”? "))
        .unwrap_or_default()
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// The schema nodes at the end of a path; none if no fact has such a path.
fn nodes(path: &[Segment]) -> Vec<&'static Value> {
    let mut at = alternatives(&SCHEMA);
    for segment in path {
        at = at
            .into_iter()
            .filter_map(|node| match segment {
                Segment::Field(name) => node.get("properties")?.get(name),
                Segment::Each => node.get("items"),
            })
            .flat_map(alternatives)
            .collect();
    }
    at
}

/// A node with its references followed and its alternatives spread; the shape of an absent reading,
/// which expressions never see, is left out.
fn alternatives(node: &'static Value) -> Vec<&'static Value> {
    if let Some(target) = node.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')) {
        return SCHEMA.pointer(target).map(alternatives).unwrap_or_default();
    }
    let spread: Vec<_> = ["anyOf", "oneOf", "allOf"]
        .iter()
        .filter_map(|k| node.get(*k)?.as_array())
        .flatten()
        .flat_map(alternatives)
        .collect();
    if !spread.is_empty() {
        return spread;
    }
    let absent = node.get("properties").and_then(Value::as_object).is_some_and(|p| p.contains_key("absent"));
    if absent || node.get("type") == Some(&Value::from("null")) { Vec::new() } else { vec![node] }
}

fn fields(path: &[Segment]) -> Vec<String> {
    nodes(path)
        .into_iter()
        .filter_map(|n| n.get("properties")?.as_object())
        .flat_map(|p| p.keys().cloned())
        .collect()
}

/// The words a fact can be; none if it is no such fact.
fn words(path: &[Segment]) -> Vec<String> {
    let mut words = Vec::new();
    for node in nodes(path) {
        if let Some(word) = node.get("const").and_then(Value::as_str) {
            words.push(word.to_owned());
        } else if let Some(list) = node.get("enum").and_then(Value::as_array) {
            words.extend(list.iter().filter_map(Value::as_str).map(ToOwned::to_owned));
        } else {
            return Vec::new();
        }
    }
    words
}
