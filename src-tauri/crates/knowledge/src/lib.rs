//! Finds the guide a person's own words mean.
