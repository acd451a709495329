//! Facts made ready for judging: once a snapshot, used by every check.

use std::collections::HashMap;
use std::sync::Arc;

use befund_facts::{Absence, Reason, Snapshot, Subject};
use cel::Context;
use serde_json::{Map, Value};

use crate::expression;
use crate::paths::Segment;

/// A list longer than this is treated as not measured: no real one comes near it, and checks may
/// walk a list inside a list.
const MAX_LIST: usize = 1024;

/// The facts of one snapshot, ready for checks.
///
/// Absent readings are not visible to expressions: reading one is an error, and the error becomes
/// [`crate::Status::Unknown`] with the reason found in the facts as measured.
pub struct Facts {
    measured: Value,
    context: Context<'static, 'static>,
}

impl Facts {
    /// Prepares a snapshot.
    pub fn new(snapshot: &Snapshot) -> Self {
        // A snapshot is plain data; should it ever fail to serialise, every check says “not measured”.
        Self::from_json(serde_json::to_value(snapshot).unwrap_or_default())
    }

    /// Prepares facts read from a package or a fixture (the contents of facts.json). Subjects that are
    /// missing are not measured.
    pub fn from_json(mut facts: Value) -> Self {
        bound(&mut facts);
        let mut context = Context::with_env(expression::env());
        for subject in Subject::ALL {
            if let Some(value) = facts.get(subject.as_str()).and_then(visible) {
                context.add_variable_from_value(subject.as_str(), value);
            }
        }
        Self { measured: facts, context }
    }

    pub(crate) const fn context(&self) -> &Context<'static, 'static> {
        &self.context
    }

    /// The first absence met on the way along a path.
    pub(crate) fn absence(&self, path: &[Segment]) -> Option<Absence> {
        absence(&self.measured, path)
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts").field("measured", &self.measured).finish_non_exhaustive()
    }
}

fn absence(value: &Value, path: &[Segment]) -> Option<Absence> {
    if let Some(absent) = as_absence(value) {
        return Some(absent);
    }
    let (first, rest) = path.split_first()?;
    match (first, value) {
        (Segment::Field(name), Value::Object(map)) => match map.get(name) {
            Some(inner) => absence(inner, rest),
            // Facts of an older version have no such field.
            None => Some(Absence::new(Reason::NotSupported, format!("these facts have no {name}"))),
        },
        (Segment::Each, Value::Array(items)) => items.iter().find_map(|item| absence(item, rest)),
        _ => None,
    }
}

fn as_absence(value: &Value) -> Option<Absence> {
    let map = value.as_object()?;
    let absent = map.get("absent").filter(|_| map.len() == 1)?;
    Some(serde_json::from_value(absent.clone()).unwrap_or_else(|_| {
        let reason = absent.get("reason").and_then(Value::as_str).unwrap_or_default();
        Absence::new(Reason::Failed, format!("a reason this version does not know: {reason}"))
    }))
}

/// Replaces lists that are too long with the reason why they are not judged.
fn bound(value: &mut Value) {
    match value {
        Value::Array(items) if items.len() > MAX_LIST => {
            let mut absent = Map::new();
            absent.insert("reason".into(), Reason::Failed.as_str().into());
            let detail = format!("a list of {} entries; at most {MAX_LIST} are judged", items.len());
            absent.insert("detail".into(), detail.into());
            let mut map = Map::new();
            map.insert("absent".into(), absent.into());
            *value = map.into();
        }
        Value::Array(items) => items.iter_mut().for_each(bound),
        Value::Object(map) => map.values_mut().for_each(bound),
        _ => {}
    }
}

/// A value as expressions see it: without absent ones.
fn visible(value: &Value) -> Option<cel::Value> {
    if as_absence(value).is_some() {
        return None;
    }
    Some(match value {
        Value::Null => cel::Value::Null,
        Value::Bool(b) => cel::Value::Bool(*b),
        // Whole numbers are all of CEL's type int: it does not calculate with int and uint mixed.
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => cel::Value::Int(i),
            (None, Some(u)) => cel::Value::UInt(u),
            (None, None) => cel::Value::Float(n.as_f64()?),
        },
        Value::String(s) => cel::Value::String(Arc::new(s.clone())),
        // A list with an absent element is absent: without it, “all of them” would say too much.
        Value::Array(items) => cel::Value::List(Arc::new(items.iter().map(visible).collect::<Option<_>>()?)),
        Value::Object(map) => {
            let map: HashMap<cel::objects::Key, cel::Value> = map
                .iter()
                .filter_map(|(k, v)| Some((cel::objects::Key::from(k.clone()), visible(v)?)))
                .collect();
            cel::Value::from(map)
        }
    })
}
