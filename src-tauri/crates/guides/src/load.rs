//! From guide files to guides: names resolved, words turned into numbers, and every mistake reported
//! with its place, what was expected and what to do. The only reading of files is the content loader's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use befund_checks::{CheckId, Checks, Status};
use befund_content::{ContentError, ContentFile, Lang, Origin, Text, in_parallel, load_dir, parse_yaml};

use crate::file::{
    At, ChanceField, CostField, FixFile, GuideFile, MAX_SECONDS, MAX_WEIGHT, Ordered, PriorFile,
    QuestionFile, Shows, WeightField, WordOrNumber, statuses,
};
use crate::guide::{Answer, Cause, Fix, Guide, HandOver, Level, Priority, Question, Station, Symptoms};
use crate::words::{CHANCES, OCCASIONAL, RARE, WEIGHTS, list, look_up, seconds};
use crate::{AnswerId, CauseId, FixId, GuideId, QuestionId};

/// Every guide, by its name. Copies share what was read.
#[derive(Debug, Clone, Default)]
pub struct Guides {
    /// Those that ship inside the program, read when they are wanted: reading all of them takes longer than
    /// measuring.
    builtin: Arc<BTreeMap<GuideId, GuideOnDemand>>,
    /// Those of folders. They go before built-in ones of the same name.
    own: BTreeMap<GuideId, Guide>,
    checks: Checks,
}

#[derive(Debug)]
struct GuideOnDemand {
    file: ContentFile,
    guide: OnceLock<Result<Guide>>,
}

impl Guides {
    /// The built-in guides and those of `folders` (in the subfolder `guides` of each). A later file replaces an
    /// earlier one of the same id; a broken one is reported, and the rest works all the same.
    ///
    /// Files of folders are read now, so that somebody is told of their mistakes; built-in ones when they
    /// are wanted, for which [`Guides::errors`] is tested to be empty.
    pub fn load(folders: &[&Path], checks: &Checks) -> (Self, Vec<ContentError>) {
        let (files, mut errors) = load_dir("guides", folders);
        let (builtin, mut own): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|f| f.origin == Origin::Builtin);
        let mut on_demand = BTreeMap::new();
        // Built-in guides extend built-in ones: an organisation that replaces a guide changes no other.
        let bases = bases(&builtin);
        for file in builtin {
            if depth(&bases, &file) > bases.len() {
                let help = "Let one of them extend none of the others.";
                errors.push(ContentError::new(&file.name, "guides extend each other in a circle", help));
                continue;
            }
            match named(&file.text, "id:").unwrap_or_default().parse() {
                Ok(id) => {
                    on_demand.insert(id, GuideOnDemand { file, guide: OnceLock::new() });
                }
                Err(_) => errors.push(ContentError::new(&file.name, "there is no line “id: …”", "Add it.")),
            }
        }
        let mut loaded = Self { builtin: Arc::new(on_demand), own: BTreeMap::new(), checks: checks.clone() };
        // A guide that extends another is read after it, whatever their names are.
        let bases = self::bases(&own);
        own.sort_by_key(|file| depth(&bases, file));
        let mut from: BTreeMap<GuideId, String> = BTreeMap::new();
        let parsed = in_parallel(&own, |file| read(&file.name, &file.text));
        for (file, parsed) in own.into_iter().zip(parsed) {
            match parsed.and_then(|raw| loaded.reader(&file).guide(raw)) {
                Ok(guide) => {
                    if let Some(other) = from.get(&guide.id) {
                        errors.push(ContentError::new(
                            &file.name,
                            format!("there is already a guide “{}” in {other}", guide.id),
                            "Give one of them another id, or remove it. This one is left out.",
                        ));
                        continue;
                    }
                    from.insert(guide.id.clone(), file.name);
                    loaded.own.insert(guide.id.clone(), guide);
                }
                Err(error) => errors.push(error),
            }
        }
        (loaded, errors)
    }

    /// Reads one guide file, which may extend one of these guides. The first mistake in it is the error.
    pub fn parse(&self, file: &str, text: &str, checks: &Checks) -> Result<Guide, ContentError> {
        Reader { file, checks, guides: self, origin: Origin::Folder }.guide(read(file, text)?)
    }

    /// The guides that ship inside the program, all of them read.
    pub fn builtin(checks: &Checks) -> (Self, Vec<ContentError>) {
        let (guides, mut errors) = Self::load(&[], checks);
        errors.extend(guides.errors());
        (guides, errors)
    }

    /// A guide by its name.
    pub fn get(&self, id: &GuideId) -> Option<&Guide> {
        self.own.get(id).or_else(|| self.get_builtin(id))
    }

    /// The checks that they name.
    pub(crate) const fn checks(&self) -> &Checks {
        &self.checks
    }

    fn get_builtin(&self, id: &GuideId) -> Option<&Guide> {
        self.read_builtin(self.builtin.get(id)?).as_ref().ok()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Guide> {
        self.read_all();
        let ids: BTreeSet<&GuideId> = self.own.keys().chain(self.builtin.keys()).collect();
        ids.into_iter().filter_map(|id| self.get(id))
    }

    /// What is wrong with those that [`Guides::load`] did not read.
    pub fn errors(&self) -> Vec<ContentError> {
        self.read_all();
        let read = self.builtin.values().map(|guide| self.read_builtin(guide));
        read.filter_map(|guide| guide.as_ref().err()).cloned().collect()
    }

    fn read_all(&self) {
        let unread: Vec<_> = self.builtin.values().filter(|guide| guide.guide.get().is_none()).collect();
        in_parallel(&unread, |guide| {
            self.read_builtin(guide);
        });
    }

    fn read_builtin<'g>(&'g self, guide: &'g GuideOnDemand) -> &'g Result<Guide> {
        let file = &guide.file;
        guide.guide.get_or_init(|| self.reader(file).guide(read(&file.name, &file.text)?))
    }

    fn reader<'g>(&'g self, file: &'g ContentFile) -> Reader<'g> {
        Reader { file: &file.name, checks: &self.checks, guides: self, origin: file.origin }
    }
}

