//! What the guides that ship cost at most, by their own models.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use befund_checks::Checks;
use befund_guides::{Draws, Guides, Simulation, simulate};

/// Guides of many causes have few walks for each: a decision in them takes longer, and there are more of them.
fn all() -> Vec<Simulation> {
    let checks = Checks::builtin();
    let (guides, errors) = Guides::builtin(&checks);
    assert!(errors.is_empty(), "{errors:?}");
    guides
        .iter()
        .map(|guide| {
            let walks = if guide.causes.len() > 20 { 3 } else { 60 };
            let simulation = simulate(guide, &checks, Draws { walks, seed: 1 });
            println!("{simulation:?}");
            simulation
        })
        .collect()
}

#[test]
fn guides_come_to_an_end_and_cost_no_more_than_the_best_order() {
    let all = all();
    for simulation in &all {
        let Simulation { guide, all, causes, .. } = simulation;
        for cause in causes {
            assert!(cause.course.lost == 0.0, "{guide}: {cause:?} is neither solved nor handed over");
        }
        if let Some(best) = simulation.best_order_seconds {
            assert!(all.cost_seconds <= 1.02 * best, "{guide}: {} s, best {best} s", all.cost_seconds);
        }
    }
    let ratios = all.iter().map(|s| s.all.cost_seconds / s.file_order_seconds);
    let mean = ratios.sum::<f64>() / all.len() as f64;
    assert!(mean <= 0.7, "{mean} of what the authors' own order costs");
}

#[test]
fn the_same_seed_gives_the_same_figures_and_another_seed_others() {
    let checks = Checks::builtin();
    let (guides, _) = Guides::builtin(&checks);
    let guide = guides.get(&"sound".parse().unwrap()).unwrap();
    let run = |seed| simulate(guide, &checks, Draws { walks: 20, seed });
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
    let shares: f64 = run(7).causes.iter().map(|c| c.share).sum();
    assert!((shares - 1.0).abs() < 1e-9);
}
