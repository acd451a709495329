//! What `sysinfo` says on every system it knows.

use sysinfo::{CpuRefreshKind, System};

use super::{Core, Cpu, SAMPLE};
use crate::source::{detached, unanswered};
use crate::{Absence, Context, Reading, Reason};

pub(super) async fn measure(cx: Context) -> Reading<Cpu> {
    if !cx.is_live() {
        return Reading::absent(Reason::NotSupported, "a recorded tree holds nothing for this source");
    }
    match sample(&cx).await {
        Ok(cpu) => Reading::Value(cpu),
        Err(absent) => absent.into(),
    }
}

async fn sample(cx: &Context) -> Result<Cpu, Absence> {
    let mut system = detached("ask for processors", cx.step(), || {
        let mut system = System::new().map_err(|e| unanswered("ask for processors", &e))?;
        system.refresh_cpu_list(CpuRefreshKind::nothing().with_usage().with_frequency());
        Ok::<_, Absence>(system)
    })
    .await??;
    // sysinfo ignores a second look that comes too early.
    tokio::time::sleep(SAMPLE.max(sysinfo::MINIMUM_CPU_UPDATE_INTERVAL)).await;
    detached("ask for usage", cx.step(), move || {
        system.refresh_cpu_usage();
        let cpus = system.cpus();
        let model = cpus.first().map(|c| c.brand().trim().to_owned()).filter(|name| !name.is_empty());
        let load = if cfg!(windows) {
            // Windows keeps no such mean; sysinfo imitates it only after minutes of running.
            Err(Absence::new(Reason::NotSupported, "this system keeps no load means"))
        } else {
            System::load_average().map_err(|e| unanswered("ask for load means", &e))
        };
        Cpu {
            model: model
                .ok_or_else(|| Absence::new(Reason::NotSupported, "the system names no model"))
                .into(),
            logical_count: u32::try_from(cpus.len())
                .ok()
                .filter(|n| *n > 0)
                .ok_or_else(|| Absence::new(Reason::Failed, "the system lists no processors"))
                .into(),
            physical_count: System::physical_core_count()
                .map_err(|e| unanswered("ask for cores", &e))
                .map(|n| n as u32)
                .into(),
            usage_percent: Reading::Value(
                (f64::from(system.global_cpu_usage()).clamp(0.0, 100.0) * 10.0).round() / 10.0,
            ),
            waiting_percent: Reading::absent(Reason::NotSupported, "no portable source"),
            stolen_percent: Reading::absent(Reason::NotSupported, "no portable source"),
            cores: Reading::Value(
                cpus.iter()
                    .zip(0..)
                    .map(|(cpu, number)| Core {
                        number,
                        usage_percent: (f64::from(cpu.usage()).clamp(0.0, 100.0) * 10.0).round() / 10.0,
                        // sysinfo says 0 for what it could not find out.
                        clock_mhz: u32::try_from(cpu.frequency())
                            .ok()
                            .filter(|mhz| *mhz > 0)
                            .ok_or_else(|| {
                                Absence::new(Reason::NotSupported, "the system gives no clock rate")
                            })
                            .into(),
                        clock_most_mhz: Reading::absent(Reason::NotSupported, "no portable source"),
                        clock_allowed_mhz: Reading::absent(Reason::NotSupported, "no portable source"),
                    })
                    .collect(),
            ),
            throttling: Reading::absent(Reason::NotSupported, "no portable source"),
            load_1m: load.as_ref().map(|l| l.one).map_err(Clone::clone).into(),
            load_5m: load.as_ref().map(|l| l.five).map_err(Clone::clone).into(),
            load_15m: load.as_ref().map(|l| l.fifteen).map_err(Clone::clone).into(),
        }
    })
    .await
}
