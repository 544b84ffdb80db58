use criterion::{
    BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use std::hint::black_box;
use std::time::Duration;

fn sum(c: &mut Criterion) {
    let mut group = c.benchmark_group("sum");
    for size in [100_u64, 1000] {
        group.throughput(Throughput::Elements(size));
        group.bench_with_input(BenchmarkId::new("fold", size), &size, |b, &size| {
            b.iter(|| (0..black_box(size)).fold(0_u64, |a, x| a ^ x.wrapping_mul(a + 3)));
        });
    }
    group.finish();
}

fn sort(c: &mut Criterion) {
    let mut group = c.benchmark_group("sort");
    group.sampling_mode(SamplingMode::Flat);
    for size in [1024_usize, 16384] {
        let data: Vec<u32> = (0..size as u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        group.throughput(Throughput::Bytes(4 * size as u64));
        group.bench_with_input(BenchmarkId::from_parameter(size), &data, |b, data| {
            b.iter_with_large_drop(|| {
                let mut copy = data.clone();
                copy.sort_unstable();
                copy
            });
        });
    }
    group.finish();
}

fn alone(c: &mut Criterion) {
    c.bench_function("parse: \"a/b\" of 64 B", |b| {
        b.iter(|| black_box("1,2,3,4,5,6,7,8,9,10").split(',').filter_map(|s| s.parse::<u8>().ok()).count());
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .nresamples(1000)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(400));
    targets = sum, sort, alone
}
criterion_main!(benches);
