use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

#[cfg(feature = "allocations")]
#[global_allocator]
static ALLOC: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench_group(sample_count = 20)]
mod sum {
    use super::*;

    #[divan::bench(args = [1, 100, 100_000])]
    fn fold(n: u64) -> u64 {
        (0..black_box(n)).fold(0, |a, x| a ^ x.wrapping_mul(a + 3))
    }

    #[divan::bench]
    fn of_ten() -> u64 {
        (0..black_box(10_u64)).sum()
    }
}

#[divan::bench_group(sample_count = 10, sample_size = 1)]
mod text {
    use super::*;

    #[divan::bench(args = [64, 65536])]
    fn split(bencher: Bencher, n: usize) {
        let text = "ab,".repeat(n / 3 + 1);
        bencher
            .counter(BytesCount::of_str(&text))
            .counter(ItemsCount::new(n))
            .bench(|| black_box(&text).split(',').map(str::len).sum::<usize>());
    }

    #[divan::bench(types = [Vec<u8>, String])]
    fn default<T: Default>() -> T {
        T::default()
    }

    #[divan::bench]
    fn copy() -> Vec<u8> {
        black_box("a few words").as_bytes().to_vec()
    }

    #[divan::bench(ignore)]
    fn not_yet() {}
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn sleep() {
    std::thread::sleep(std::time::Duration::from_millis(12));
}
