//! Executions per second of each engine, on the same scenarios.
//!
//! `cargo bench` compares them in one run. Criterion's throughput is in executions, so that engines which
//! need different numbers of executions can be compared.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use selvedge::counter::Variant;
use selvedge::engine::{AnyEngine, Budget, Engine, Explorer, Loom, Shuttle, Strategy, Threads};
use selvedge::scenario::Updates;
use std::hint::black_box;
use std::sync::Arc;

fn engines() -> [AnyEngine; 7] {
    let shuttle = |strategy| AnyEngine::new(Shuttle { strategy });
    [
        AnyEngine::new(Explorer::default()),
        AnyEngine::new(Loom::default()),
        shuttle(Strategy::Dfs),
        shuttle(Strategy::Random { seed: 1 }),
        shuttle(Strategy::Pct {
            seed: 1,
            depth: Shuttle::PCT_DEPTH,
        }),
        shuttle(Strategy::Urw { seed: 1 }),
        AnyEngine::new(Threads),
    ]
}

fn executions_per_second(criterion: &mut Criterion) {
    for variant in [Variant::Unlocked, Variant::Locked] {
        let scenario = Arc::new(Updates {
            variant,
            threads: 2,
            iterations: 2,
        });
        let mut group = criterion.benchmark_group(format!("{}, 2 × 2", variant.name()));
        group.sample_size(10);
        for engine in engines() {
            let budget = Budget {
                executions: Some(500),
                ..Budget::default()
            };
            let executions = engine.explore(&scenario, &budget).executions;
            group.throughput(Throughput::Elements(executions));
            group.bench_function(BenchmarkId::from_parameter(engine.name()), |bencher| {
                bencher.iter(|| black_box(engine.explore(&scenario, &budget)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, executions_per_second);
criterion_main!(benches);
