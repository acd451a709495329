//! The application behind the window. It may not open at first (a full disk, a home folder that cannot
//! be written to); then the window says why, and its “try again” does.

use std::sync::{Arc, OnceLock};

use befund_app::view::ErrorView;
use befund_app::{App, Paths};

/// Opens the application when the first command needs it, and hands it out from then on.
#[derive(Default)]
pub(crate) struct Door {
    app: OnceLock<Arc<App>>,
}

impl Door {
    /// The application, or in the person's language why there is none.
    pub(crate) fn app(&self) -> Result<Arc<App>, ErrorView> {
        if let Some(app) = self.app.get() {
            return Ok(app.clone());
        }
        let opened = Paths::standard().and_then(App::open).map_err(|error| error.shown())?;
        // Two commands may have opened it side by side; one of the two is kept, and only it delivers.
        let mut first = false;
        let app = self.app.get_or_init(|| {
            first = true;
            Arc::new(opened)
        });
        if first {
            app.deliver_in_background();
        }
        Ok(app.clone())
    }
}
