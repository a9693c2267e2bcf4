//! The number of steps that the check of a sum invariant runs per second, and how long a proof takes.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use selvedge::counter::Variant;
use selvedge::invariant::{Limits, Proof, Strength, check};
use selvedge::scenario::{AnyRepeated, Updates};

/// Proves that two threads with so many updates each, one up and one down, end at 0.
fn prove(variant: Variant, iterations: u64, strength: Strength) -> Proof {
    let scenario = AnyRepeated::new(Updates {
        variant,
        threads: 2,
        iterations,
    });
    let proof = check(&scenario, strength, &Limits::default()).expect("the counter is right");
    assert!(proof.is_proved());
    proof
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("invariant");
    group.sample_size(10);
    for (variant, iterations, strength) in [
        (Variant::Locked, 1_000_000, Strength::Concrete),
        (Variant::FetchAdd, 1_000_000, Strength::Concrete),
        (Variant::Attempt, 1_000, Strength::Concrete),
        (Variant::Locked, 1_000_000, Strength::Opaque),
        (Variant::Attempt, 1_000_000, Strength::Opaque),
    ] {
        group.throughput(Throughput::Elements(prove(variant, iterations, strength).runs));
        let scope = match strength {
            Strength::Concrete => format!("n up to {iterations}"),
            Strength::Opaque => "every n".to_owned(),
        };
        group.bench_function(format!("{}, {scope}", variant.name()), |bencher| {
            bencher.iter(|| prove(variant, iterations, strength));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
