//! Problems, causes and the next step: pure inference, and the events of a session.
