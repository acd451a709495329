//! A guide file as it is written: YAML with places, so that every complaint can name line and column.
//! Only the shape lives here. What the values mean, and whether they fit together, is in `load`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use befund_checks::{CheckId, Status};
use befund_content::Text;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use crate::guide::{Level, Priority, Risk, Topic};
use crate::ids::PATTERN;
use crate::words::{CHANCES, WEIGHTS};

/// A guide: a problem, its possible causes, and what to do about them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Guide")]
pub(crate) struct GuideFile {
    /// Name of the guide; the file is called the same.
    #[schemars(with = "IdField")]
    pub id: At<String>,
    /// What is wrong, as the person would say it.
    pub title: At<Text>,
    /// One line that tells it apart from its neighbours.
    pub subtitle: Option<At<Text>>,
    /// Name of a drawing: globe, wifi, printer.
    pub icon: Option<String>,
    /// Where it stands on the first page. Without it: computer.
    #[serde(default)]
    pub topic: Topic,
    /// Whether it is one of the few that most people come with: those stand first.
    #[serde(default)]
    pub common: bool,
    /// What people type who have this problem. Search learns from it.
    pub symptoms: SymptomsFile,
    /// What the person does in the first minute, one idea a step. A guide that says so is an emergency: it goes to a
    /// human at once, whatever is measured or answered, and these steps stand above all else.
    #[serde(default, alias = "first_steps")]
    pub first_steps: Vec<At<Text>>,
    /// Another guide whose causes, questions, fixes and stations hold here too. What this guide says itself
    /// goes before what it takes over.
    #[schemars(with = "Option<IdField>")]
    pub extends: Option<At<String>>,
    /// What the causes taken over make the checks and questions of this guide show.
    #[serde(default)]
    pub inherits: Ordered<InheritedFile>,
    /// What it can be. One of them is assumed at a time; “something else” is always among them.
    pub causes: Ordered<CauseFile>,
    /// How likely it is that nothing is wrong at all. Without it: occasional.
    #[serde(alias = "no_problem")]
    pub no_problem: Option<PriorFile>,
    /// How likely it is that the guide does not know the cause. Without it: rare.
    #[serde(alias = "something_else")]
    pub something_else: Option<PriorFile>,
    /// Groups of results that several causes have in common. A cause takes them with `leads-to`.
    #[serde(default)]
    pub consequences: Ordered<Shows>,
    /// What can be asked. “I don't know” is always an answer and is not written down.
    #[serde(default)]
    pub questions: Ordered<QuestionFile>,
    /// What can be done.
    #[serde(default)]
    pub fixes: Ordered<FixFile>,
    /// Calling a human: what it costs the person, and how the ticket is sorted.
    #[serde(alias = "hand_over")]
    pub hand_over: Option<HandOverFile>,
    /// Stations of a drawing, from this computer outwards.
    #[serde(default)]
    pub path: Vec<StationFile>,
}

/// What people type, by language.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Symptoms")]
pub(crate) struct SymptomsFile {
    /// English.
    pub en: Vec<At<String>>,
    /// German.
    pub de: Vec<At<String>>,
}

/// What a cause makes checks and questions show: for each, statuses or answers with how often.
pub(crate) type Shows = Ordered<Ordered<ChanceField>>;

/// Something that can be the reason.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CauseFile {
    /// The finding, as a sentence: “The DNS server in your router does not answer”.
    pub title: At<Text>,
    /// What that means for the person, in two or three plain sentences.
    pub meaning: Option<At<Text>>,
    /// How common it is.
    pub prior: WeightField,
    /// Who gets it when it is not solved.
    #[serde(default)]
    pub level: Level,
    /// What the person does before anything else where this cause goes to a human: save copies of what is on a
    /// failing disk. In an emergency, beside what the guide says.
    #[serde(default, alias = "first_steps")]
    pub first_steps: Vec<At<Text>>,
    /// What it makes checks (statuses) and questions (answers) show, and how often. What is not mentioned
    /// follows the healthy baseline of the check.
    #[serde(default)]
    pub shows: Shows,
    /// Groups from `consequences` that hold too. `shows` goes before them, and earlier ones before later ones.
    #[serde(default, alias = "leads_to")]
    #[schemars(with = "Vec<IdField>")]
    pub leads_to: Vec<At<String>>,
}

/// A cause taken over from another guide.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Inherited")]
pub(crate) struct InheritedFile {
    /// How common it is here. Without it: as in the other guide.
    pub prior: Option<WeightField>,
    /// What it makes checks and questions show, beside what the other guide says.
    #[serde(default)]
    pub shows: Shows,
    /// Groups from the `consequences` of this guide that hold too.
    #[serde(default, alias = "leads_to")]
    #[schemars(with = "Vec<IdField>")]
    pub leads_to: Vec<At<String>>,
}

/// A prior on its own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriorFile {
    /// How common it is. 0 rules it out.
    pub prior: WeightField,
}

/// Something to ask the person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionFile {
    /// The question, in the person's words.
    pub ask: At<Text>,
    /// How to find the answer.
    pub hint: Option<At<Text>>,
    /// The answers: id and words.
    pub answers: Ordered<At<Text>>,
    /// How often people answer so whose computer is in order. Without it every answer is as likely.
    #[serde(default)]
    pub healthy: Ordered<ChanceField>,
    /// How long it takes to find out: 20s, 5m.
    pub cost: CostField,
}