/// Which guide extends which, by their names.
fn bases(files: &[ContentFile]) -> BTreeMap<String, String> {
    let pair = |file: &ContentFile| {
        Some((named(&file.text, "id:")?.to_owned(), named(&file.text, "extends:")?.to_owned()))
    };
    files.iter().filter_map(pair).collect()
}

fn read(file: &str, text: &str) -> Result<GuideFile, ContentError> {
    parse_yaml(file, text).map_err(explain)
}

/// What a key of the top level says, as far as can be said without reading all of the file.
fn named<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let value = line.split_once(" #").map_or(line, |(value, _comment)| value);
    Some(value.trim().trim_matches(['"', '\'']))
}

/// How many guides stand below this one. Those that extend each other in a circle are deeper than there are
/// guides.
fn depth(bases: &BTreeMap<String, String>, file: &ContentFile) -> usize {
    let below = std::iter::successors(named(&file.text, "extends:"), |id| bases.get(*id).map(String::as_str));
    below.take(bases.len() + 1).count()
}

/// Says what a missing language means; the YAML reader only knows that a key is missing.
fn explain(mut error: ContentError) -> ContentError {
    for (key, en) in [("de", "German"), ("en", "English")] {
        if error.message.contains(&format!("missing field `{key}`")) {
            error.message = format!("the {en} text (`{key}`) is missing");
            "Write every text in both languages: { en: …, de: … }.".clone_into(&mut error.help);
        }
    }
    error
}

struct Reader<'a> {
    file: &'a str,
    checks: &'a Checks,
    guides: &'a Guides,
    origin: Origin,
}

type Result<T, E = ContentError> = std::result::Result<T, E>;

