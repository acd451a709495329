//! `/proc/pressure`, documented in the kernel's `accounting/psi.rst`.

use procfs_core::prelude::*;
use procfs_core::{IoPressure, PressureRecord};

use super::{Pressure, Stall};
use crate::source::{detached, odd, read_text};
use crate::{Absence, Context, Reading};

pub(super) async fn measure(cx: Context) -> Reading<Pressure> {
    let limit = cx.step();
    detached("read pressure", limit, move || {
        let of = |what: &str| {
            let path = format!("/proc/pressure/{what}");
            read_text(&cx, &path).and_then(|text| parse(&path, &text)).into()
        };
        Pressure { cpu: of("cpu"), memory: of("memory"), io: of("io") }
    })
    .await
    .into()
}

/// The three files have one form. Before kernel 5.13 that of the processor had no second line.
fn parse(path: &str, text: &str) -> Result<Stall, Absence> {
    let both = if text.contains("full ") {
        text.to_owned()
    } else {
        format!("{}\nfull avg10=0 avg60=0 avg300=0 total=0\n", text.trim_end())
    };
    let read = IoPressure::from_read(both.as_bytes()).map_err(|_| odd(path, text))?;
    let share = |value: f32| -> Result<f64, Absence> {
        let value = f64::from(value);
        let is_share = (0.0..=100.0).contains(&value);
        is_share.then(|| (value * 100.0).round() / 100.0).ok_or_else(|| odd(path, text))
    };
    let three = |r: &PressureRecord| -> Result<[f64; 3], Absence> {
        Ok([share(r.avg10)?, share(r.avg60)?, share(r.avg300)?])
    };
    let [some_10s_percent, some_60s_percent, some_300s_percent] = three(&read.some)?;
    let [full_10s_percent, full_60s_percent, full_300s_percent] = three(&read.full)?;
    Ok(Stall {
        some_10s_percent,
        some_60s_percent,
        some_300s_percent,
        full_10s_percent,
        full_60s_percent,
        full_300s_percent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;

    const BUSY: &str = "some avg10=18.07 avg60=7.72 avg300=5.79 total=4463943844\n\
                        full avg10=1.50 avg60=0.09 avg300=0.20 total=43314663\n";

    #[tokio::test]
    async fn the_three_files_are_read_and_what_is_missing_says_so() {
        let tree = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(tree.path().join("proc/pressure")).unwrap();
        std::fs::write(tree.path().join("proc/pressure/io"), BUSY).unwrap();
        std::fs::write(tree.path().join("proc/pressure/cpu"), BUSY.lines().next().unwrap()).unwrap();
        let cx = Context { root: tree.path().into(), ..Context::default() };
        let reading = measure(cx).await;
        let pressure = reading.value().unwrap();
        let io = pressure.io.value().unwrap();
        assert_eq!((io.some_10s_percent, io.some_60s_percent, io.some_300s_percent), (18.07, 7.72, 5.79));
        assert_eq!((io.full_10s_percent, io.full_60s_percent, io.full_300s_percent), (1.5, 0.09, 0.2));
        let cpu = pressure.cpu.value().unwrap();
        assert_eq!((cpu.some_60s_percent, cpu.full_60s_percent), (7.72, 0.0));
        assert_eq!(pressure.memory.absence().unwrap().reason, Reason::NotSupported);
    }

    #[test]
    fn odd_content_is_a_failure_and_never_a_panic() {
        for text in ["", "some", "some avg10=x avg60=1 avg300=1 total=1", "full avg10=1", "\u{fffd}"] {
            assert_eq!(parse("/p", text).unwrap_err().reason, Reason::Failed, "{text:?}");
        }
        for share in ["nan", "inf", "-1", "101"] {
            let text = format!("some avg10={share} avg60=0 avg300=0 total=0");
            assert_eq!(parse("/p", &text).unwrap_err().reason, Reason::Failed, "{text:?}");
        }
    }
}
