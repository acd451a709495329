//! `/proc/cpuinfo`, `/proc/stat`, `/proc/loadavg` and `/sys/devices/system/cpu`.

use std::collections::BTreeSet;

use super::cores::{self, AllTimes, Braked};
use super::{Core, Cpu, SAMPLE, Throttling};
use crate::source::{detached, odd, read_text};
use crate::{Absence, Context, Reading, Reason};

const CPUINFO: &str = "/proc/cpuinfo";
const LOADAVG: &str = "/proc/loadavg";
const ONLINE: &str = "/sys/devices/system/cpu/online";

/// More cores than Linux can be built for.
const MOST_CORES: u32 = 8192;

pub(super) async fn measure(cx: Context) -> Reading<Cpu> {
    let before = look(&cx).await;
    let still = {
        let cx = cx.clone();
        async move {
            let limit = cx.step();
            detached("read the processor's description", limit, move || describe(&cx)).await
        }
    };
    let (described, sampled) = if cx.is_live() {
        let (described, ()) = tokio::join!(still, tokio::time::sleep(SAMPLE));
        (described, compare(&cx, before).await)
    } else {
        let once =
            Absence::new(Reason::NothingToMeasure, "a recorded tree holds one sample, usage needs two");
        (still.await, before.and(Err(once)))
    };
    match described {
        Ok(cpu) => Reading::Value(with_sample(cpu, sampled)),
        Err(absent) => absent.into(),
    }
}

type Look = (AllTimes, Result<Braked, Absence>);

/// What happened between two looks.
struct Sample {
    shares: [f64; 3],
    cores: Vec<Core>,
    throttling: Reading<Throttling>,
}

async fn look(cx: &Context) -> Result<Look, Absence> {
    let inner = cx.clone();
    detached("read processor times", cx.step(), move || cores::look(&inner)).await?
}

async fn compare(cx: &Context, before: Result<Look, Absence>) -> Result<Sample, Absence> {
    let (before, braked_before) = before?;
    let inner = cx.clone();
    detached("read processor times", cx.step(), move || {
        let (after, braked_after) = cores::look(&inner)?;
        Ok(Sample {
            shares: cores::shares(before.together, after.together)?,
            cores: cores::cores(&inner, &before, &after),
            throttling: cores::throttling(braked_before, braked_after),
        })
    })
    .await?
}

fn with_sample(cpu: Cpu, sampled: Result<Sample, Absence>) -> Cpu {
    match sampled {
        Ok(Sample { shares: [busy, waiting, stolen], cores, throttling }) => Cpu {
            usage_percent: Reading::Value(busy),
            waiting_percent: Reading::Value(waiting),
            stolen_percent: Reading::Value(stolen),
            cores: Reading::Value(cores),
            throttling,
            ..cpu
        },
        Err(absent) => Cpu {
            usage_percent: absent.clone().into(),
            waiting_percent: absent.clone().into(),
            stolen_percent: absent.clone().into(),
            cores: absent.clone().into(),
            throttling: absent.into(),
            ..cpu
        },
    }
}

fn describe(cx: &Context) -> Cpu {
    let cpuinfo = read_text(cx, CPUINFO);
    let online = read_text(cx, ONLINE).and_then(|text| parse_cpu_list(&text));
    let load = read_text(cx, LOADAVG);
    let load_at = |i: usize| load.clone().and_then(|text| parse_load(&text, i)).into();
    Cpu {
        model: cpuinfo.clone().and_then(|text| model(&text)).into(),
        logical_count: online
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|ranges| count(ranges))
            .or_else(|absent| {
                let listed = cpuinfo.as_deref().map_or(0, |t| values(t, "processor").count());
                u32::try_from(listed).ok().filter(|n| *n > 0).ok_or(absent)
            })
            .into(),
        physical_count: cpuinfo
            .and_then(|text| cores_listed(&text))
            .or_else(|_| cores_by_siblings(cx, &online?))
            .into(),
        usage_percent: Reading::absent(Reason::NothingToMeasure, ""),
        waiting_percent: Reading::absent(Reason::NothingToMeasure, ""),
        stolen_percent: Reading::absent(Reason::NothingToMeasure, ""),
        cores: Reading::absent(Reason::NothingToMeasure, ""),
        throttling: Reading::absent(Reason::NothingToMeasure, ""),
        load_1m: load_at(0),
        load_5m: load_at(1),
        load_15m: load_at(2),
    }
}

fn parse_load(text: &str, at: usize) -> Result<f64, Absence> {
    text.split_whitespace()
        .nth(at)
        .and_then(|w| w.parse::<f64>().ok())
        .filter(|load| load.is_finite() && *load >= 0.0)
        .ok_or_else(|| odd(LOADAVG, text.trim()))
}

/// A list such as `0-3,8`, as ranges.
fn parse_cpu_list(text: &str) -> Result<Vec<(u32, u32)>, Absence> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first <= last && last < MOST_CORES).then_some((first, last))
    };
    let ranges: Option<Vec<_>> = text.trim().split(',').map(range).collect();
    ranges.ok_or_else(|| odd(ONLINE, text.trim()))
}

fn count(ranges: &[(u32, u32)]) -> Result<u32, Absence> {
    let cores: BTreeSet<u32> = ranges.iter().flat_map(|(first, last)| *first..=*last).collect();
    u32::try_from(cores.len()).map_err(|_| odd(ONLINE, "too many cores"))
}

