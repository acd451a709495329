//! The package as a whole: made, read back, attacked, looked at.

#[cfg(target_os = "linux")]
mod evidence;
mod hostile;
mod leaks;
mod page;
mod round_trip;
mod sample;
mod schemas;