/// Something that may help.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FixFile {
    /// What to do, as a heading and a button: “Restart the router”.
    pub title: At<Text>,
    /// What it does, how long it takes, and what stays as it is.
    pub summary: Option<At<Text>>,
    /// What the person does, one idea a step.
    #[serde(default)]
    pub steps: Vec<At<Text>>,
    /// Built-in action that does it in place of the person.
    pub action: Option<At<String>>,
    /// Causes that it removes, and how often.
    #[serde(default)]
    pub solves: Ordered<ChanceField>,
    /// How long it takes: 20s, 5m.
    pub cost: CostField,
    /// What can go wrong.
    #[serde(default)]
    pub risk: Risk,
    /// Fixes that must have been tried before.
    #[serde(default)]
    #[schemars(with = "Vec<IdField>")]
    pub after: Vec<At<String>>,
    /// Checks that show whether it helped.
    #[serde(default)]
    #[schemars(with = "Vec<CheckId>")]
    pub verify: Vec<At<String>>,
}

/// Calling a human.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOverFile {
    /// How much of the person's time it takes until a human has solved it: 20m.
    pub cost: CostField,
    /// Where the ticket belongs: network, sound, printing.
    #[schemars(with = "IdField")]
    pub category: At<String>,
    /// How soon it should be looked at.
    #[serde(default)]
    pub priority: Priority,
    /// Who gets it when no cause stands out.
    #[serde(default)]
    pub level: Level,
}

/// A station of the drawing. Its status is the worst of its checks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StationFile {
    /// Name of a drawing: laptop, router, book, globe.
    pub icon: String,
    /// What it is.
    pub label: At<Text>,
    /// The checks that belong to it.
    #[schemars(with = "Vec<CheckId>")]
    pub checks: Vec<At<String>>,
}

/// A value with its place in the file, counted from 1; 0 where it is not known.
pub(crate) struct At<T> {
    pub value: T,
    pub line: usize,
    pub column: usize,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let place = spanned.referenced;
        Ok(Self { value: spanned.value, line: place.line() as usize, column: place.column() as usize })
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A map that keeps the order of the file, and the places of its keys. Keys given twice never come this
/// far: the YAML reader refuses them.
pub(crate) struct Ordered<V>(pub Vec<(At<String>, V)>);

impl<V> Default for Ordered<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Ordered<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Ordered<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names with their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<V: JsonSchema> JsonSchema for Ordered<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("NamesWith{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<V>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

/// A word, or the number that somebody has measured.
#[derive(Clone)]
pub(crate) enum WordOrNumber {
    Word(String),
    Number(f64),
}

impl<'de> Deserialize<'de> for WordOrNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = WordOrNumber;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a number")
            }

            fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
                Ok(WordOrNumber::Word(v.to_owned()))
            }

            fn visit_f64<E>(self, v: f64) -> Result<Self::Value, E> {
                Ok(WordOrNumber::Number(v))
            }

            fn visit_i64<E>(self, v: i64) -> Result<Self::Value, E> {
                Ok(WordOrNumber::Number(v as f64))
            }

            fn visit_u64<E>(self, v: u64) -> Result<Self::Value, E> {
                Ok(WordOrNumber::Number(v as f64))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// How often: a word or a probability.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct ChanceField(pub At<WordOrNumber>);

/// How common: a word or a weight.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct WeightField(pub At<WordOrNumber>);

/// How long: `20s`, `5m`, or seconds.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct CostField(pub At<WordOrNumber>);

/// The name of something in this file.
pub(crate) struct IdField;

macro_rules! field_schema {
    ($name:ident, $schema:expr) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).trim_end_matches("Field").into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

fn words(table: &[(&'static str, f64)]) -> Vec<&'static str> {
    table.iter().map(|(w, _)| *w).collect()
}

field_schema!(
    ChanceField,
    json_schema!({
        "description": "How often: always 0.99, usually 0.9, often 0.7, sometimes 0.3, rarely 0.1, never 0.01, or a measured probability.",
        "anyOf": [{ "enum": words(&CHANCES) }, { "type": "number", "minimum": 0, "maximum": 1 }],
    })
);
field_schema!(
    WeightField,
    json_schema!({
        "description": "How common: very common 30, common 10, occasional 3, rare 1, very rare 0.3, or a measured weight.",
        "anyOf": [{ "enum": words(&WEIGHTS) }, { "type": "number", "minimum": 0, "maximum": MAX_WEIGHT }],
    })
);
field_schema!(
    CostField,
    json_schema!({
        "description": "How long it takes the person: 20s, 5m, 1h 30m, or a number of seconds.",
        "anyOf": [
            { "type": "string", "pattern": "^([0-9.]+(s|m|min|h))( [0-9.]+(s|m|min|h))*$" },
            { "type": "number", "minimum": 0, "maximum": MAX_SECONDS },
        ],
    })
);
field_schema!(IdField, json_schema!({ "type": "string", "pattern": PATTERN }));

/// A weight above this is a slip of the pen.
pub(crate) const MAX_WEIGHT: f64 = 1e6;

/// Nothing in a guide takes longer than a week.
pub(crate) const MAX_SECONDS: f64 = 7.0 * 86_400.0;

/// The JSON Schema of a guide file, for editors.
pub fn schema() -> Schema {
    schemars::schema_for!(GuideFile)
}

/// What is known, as `a, b or c`.
pub(crate) fn statuses() -> String {
    Status::ALL.map(Status::as_str).join(", ")
}