impl Reader<'_> {
    fn error<T>(&self, at: &At<T>, message: impl Into<String>, help: impl Into<String>) -> ContentError {
        let error = ContentError::new(self.file, message, help);
        if at.line == 0 { error } else { error.at(at.line, at.column) }
    }

    fn guide(&self, raw: GuideFile) -> Result<Guide> {
        let id: GuideId = self.id(&raw.id)?;
        let base = self.base(&raw, &id)?;
        if raw.causes.0.is_empty() {
            return Err(self.error(
                &raw.id,
                format!("the guide “{id}” has no cause"),
                "Name at least one under `causes:`.",
            ));
        }
        if raw.fixes.0.is_empty() && raw.hand_over.is_none() && base.is_none() {
            return Err(self.error(
                &raw.id,
                format!("the guide “{id}” has no fix and no hand-over: it would lead nowhere"),
                "Add at least one fix under `fixes:`, or `hand-over: { cost: 20m, category: …, priority: normal }`.",
            ));
        }
        let symptoms =
            Symptoms { en: self.symptoms(&raw.symptoms.en)?, de: self.symptoms(&raw.symptoms.de)? };
        let first_steps = self.texts(&raw.first_steps)?;
        let mut questions = self.questions(&raw.questions)?;
        if let Some(base) = base {
            take_over(&mut questions, &base.questions, |q| q.id.as_str());
        }
        let mut causes = self.causes(&raw, &questions)?;
        if let Some(base) = base {
            let mut inherited = base.causes.clone();
            self.inherit(&mut inherited, &raw, &questions)?;
            take_over(&mut causes, &inherited, |c| c.id.as_str());
        }
        let mut fixes = self.fixes(&raw.fixes, &causes)?;
        if let Some(base) = base {
            take_over(&mut fixes, &base.fixes, |f| f.id.as_str());
        }
        let hand_over = match &raw.hand_over {
            Some(h) => HandOver {
                cost: self.cost(&h.cost)?,
                category: self.id::<GuideId>(&h.category)?.to_string(),
                priority: h.priority,
                level: h.level,
            },
            None => HandOver {
                cost: 20.0 * 60.0,
                category: id.to_string(),
                priority: Priority::Normal,
                level: Level::First,
            },
        };
        if let Some(h) = raw.hand_over.as_ref().filter(|_| hand_over.cost <= 0.0) {
            return Err(self.error(
                &h.cost.0,
                "handing over costs nothing: the guide would never ask or try anything",
                "Say how much of the person's time it takes, such as 20m.",
            ));
        }
        let mut path: Vec<Station> = raw
            .path
            .iter()
            .map(|s| {
                Ok(Station {
                    icon: s.icon.clone(),
                    label: self.text(&s.label)?,
                    checks: s.checks.iter().map(|c| self.check(c, &[])).collect::<Result<_>>()?,
                })
            })
            .collect::<Result<_>>()?;
        if let Some(base) = base.filter(|_| path.is_empty()) {
            path.clone_from(&base.path);
        }
        // Somebody who says that the device is gone is not mistaken.
        let no_problem = if first_steps.is_empty() { OCCASIONAL } else { 0.0 };
        Ok(Guide {
            id,
            extends: base.map(|base| base.id.clone()),
            title: self.text(&raw.title)?,
            subtitle: self.optional_text(raw.subtitle.as_ref())?,
            icon: raw.icon,
            topic: raw.topic,
            common: raw.common,
            symptoms,
            first_steps,
            causes,
            no_problem: self.other_prior(raw.no_problem.as_ref(), no_problem)?,
            something_else: self.other_prior(raw.something_else.as_ref(), RARE)?,
            questions,
            fixes,
            hand_over,
            path,
        })
    }

    /// The guide that this one extends.
    fn base(&self, raw: &GuideFile, id: &GuideId) -> Result<Option<&Guide>> {
        let Some(name) = &raw.extends else {
            return match raw.inherits.0.first() {
                Some((key, _)) => Err(self.error(
                    key,
                    "`inherits` without `extends`: there is no guide to take causes from",
                    "Name the guide at the top level, such as `extends: internet`.",
                )),
                None => Ok(None),
            };
        };
        let known = name.value.parse().ok().filter(|base| base != id).and_then(|base| match self.origin {
            Origin::Builtin => self.guides.get_builtin(&base),
            Origin::Folder => self.guides.get(&base),
        });
        known.map(Some).ok_or_else(|| {
            // Names alone: to read them all here could come back to this one.
            let names = self.guides.own.keys().chain(self.guides.builtin.keys());
            let names = names.filter(|g| *g != id).map(GuideId::as_str);
            self.unknown(name, "guide", names, "A guide can extend any other, but none that extends it.")
        })
    }

    /// Adds to the causes taken over what this guide says of them.
    fn inherit(&self, causes: &mut [Cause], raw: &GuideFile, questions: &[Question]) -> Result<()> {
        let names: Vec<String> = causes.iter().map(|c| c.id.to_string()).collect();
        for (key, inherited) in &raw.inherits.0 {
            let Some(cause) = causes.iter_mut().find(|c| c.id.as_str() == key.value) else {
                let help =
                    "Use a cause of the guide that is extended, or describe a new one under `causes:`.";
                return Err(self.unknown(key, "cause", names.iter().map(String::as_str), help));
            };
            let mut observed = Observed::default();
            self.observe(
                &format!("cause “{}”", key.value),
                &inherited.shows,
                &inherited.leads_to,
                raw,
                questions,
                &mut observed,
            )?;
            for (check, row) in observed.checks {
                cause.shows.insert(check, row);
            }
            for (question, row) in observed.answers {
                cause.answers.insert(question, row);
            }
            if let Some(prior) = &inherited.prior {
                cause.prior = self.prior(&key.value, prior)?;
            }
        }
        Ok(())
    }

    fn symptoms(&self, raw: &[At<String>]) -> Result<Vec<String>> {
        raw.iter()
            .map(|line| match line.value.trim() {
                "" => Err(self.error(line, "a line of `symptoms` is empty", "Remove it.")),
                words => Ok(words.to_owned()),
            })
            .collect()
    }

    fn questions(&self, raw: &Ordered<QuestionFile>) -> Result<Vec<Question>> {
        raw.0
            .iter()
            .map(|(key, q)| {
                let id: QuestionId = self.id(key)?;
                let answers: Vec<Answer> = q
                    .answers
                    .0
                    .iter()
                    .map(|(key, label)| Ok(Answer { id: self.id(key)?, label: self.text(label)? }))
                    .collect::<Result<_>>()?;
                if answers.len() < 2 {
                    return Err(self.error(
                        key,
                        format!("the question “{id}” has {} answers; at least 2 are needed", answers.len()),
                        "Add an answer. “I don't know” is always there and does not count.",
                    ));
                }
                Ok(Question {
                    healthy: self.answer_row(
                        &format!("healthy answers to “{id}”"),
                        key,
                        &q.healthy,
                        &answers,
                    )?,
                    ask: self.text(&q.ask)?,
                    hint: self.optional_text(q.hint.as_ref())?,
                    cost: self.cost(&q.cost)?,
                    id,
                    answers,
                })
            })
            .collect()
    }

    fn causes(&self, raw: &GuideFile, questions: &[Question]) -> Result<Vec<Cause>> {
        // Every group is read even if no cause takes it, so that a mistake in it is found.
        for (key, group) in &raw.consequences.0 {
            self.id::<GuideId>(key)?;
            self.shows(&format!("consequence “{}”", key.value), group, questions, &mut Observed::default())?;
        }
        raw.causes
            .0
            .iter()
            .map(|(key, c)| {
                let id: CauseId = self.id(key)?;
                if id.is_something_else() {
                    return Err(self.error(
                        key,
                        "“something-else” is always among the causes and cannot be described",
                        "Remove it. To change how common it is, write `something-else: { prior: … }` at the top level.",
                    ));
                }
                let mut observed = Observed::default();
                self.observe(&format!("cause “{id}”"), &c.shows, &c.leads_to, raw, questions, &mut observed)?;
                let prior = self.prior(id.as_str(), &c.prior)?;
                Ok(Cause {
                    id,
                    title: self.text(&c.title)?,
                    meaning: self.optional_text(c.meaning.as_ref())?,
                    prior,
                    level: c.level,
                    first_steps: self.texts(&c.first_steps)?,
                    shows: observed.checks,
                    answers: observed.answers,
                })
            })
            .collect()
    }

    /// What a cause says itself, and what its groups say.
    fn observe(
        &self,
        of: &str,
        shows: &Shows,
        leads_to: &[At<String>],
        raw: &GuideFile,
        questions: &[Question],
        into: &mut Observed,
    ) -> Result<()> {
        self.shows(of, shows, questions, into)?;
        for name in leads_to {
            let groups = &raw.consequences.0;
            let Some((_, group)) = groups.iter().find(|(k, _)| k.value == name.value) else {
                return Err(self.unknown(
                    name,
                    "consequence",
                    groups.iter().map(|(k, _)| k.value.as_str()),
                    "Write the group under `consequences:`, or correct the name.",
                ));
            };
            self.shows(&format!("consequence “{}”", name.value), group, questions, into)?;
        }
        Ok(())
    }

    /// Adds what is not there yet: what a cause says itself goes before what its groups say.
    fn shows(&self, of: &str, raw: &Shows, questions: &[Question], into: &mut Observed) -> Result<()> {
        for (key, row) in &raw.0 {
            if let Some(question) = questions.iter().find(|q| q.id == key.value.as_str()) {
                let row =
                    self.answer_row(&format!("“{}” in {of}", key.value), key, row, &question.answers)?;
                into.answers.entry(question.id.clone()).or_insert(row);
                continue;
            }
            let names: Vec<&str> = questions.iter().map(|q| q.id.as_str()).collect();
            let check = self.check(key, &names)?;
            let mut statuses_row = BTreeMap::new();
            for (status, chance) in &row.0 {
                let Some(known) = Status::ALL.into_iter().find(|s| s.as_str() == status.value) else {
                    return Err(self.unknown(
                        status,
                        "status",
                        Status::ALL.map(Status::as_str).into_iter(),
                        &format!("A check shows one of: {}.", statuses()),
                    ));
                };
                statuses_row.insert(known, self.chance(chance)?);
            }
            self.row(&format!("“{check}” in {of}"), key, &statuses_row)?;
            into.checks.entry(check).or_insert(statuses_row);
        }
        Ok(())
    }

    fn answer_row(
        &self,
        of: &str,
        at: &At<String>,
        raw: &Ordered<ChanceField>,
        answers: &[Answer],
    ) -> Result<BTreeMap<AnswerId, f64>> {
        let mut row = BTreeMap::new();
        for (key, chance) in &raw.0 {
            let Some(answer) = answers.iter().find(|a| a.id == key.value.as_str()) else {
                return Err(self.unknown(
                    key,
                    "answer",
                    answers.iter().map(|a| a.id.as_str()),
                    "Use an answer of the question, or add it there. “I don't know” says nothing and is not listed.",
                ));
            };
            row.insert(answer.id.clone(), self.chance(chance)?);
        }
        self.row(of, at, &row)?;
        Ok(row)
    }

    /// One of the named results is what is seen, so together they cannot be more than certain.
    fn row<K>(&self, of: &str, at: &At<String>, row: &BTreeMap<K, f64>) -> Result<()> {
        let sum: f64 = row.values().sum();
        if sum > 1.0 + 1e-9 {
            return Err(self.error(
                at,
                format!("the probabilities of {of} add up to {sum:.2}; at most 1 is possible"),
                "Use weaker words. What is not mentioned shares the rest.",
            ));
        }
        Ok(())
    }

    fn fixes(&self, raw: &Ordered<FixFile>, causes: &[Cause]) -> Result<Vec<Fix>> {
        let names: Vec<&str> = raw.0.iter().map(|(k, _)| k.value.as_str()).collect();
        let fixes: Vec<Fix> = raw
            .0
            .iter()
            .map(|(key, f)| {
                let id: FixId = self.id(key)?;
                if f.steps.is_empty() && f.action.is_none() {
                    return Err(self.error(
                        key,
                        format!("the fix “{id}” says neither what to do nor which action does it"),
                        "Add `steps:` with one instruction a line, or `action:`.",
                    ));
                }
                let mut solves = BTreeMap::new();
                for (cause, chance) in &f.solves.0 {
                    let Some(known) = causes.iter().find(|c| c.id == cause.value.as_str()) else {
                        return Err(self.unknown(
                            cause,
                            "cause",
                            causes.iter().map(|c| c.id.as_str()),
                            "Use a cause of this guide, or add it under `causes:`.",
                        ));
                    };
                    solves.insert(known.id.clone(), self.chance(chance)?);
                }
                let after = f
                    .after
                    .iter()
                    .map(|a| {
                        if names.contains(&a.value.as_str()) && a.value != key.value {
                            self.id(a)
                        } else {
                            Err(self.unknown(
                                a,
                                "fix",
                                names.iter().copied().filter(|n| *n != key.value),
                                "Name another fix of this guide.",
                            ))
                        }
                    })
                    .collect::<Result<_>>()?;
                let cost = self.cost(&f.cost)?;
                if cost <= 0.0 {
                    return Err(self.error(
                        &f.cost.0,
                        format!("the fix “{id}” costs nothing"),
                        "Say how long it takes, such as 20s.",
                    ));
                }
                Ok(Fix {
                    title: self.text(&f.title)?,
                    summary: self.optional_text(f.summary.as_ref())?,
                    steps: self.texts(&f.steps)?,
                    action: f.action.as_ref().map(|a| self.action(a)).transpose()?,
                    solves,
                    cost,
                    risk: f.risk,
                    after,
                    verify: f.verify.iter().map(|c| self.check(c, &[])).collect::<Result<_>>()?,
                    id,
                })
            })
            .collect::<Result<_>>()?;
        for (key, _) in &raw.0 {
            if let Some(circle) = circle(&fixes, &key.value) {
                return Err(self.error(
                    key,
                    format!("the order of the fixes goes in a circle: {circle}"),
                    "Remove one of the `after:`.",
                ));
            }
        }
        Ok(fixes)
    }

    fn action(&self, raw: &At<String>) -> Result<String> {
        // A name and nothing more: content never carries a command.
        if raw.value.split('.').all(|part| GuideId::from_str(part).is_ok()) {
            Ok(raw.value.clone())
        } else {
            Err(self.error(
                raw,
                format!("“{}” is not the name of an action", raw.value),
                "Actions are built in and are named such as network.renew-address. A guide cannot carry commands.",
            ))
        }
    }

    fn check(&self, raw: &At<String>, also: &[&str]) -> Result<CheckId> {
        let known = CheckId::from_str(&raw.value).ok().filter(|id| self.checks.contains(id));
        known.ok_or_else(|| {
            let names = self.checks.ids().map(CheckId::as_str).chain(also.iter().copied());
            let what = if also.is_empty() { "check" } else { "check or question" };
            self.unknown(raw, what, names, "`befund check --json` lists every check that there is.")
        })
    }

    fn unknown<'n>(
        &self,
        at: &At<String>,
        what: &str,
        known: impl Iterator<Item = &'n str>,
        help: &str,
    ) -> ContentError {
        let known: Vec<&str> = known.collect();
        let mut hint = match closest(&at.value, known.iter().copied()) {
            Some(name) => format!("Did you mean “{name}”? "),
            None if known.is_empty() || known.len() > 12 => String::new(),
            None => format!("There are: {}. ", known.join(", ")),
        };
        hint.push_str(help);
        self.error(at, format!("there is no {what} “{}”", at.value), hint)
    }

    fn id<T: FromStr<Err = crate::IdError>>(&self, raw: &At<String>) -> Result<T> {
        raw.value
            .parse()
            .map_err(|e: crate::IdError| self.error(raw, e.to_string(), "For example: dns-server-silent."))
    }

    fn text(&self, raw: &At<Text>) -> Result<Text> {
        for lang in Lang::ALL {
            if raw.value.get(lang).trim().is_empty() {
                return Err(self.error(
                    raw,
                    format!("the text in `{lang}` is empty"),
                    "Write every text in both languages: { en: …, de: … }.",
                ));
            }
        }
        Ok(raw.value.map(|_, s| s.trim().to_owned()))
    }

    fn texts(&self, raw: &[At<Text>]) -> Result<Vec<Text>> {
        raw.iter().map(|text| self.text(text)).collect()
    }

    fn optional_text(&self, raw: Option<&At<Text>>) -> Result<Option<Text>> {
        raw.map(|t| self.text(t)).transpose()
    }

    fn chance(&self, raw: &ChanceField) -> Result<f64> {
        match &raw.0.value {
            WordOrNumber::Word(word) => look_up(&CHANCES, word).ok_or_else(|| {
                let names = CHANCES.iter().map(|(w, _)| *w);
                let hint = closest(word, names).map(|w| format!("Did you mean “{w}”? ")).unwrap_or_default();
                self.error(
                    &raw.0,
                    format!("“{word}” does not say how often"),
                    format!("{hint}Use one of: {}; or a number from 0 to 1.", list(&CHANCES)),
                )
            }),
            WordOrNumber::Number(n) if (0.0..=1.0).contains(n) => Ok(*n),
            WordOrNumber::Number(n) => Err(self.error(
                &raw.0,
                format!("{n} is not a probability"),
                format!("Use a number from 0 to 1, or one of: {}.", list(&CHANCES)),
            )),
        }
    }

    fn weight(&self, raw: &WeightField) -> Result<f64> {
        match &raw.0.value {
            WordOrNumber::Word(word) => look_up(&WEIGHTS, word).ok_or_else(|| {
                let names = WEIGHTS.iter().map(|(w, _)| *w);
                let hint = closest(word, names).map(|w| format!("Did you mean “{w}”? ")).unwrap_or_default();
                self.error(
                    &raw.0,
                    format!("“{word}” does not say how common"),
                    format!("{hint}Use one of: {}; or a number such as 2.5.", list(&WEIGHTS)),
                )
            }),
            WordOrNumber::Number(n) if (0.0..=MAX_WEIGHT).contains(n) => Ok(*n),
            WordOrNumber::Number(n) => Err(self.error(
                &raw.0,
                format!("{n} is not a weight"),
                format!("Use a number from 0 to {MAX_WEIGHT}, or one of: {}.", list(&WEIGHTS)),
            )),
        }
    }

    /// How common a cause is. One that never occurs could not be found.
    fn prior(&self, cause: &str, raw: &WeightField) -> Result<f64> {
        let prior = self.weight(raw)?;
        if prior <= 0.0 {
            return Err(self.error(
                &raw.0,
                format!("the prior of the cause “{cause}” is 0: it could never be found"),
                format!("Use a word ({}) or a weight above 0, or remove the cause.", list(&WEIGHTS)),
            ));
        }
        Ok(prior)
    }

    fn other_prior(&self, raw: Option<&PriorFile>, default: f64) -> Result<f64> {
        raw.map_or(Ok(default), |p| self.weight(&p.prior))
    }

    fn cost(&self, raw: &CostField) -> Result<f64> {
        let (value, shown) = match &raw.0.value {
            WordOrNumber::Word(text) => (seconds(text), format!("“{text}”")),
            WordOrNumber::Number(n) => (Some(*n), n.to_string()),
        };
        value.filter(|s| (0.0..=MAX_SECONDS).contains(s)).ok_or_else(|| {
            self.error(
                &raw.0,
                format!("{shown} is not a length of time"),
                "Write it as 20s, 5m or 1h 30m; at most a week.",
            )
        })
    }
}

