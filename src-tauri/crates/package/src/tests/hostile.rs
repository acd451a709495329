//! Hostile packages: each is refused with a clear error.
