//! `/proc/meminfo`, documented in the kernel's `filesystems/proc.rst`.

use super::Memory;
use crate::source::{detached, odd, read_text};
use crate::{Absence, Context, Reading, Reason};

const MEMINFO: &str = "/proc/meminfo";

pub(super) async fn measure(cx: Context) -> Reading<Memory> {
    let limit = cx.step();
    match detached("read memory", limit, move || read_text(&cx, MEMINFO)).await {
        Ok(Ok(text)) => Reading::Value(parse(&text)),
        Ok(Err(absent)) | Err(absent) => absent.into(),
    }
}

fn parse(text: &str) -> Memory {
    Memory {
        total_bytes: entry(text, "MemTotal").into(),
        available_bytes: entry(text, "MemAvailable").into(),
        swap_total_bytes: entry(text, "SwapTotal").into(),
        swap_free_bytes: entry(text, "SwapFree").into(),
    }
}

/// One line such as `MemTotal:       24684092 kB`, in bytes. The kernel's kB are 1024 bytes.
fn entry(text: &str, name: &str) -> Result<u64, Absence> {
    let Some(rest) = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':')) else {
        return Err(Absence::new(Reason::NotSupported, format!("{MEMINFO} has no line {name}")));
    };
    let mut words = rest.split_whitespace();
    let factor = |unit: Option<&str>| match unit {
        Some("kB") => Some(1024),
        None => Some(1),
        Some(_) => None,
    };
    words
        .next()
        .and_then(|number| number.parse::<u64>().ok())
        .zip(factor(words.next()))
        .and_then(|(number, factor)| number.checked_mul(factor))
        .ok_or_else(|| odd(MEMINFO, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_table_is_read_in_bytes() {
        let memory = parse(include_str!("../../fixtures/server/proc/meminfo"));
        assert_eq!(memory.total_bytes, Reading::Value(24_684_092 * 1024));
        assert_eq!(memory.available_bytes, Reading::Value(24_282_196 * 1024));
        assert_eq!(memory.swap_total_bytes, Reading::Value(0));
        assert_eq!(memory.swap_free_bytes, Reading::Value(0));
    }

    #[test]
    fn what_is_missing_or_odd_is_absent_with_its_reason() {
        let old = parse(
            "MemTotal: 2048 kB\nMemFree: 1024 kB\nSwapTotal: 18446744073709551615 kB\nSwapFree: x kB\n",
        );
        assert_eq!(old.total_bytes, Reading::Value(2048 * 1024));
        assert_eq!(old.available_bytes.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(old.swap_total_bytes.absence().unwrap().reason, Reason::Failed);
        assert_eq!(old.swap_free_bytes.absence().unwrap().reason, Reason::Failed);
        assert!(parse("").total_bytes.absence().unwrap().detail.contains("MemTotal"));
    }

    #[tokio::test]
    async fn without_the_table_the_subject_is_absent() {
        let empty = tempfile::tempdir().unwrap();
        let cx = Context { root: empty.path().into(), ..Context::default() };
        assert_eq!(measure(cx).await.absence().unwrap().reason, Reason::NotSupported);
    }
}