/// The values of a key in `key : value` lines.
fn values<'a>(cpuinfo: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    cpuinfo.lines().filter_map(move |line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == key && !value.trim().is_empty()).then(|| value.trim())
    })
}

/// Each architecture writes its own keys: x86 and LoongArch `model name`, MIPS `cpu model`, POWER
/// `cpu`, older ARM kernels `Hardware`. ARM names its cores by number.
fn model(cpuinfo: &str) -> Result<String, Absence> {
    ["model name", "Model Name", "cpu model", "cpu", "Hardware"]
        .into_iter()
        .find_map(|key| values(cpuinfo, key).next())
        // Vendors pad names with blanks.
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
        .or_else(|| {
            let implementer = values(cpuinfo, "CPU implementer").next()?;
            // The last core listed is one of the fast ones where cores differ.
            arm_core(implementer, values(cpuinfo, "CPU part").last()?)
        })
        .ok_or_else(|| Absence::new(Reason::NotSupported, format!("{CPUINFO} names no model")))
}

/// Names of common ARM cores, from util-linux's `lscpu-arm.c`.
fn arm_core(implementer: &str, part: &str) -> Option<String> {
    let name = match (implementer, part) {
        ("0x41", "0xd03") => "ARM Cortex-A53",
        ("0x41", "0xd05") => "ARM Cortex-A55",
        ("0x41", "0xd07") => "ARM Cortex-A57",
        ("0x41", "0xd08") => "ARM Cortex-A72",
        ("0x41", "0xd09") => "ARM Cortex-A73",
        ("0x41", "0xd0b") => "ARM Cortex-A76",
        ("0x41", "0xd0c") => "ARM Neoverse-N1",
        ("0x41", "0xd40") => "ARM Neoverse-V1",
        ("0x41", "0xd41") => "ARM Cortex-A78",
        ("0x41", "0xd49") => "ARM Neoverse-N2",
        ("0x41", "0xd4f") => "ARM Neoverse-V2",
        ("0x61", _) => "Apple Silicon",
        ("0x51", _) => "Qualcomm",
        _ => return None,
    };
    Some(name.into())
}

/// Physical cores by `physical id` and `core id`, which x86 lists for every thread.
fn cores_listed(cpuinfo: &str) -> Result<u32, Absence> {
    let cores: BTreeSet<(&str, &str)> =
        values(cpuinfo, "physical id").zip(values(cpuinfo, "core id")).collect();
    match u32::try_from(cores.len()) {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(Absence::new(Reason::NotSupported, format!("{CPUINFO} lists no cores"))),
    }
}

/// Physical cores by the groups of threads that share one.
fn cores_by_siblings(cx: &Context, online: &[(u32, u32)]) -> Result<u32, Absence> {
    let mut groups = BTreeSet::new();
    for cpu in online.iter().flat_map(|(first, last)| *first..=*last) {
        let topology = format!("/sys/devices/system/cpu/cpu{cpu}/topology");
        let group = read_text(cx, &format!("{topology}/core_cpus_list"))
            // Its name before kernel 5.3.
            .or_else(|_| read_text(cx, &format!("{topology}/thread_siblings_list")))?;
        groups.insert(group.trim().to_owned());
    }
    u32::try_from(groups.len()).map_err(|_| odd(ONLINE, "too many cores"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(name: &str) -> Context {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/").to_owned() + name;
        Context { root: root.into(), ..Context::default() }
    }

    #[tokio::test]
    async fn a_recorded_server_is_read() {
        let reading = measure(recorded("server")).await;
        let cpu = reading.value().unwrap();
        assert_eq!(cpu.model, Reading::Value("Intel(R) Xeon(R) Processor".into()));
        assert_eq!(cpu.logical_count, Reading::Value(2));
        assert_eq!(cpu.physical_count, Reading::Value(2));
        assert_eq!(cpu.load_1m, Reading::Value(0.32));
        assert_eq!(cpu.load_5m, Reading::Value(0.52));
        assert_eq!(cpu.load_15m, Reading::Value(0.69));
        assert_eq!(cpu.usage_percent.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[tokio::test]
    async fn an_arm_board_counts_its_cores_by_siblings() {
        let reading = measure(recorded("arm-board")).await;
        let cpu = reading.value().unwrap();
        assert_eq!(cpu.model, Reading::Value("ARM Cortex-A72".into()));
        assert_eq!(cpu.logical_count, Reading::Value(4));
        assert_eq!(cpu.physical_count, Reading::Value(4));
    }

    #[tokio::test]
    async fn an_empty_tree_says_for_each_value_why_it_is_missing() {
        let empty = tempfile::tempdir().unwrap();
        let reading = measure(Context { root: empty.path().into(), ..Context::default() }).await;
        let cpu = reading.value().unwrap();
        assert_eq!(cpu.model.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(cpu.logical_count.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(cpu.physical_count.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(cpu.usage_percent.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(cpu.load_1m.absence().unwrap().reason, Reason::NotSupported);
    }

    #[test]
    fn odd_content_is_a_failure_and_never_a_panic() {
        for text in ["", "0.1", "nan 1 2", "-1 0 0", "inf 0 0"] {
            assert!(parse_load(text, usize::from(text == "0.1")).is_err(), "{text:?}");
        }
        for text in ["", "a", "3-1", "0-4294967295", "0-,1", "-"] {
            assert!(parse_cpu_list(text).is_err(), "{text:?}");
        }
        assert_eq!(count(&parse_cpu_list("0-3,8,10-11\n").unwrap()).unwrap(), 7);
        assert!(model("model name :\n\u{fffd}").is_err());
    }
}
