//! Judges facts: loads content/checks and evaluates its CEL expressions.
