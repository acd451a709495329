//! The application object: what is loaded once and shared by every command and page.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use befund_checks::Checks;
use befund_content::{ContentError, Lang, Messages};
use befund_desk::{LocalDesk, Outbox};
use befund_guides::{Guide, Guides};
use befund_knowledge::{Document, Index};
use befund_reference::Reference;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::case_store::{CaseStore, private_folder};
use crate::evidence::Collected;
use crate::measuring::Offline;
use crate::policy::PolicyInForce;
use crate::review::Preview;
use crate::view::{ErrorView, HelpView, HitView, Settings, ShellView};
use crate::{AppError, Paths, settings};

/// The application.
pub struct App {
    pub(crate) paths: Paths,
    pub(crate) policy: PolicyInForce,
    pub(crate) checks: Checks,
    pub(crate) guides: Guides,
    pub(crate) messages: Messages,
    pub(crate) cases: CaseStore,
    pub(crate) running: Mutex<BTreeMap<Reference, CancellationToken>>,
    pub(crate) previews: Mutex<BTreeMap<Reference, Preview>>,
    /// What the system wrote down, for one draft at a time: it stays in memory.
    pub(crate) evidence: Mutex<Option<Collected>>,
    /// Whom it is read from.
    pub(crate) system: befund_package::System,
    /// What the search knows, built at its first use: it reads every guide.
    index: OnceLock<Index>,
    content_errors: Vec<ContentError>,
    settings: RwLock<Settings>,
    /// The language asked for on the command line; it wins over the settings.
    spoken: Option<Lang>,
    /// Whether anything may be sent while measuring.
    pub(crate) offline: Offline,
    outbox: Mutex<Option<Outbox>>,
}

impl App {
    /// Loads policy, content and settings. What is broken of them is reported by [`App::notices`]; the
    /// rest works.
    pub fn open(paths: Paths) -> Result<Self, AppError> {
        // Somebody may want a full or read-only disk examined: only what has to be kept fails then.
        let kept = private_folder(&paths.data);
        crate::start_log(&paths.log());
        if let Err(error) = kept {
            tracing::warn!(%error, "nothing can be kept");
        }
        let policy = PolicyInForce::load(paths.policy.as_deref());
        let folders: Vec<_> = paths.content.iter().map(std::path::PathBuf::as_path).collect();
        let (checks, mut content_errors) = Checks::load(&folders);
        let (guides, guide_errors) = Guides::load(&folders, &checks);
        content_errors.extend(guide_errors);
        let settings = RwLock::new(settings::load(&paths.settings()));
        Ok(Self {
            cases: CaseStore::new(paths.cases()),
            paths,
            policy,
            checks,
            guides,
            messages: Messages::builtin(),
            running: Mutex::default(),
            previews: Mutex::default(),
            evidence: Mutex::default(),
            system: befund_package::System::default(),
            index: OnceLock::new(),
            content_errors,
            settings,
            spoken: None,
            offline: Offline(false),
            outbox: Mutex::new(None),
        })
    }

    /// The same application, speaking this language whatever the settings say.
    pub fn speaking(mut self, lang: Lang) -> Self {
        self.spoken = Some(lang);
        self
    }

    /// The same application, perhaps sending nothing while it measures.
    pub fn measuring(mut self, offline: Offline) -> Self {
        self.offline = offline;
        self
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// The language in force.
    pub fn lang(&self) -> Lang {
        self.spoken.unwrap_or_else(|| settings::language(&self.settings()))
    }

    fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A message without arguments.
    pub fn message(&self, key: &str) -> String {
        self.messages.get(self.lang(), key, &[])
    }

    /// A message with its arguments.
    pub fn message_with(&self, key: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.messages.get(self.lang(), key, &args)
    }

    /// What the administrator should know: a broken policy, broken content.
    pub fn notices(&self) -> Vec<String> {
        let policy = self.policy.error.iter().map(|e| ("notice-policy", e));
        let content = self.content_errors.iter().map(|e| ("notice-content", e));
        policy.chain(content).map(|(key, e)| self.message_with(key, &[("detail", &e.to_string())])).collect()
    }

    /// What every page of the window needs.
    pub fn shell(&self) -> Result<ShellView, AppError> {
        let help = &self.policy.policy.help;
        Ok(ShellView {
            language: self.lang().tag().into(),
            settings: self.settings(),
            help: HelpView {
                name: self.desk_name(),
                phone: help.phone.clone(),
                hours: help.hours.clone(),
                mail: help.mail.clone(),
            },
            waiting: self.waiting()?,
            notices: self.notices(),
            version: env!("CARGO_PKG_VERSION").into(),
        })
    }

    /// Keeps what the person chose.
    pub fn set_settings(&self, chosen: Settings) -> Result<ShellView, AppError> {
        settings::store(&self.paths.settings(), &chosen)?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = chosen;
        self.shell()
    }

    /// Finds guides by the person's own words. The words go nowhere.
    pub fn search(&self, text: &str) -> Vec<HitView> {
        let lang = self.lang();
        self.index
            .get_or_init(|| Index::new(self.guides.iter().map(document)))
            .search(text, 8)
            .into_iter()
            .filter_map(|hit| {
                let guide = self.guides.get(&hit.id.parse().ok()?)?;
                Some(HitView {
                    kind: hit.kind,
                    id: hit.id,
                    title: guide.title.get(lang).into(),
                    subtitle: guide.subtitle.as_ref().map_or_else(String::new, |t| t.get(lang).into()),
                    score: hit.score,
                })
            })
            .collect()
    }

    /// An error as the window shows it.
    pub fn error_view(&self, error: &AppError) -> ErrorView {
        tracing::warn!(code = error.code(), %error, "shown to the person");
        error.view(&self.messages, self.lang())
    }

    /// The error for what nobody expected.
    pub fn unexpected(&self) -> ErrorView {
        ErrorView {
            code: "unexpected".into(),
            happened: self.message("error-unexpected-happened"),
            means: self.message("error-unexpected-means"),
            todo: self.message("error-unexpected-todo"),
        }
    }

    pub(crate) fn desk_name(&self) -> String {
        self.policy.policy.help.name.clone().unwrap_or_else(|| self.message("desk-name"))
    }

    pub(crate) fn desk(&self) -> LocalDesk {
        let folder = self.policy.policy.desk.folder.clone().unwrap_or_else(|| self.paths.tickets());
        LocalDesk::new(folder)
    }

    /// Works with the outbox, opened at its first use: most runs of the command line never need it.
    pub(crate) fn with_outbox<T>(
        &self,
        work: impl FnOnce(&Outbox) -> Result<T, befund_desk::DeskError>,
    ) -> Result<T, AppError> {
        let mut slot = locked(&self.outbox);
        let outbox = match slot.take() {
            Some(outbox) => outbox,
            None => Outbox::open(&self.paths.outbox())?,
        };
        Ok(work(slot.insert(outbox))?)
    }

    /// Whether anything was ever submitted here; asking costs no database.
    pub(crate) fn has_outbox(&self) -> bool {
        self.paths.outbox().exists()
    }
}

/// A guide as the search sees it.
fn document(guide: &Guide) -> Document {
    let symptoms = |lang: Lang| guide.symptoms.get(lang).iter().map(move |line| (lang, line.clone()));
    Document {
        kind: "guide".into(),
        id: guide.id.to_string(),
        title: guide.title.clone(),
        subtitle: guide.subtitle.clone().unwrap_or_else(|| guide.title.clone()),
        symptoms: Lang::ALL.into_iter().flat_map(symptoms).collect(),
    }
}

/// A lock whose holder panicked still guards sound data here: every change is a single assignment.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
