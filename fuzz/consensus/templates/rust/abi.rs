//! ABI 1 of consensus functions (docs/consensus-abi.md): where the host puts inputs, and where outputs go.
//! Copy this file beside your function; nothing in it needs a change.

use core::ops::Range;
use core::slice::{from_raw_parts, from_raw_parts_mut};

const HEADER_BYTES: usize = 64;
const PAGE_BYTES: usize = 65536;

/// A panic becomes the wasm instruction `unreachable`, which ends the run.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

#[unsafe(no_mangle)]
pub extern "C" fn abi_version() -> u32 {
    1
}

unsafe extern "C" {
    static __heap_base: u8;
}

/// The block that belongs to the host: above the stack and the static data. Returns 0 when memory has no room for it.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(size: usize) -> usize {
    let base = ((&raw const __heap_base) as usize + 15) & !15;
    let Some(end) = base.checked_add(size) else {
        return 0;
    };
    let pages = end.div_ceil(PAGE_BYTES);
    let have = core::arch::wasm32::memory_size(0);
    if pages > have && core::arch::wasm32::memory_grow(0, pages - have) == usize::MAX {
        return 0;
    }
    base
}

/// One epoch's inputs. Only the rows below `n` and the cells inside `row(i)` mean something; uids may be anything.
#[allow(dead_code)]
pub struct Input<'a> {
    pub n: usize,
    pub max_n: usize,
    pub cap: usize,
    /// Parts of 65,535.
    pub kappa: u64,
    /// Share of the new bond in the moving average, parts of 65,535.
    pub alpha: u64,
    /// Parts of 65,535.
    pub bonds_penalty: u64,
    pub max_validators: usize,
    /// One for each neuron; the sum of them may not fit 64 bits.
    pub stake: &'a [u64],
    /// Entries in each neuron's row, at most `cap`.
    pub len: &'a [u32],
    /// Zero: inactive.
    pub active: &'a [u8],
    /// `max_n * cap` cells, `cap` to a row.
    pub uid: &'a [u16],
    pub weight: &'a [u16],
    /// The bond of the row's neuron to `uid`, parts of 65,535.
    pub bond: &'a [u16],
}

impl Input<'_> {
    /// The cells of neuron `i`'s row.
    #[inline(always)]
    #[allow(dead_code)]
    pub fn row(&self, i: usize) -> Range<usize> {
        let start = i * self.cap;
        start..start + self.len[i] as usize
    }
}

/// Every value of the rows below `n`, and each bond inside a row, has to be written.
#[allow(dead_code)]
pub struct Output<'a> {
    pub consensus: &'a mut [u16],
    /// Parts of 65,535: all zero, or a sum in `65535 - n ..= 65535`.
    pub incentive: &'a mut [u16],
    pub dividends: &'a mut [u16],
    /// 1: may set weights that count.
    pub permit: &'a mut [u8],
    pub bond: &'a mut [u16],
}

/// Working memory, handed out piece by piece. Its contents are arbitrary before the first write.
pub struct Scratch {
    next: usize,
    end: usize,
}

impl Scratch {
    /// The next `count` values; panics when they do not fit.
    #[inline(always)]
    #[allow(dead_code)]
    pub fn take<T: Copy>(&mut self, count: usize) -> &'static mut [T] {
        let from = self.next;
        let to = from + count * size_of::<T>();
        assert!(to <= self.end);
        self.next = (to + 7) & !7;
        // SAFETY: the piece lies in the scratch region, is handed out once, and holds integers, for which all bytes are values.
        unsafe { from_raw_parts_mut(from as *mut T, count) }
    }
}

#[inline(always)]
fn up8(x: usize) -> usize {
    (x + 7) & !7
}

/// # Safety
/// The three addresses have to be those that the host passes to `run`.
#[inline(always)]
pub unsafe fn open(
    input: usize,
    output: usize,
    scratch: usize,
) -> (Input<'static>, Output<'static>, Scratch) {
    unsafe {
        let word = |at: usize| *((input + at) as *const u32) as usize;
        let (max_n, cap, n) = (word(4), word(8), word(12));
        let cells = max_n * cap;
        let stake = input + HEADER_BYTES;
        let len = stake + 8 * max_n;
        let active = up8(len + 4 * max_n);
        let uid = up8(active + max_n);
        let weight = up8(uid + 2 * cells);
        let bond = up8(weight + 2 * cells);
        let from = Input {
            n,
            max_n,
            cap,
            kappa: word(20) as u64,
            alpha: word(24) as u64,
            max_validators: word(28),
            bonds_penalty: word(32) as u64,
            stake: from_raw_parts(stake as *const u64, n),
            len: from_raw_parts(len as *const u32, n),
            active: from_raw_parts(active as *const u8, n),
            uid: from_raw_parts(uid as *const u16, cells),
            weight: from_raw_parts(weight as *const u16, cells),
            bond: from_raw_parts(bond as *const u16, cells),
        };
        let incentive = up8(output + 2 * max_n);
        let dividends = up8(incentive + 2 * max_n);
        let permit = up8(dividends + 2 * max_n);
        let bonds = up8(permit + max_n);
        let to = Output {
            consensus: from_raw_parts_mut(output as *mut u16, n),
            incentive: from_raw_parts_mut(incentive as *mut u16, n),
            dividends: from_raw_parts_mut(dividends as *mut u16, n),
            permit: from_raw_parts_mut(permit as *mut u8, n),
            bond: from_raw_parts_mut(bonds as *mut u16, cells),
        };
        (
            from,
            to,
            Scratch {
                next: scratch,
                end: scratch + word(16),
            },
        )
    }
}

/// Exports `run`, which calls the function with typed inputs, outputs and working memory.
#[macro_export]
macro_rules! consensus {
    ($function:path) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn run(input: usize, output: usize, scratch: usize) {
            let (input, output, scratch) = unsafe { abi::open(input, output, scratch) };
            $function(&input, output, scratch)
        }
    };
}