/// Appends what another guide has and this one does not.
fn take_over<T: Clone>(own: &mut Vec<T>, base: &[T], id: impl Fn(&T) -> &str) {
    let inherited: Vec<T> = base.iter().filter(|b| own.iter().all(|o| id(o) != id(b))).cloned().collect();
    own.extend(inherited);
}

/// What one cause makes checks and questions show.
#[derive(Default)]
struct Observed {
    checks: BTreeMap<CheckId, BTreeMap<Status, f64>>,
    answers: BTreeMap<QuestionId, BTreeMap<AnswerId, f64>>,
}

/// The circle that `after` makes through a fix, if there is one.
fn circle(fixes: &[Fix], from: &str) -> Option<String> {
    let mut trail = vec![from];
    let mut seen = BTreeSet::new();
    let mut open: Vec<(usize, &str)> = vec![(0, from)];
    while let Some((depth, name)) = open.pop() {
        trail.truncate(depth);
        trail.push(name);
        for next in fixes.iter().filter(|f| f.id == name).flat_map(|f| &f.after) {
            if *next == from {
                trail.push(from);
                return Some(trail.join(" after "));
            }
            if seen.insert(next.as_str()) {
                open.push((depth + 1, next.as_str()));
            }
        }
    }
    None
}

/// The known name that is nearest to a mistyped one, if any is near.
pub fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|k| (distance(name, k), k))
        .filter(|(d, k)| *d <= 1 + k.chars().count().max(name.chars().count()) / 4)
        .min()
        .map(|(_, k)| k)
}

/// Letters to change, add, drop or swap until one name is the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(80).collect(), b.chars().take(80).collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swap = if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    rows[i - 2][j - 2] + 1
                } else {
                    usize::MAX
                };
                change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(swap)
            };
        }
    }
    rows[a.len()][b.len()]
}
