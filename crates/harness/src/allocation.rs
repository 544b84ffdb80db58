//! How much memory an operation asks for: an allocator that counts when it is asked to.
//!
//! The counts are those of the whole process, not of a thread: an operation that hands its work to
//! threads shall not look as if it allocated nothing. Work that goes on beside it is counted too.

#![expect(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

/// The system's allocator, which also counts while a benchmark's memory is measured. Times are
/// taken in another pass, in which it costs one look at a flag.
///
/// ```
/// use tollgate_harness::CountingAllocator;
///
/// #[global_allocator]
/// static ALLOCATOR: CountingAllocator = CountingAllocator;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator;

static IS_COUNTING: AtomicBool = AtomicBool::new(false);
/// Calls that asked for memory, growing and shrinking included.
static CALLS: AtomicU64 = AtomicU64::new(0);
/// Bytes asked for; of a block that grows, what it grows by.
static BYTES: AtomicU64 = AtomicU64::new(0);
/// Bytes asked for and not given back since counting began. Below zero when older ones go.
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

fn took(new: usize, old: usize) {
    if !IS_COUNTING.load(Relaxed) {
        return;
    }
    CALLS.fetch_add(1, Relaxed);
    BYTES.fetch_add(new.saturating_sub(old) as u64, Relaxed);
    // A block is never larger than `isize::MAX`.
    let change = new as i64 - old as i64;
    let live = LIVE.fetch_add(change, Relaxed) + change;
    PEAK.fetch_max(live, Relaxed);
}

fn gave_back(bytes: usize) {
    if IS_COUNTING.load(Relaxed) {
        LIVE.fetch_sub(bytes as i64, Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator unchanged, and its answer is returned
// unchanged; counting touches statics only and cannot allocate or unwind.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`, which is the same here and there.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() {
            took(layout.size(), 0);
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        let block = unsafe { System.alloc_zeroed(layout) };
        if !block.is_null() {
            took(layout.size(), 0);
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        gave_back(layout.size());
        // SAFETY: the caller says that the block came from this allocator, which had it from the
        // system's, with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as for `dealloc`; the caller vouches for the new size.
        let moved = unsafe { System.realloc(block, layout, size) };
        if !moved.is_null() {
            took(size, layout.size());
        }
        moved
    }
}

/// What one run of an operation asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    pub allocations: u64,
    pub bytes: u64,
    /// The most that was live at once, beyond what was live before.
    pub peak: u64,
}

/// Counts while it exists, for programs that ask themselves what stays live. Nothing else may count
/// meanwhile, so that no operation is measured before it is dropped.
#[derive(Debug)]
pub struct Counting(());

impl Counting {
    /// None if the program's allocator is another one.
    #[must_use]
    pub fn start() -> Option<Counting> {
        IS_COUNTING.store(true, Relaxed);
        let counting = Counting(());
        let before = CALLS.load(Relaxed);
        drop(black_box(Box::new(1_u8)));
        (CALLS.load(Relaxed) > before).then_some(counting)
    }

    /// Bytes asked for and not given back, up to a number that stays the same while it counts.
    #[must_use]
    pub fn live(&self) -> i64 {
        LIVE.load(Relaxed)
    }

    /// What the closure asks for. What it returns stays live.
    pub(crate) fn during<T>(&self, run: impl FnOnce() -> T) -> (T, Usage) {
        let live = LIVE.load(Relaxed);
        PEAK.store(live, Relaxed);
        let (calls, bytes) = (CALLS.load(Relaxed), BYTES.load(Relaxed));
        let output = run();
        let usage = Usage {
            allocations: CALLS.load(Relaxed) - calls,
            bytes: BYTES.load(Relaxed) - bytes,
            peak: PEAK.load(Relaxed).saturating_sub(live).max(0) as u64,
        };
        (output, usage)
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        IS_COUNTING.store(false, Relaxed);
    }
}
