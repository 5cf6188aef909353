/**
 * The freeing-bump allocator of Substrate's host, as WebAssembly text. Where it puts things and when it runs out is part of
 * consensus, so every rule follows polkadot-sdk `substrate/client/allocator/src/freeing_bump.rs`:
 *
 * - A chunk is an 8-byte header and a payload of 8 << order bytes, order 0 to 22. An occupied header holds the order and has
 *   bit 32 set; a free one holds the next free header of its order (0xffffffff at the end) and has bit 32 clear. Only bit 32
 *   is tested: newer runtimes mark byte 7.
 * - Freed chunks go to a list of their order, last in first out; they never merge or split.
 * - Else the heap's end moves up, and the memory grows to at least twice its pages, up to the limit.
 *
 * The list heads are globals, not memory, so that the guest's memory holds only what a node's would.
 */

export const ORDERS = 23
export const NIL = -1

/** `$allocatorError` gets one of these. */
export const ALLOCATOR_ERRORS: Readonly<Record<number, string>> = {
  1: 'requested allocation size is too large (limit 33554432 bytes)',
  2: 'the heap is corrupted: a free chunk has an occupied header',
  3: 'allocator ran out of space',
  4: 'the memory could not grow',
  5: 'invalid pointer to free: no occupied chunk is there',
  6: 'the heap is corrupted: a chunk lies outside the memory',
}

/** The error that a native node reports as out of space. */
export const OUT_OF_SPACE_ERRORS: readonly number[] = [3, 4]

export function allocatorWat(): string {
  const orders = Array.from({ length: ORDERS }, (_, order) => order)
  return `
  (global $bumper (mut i32) (i32.const 0))
  (global $heapBase (mut i32) (i32.const 0))
  (global $maxPages (mut i32) (i32.const 0))
  (global $allocations (mut i32) (i32.const 0))
${orders.map((order) => `  (global $head${order} (mut i32) (i32.const ${NIL}))`).join('\n')}
  (func (export "reset_heap") (param $base i32) (param $maxPages i32)
    (global.set $heapBase (i32.and (i32.add (local.get $base) (i32.const 7)) (i32.const -8)))
    (global.set $bumper (global.get $heapBase))
    (global.set $maxPages (local.get $maxPages))
    (global.set $allocations (i32.const 0))
    ${orders.map((order) => `(global.set $head${order} (i32.const ${NIL}))`).join('\n    ')})
  (func (export "heap_base") (result i32) (global.get $heapBase))
  (func (export "heap_end") (result i32) (global.get $bumper))
  (func (export "allocations") (result i32) (global.get $allocations))
${mallocWat()}
${bumpWat()}
${freeWat()}`
}

/**
 * Runs `body(order)` for the order in `$order`; falls through when it is past the last, or when the body does not return.
 *
 * PERF: list heads as globals need a branch for each order; one jump to code of its own takes half the time of functions that
 * get and set a head, and runtimes allocate 40,000 times in a heavy block.
 */
function branchOnOrder(body: (order: number) => string): string {
  const labels = Array.from({ length: ORDERS }, (_, order) => `$o${order}`)
  let text = `(br_table ${labels.join(' ')} $past (local.get $order))`
  for (const [order, label] of labels.entries()) text = `(block ${label} ${text}) ${body(order)} (br $past)`
  return `(block $past ${text})`
}

function mallocWat(): string {
  return `  (func $malloc (export "ext_allocator_malloc_version_1") (param $size i32) (result i32)
    (local $order i32) (local $header i32)
    (global.set $allocations (i32.add (global.get $allocations) (i32.const 1)))
    (if (i32.gt_u (local.get $size) (i32.const 33554432)) (then (call $allocatorError (i32.const 1)) (unreachable)))
    (if (i32.gt_u (local.get $size) (i32.const 8))
      (then (local.set $order (i32.sub (i32.const 29) (i32.clz (i32.sub (local.get $size) (i32.const 1)))))))
    ${branchOnOrder(popWat)}
    (local.set $header (call $bump (local.get $order)))
    (i64.store (local.get $header) (i64.or (i64.const 0x100000000) (i64.extend_i32_u (local.get $order))))
    (i32.add (local.get $header) (i32.const 8)))`
}

/** PERF: in place; as a function it was called 40,000 times in a heavy block and took as long as half of `$malloc`. */
function checkFreeWat(order: number): string {
  return `(if (i64.gt_u
            (i64.add (i64.extend_i32_u (local.get $header)) (i64.const ${(8 << order) + 8}))
            (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
            (then (call $allocatorError (i32.const 6)) (unreachable)))
          (if (i32.and (i32.load offset=4 (local.get $header)) (i32.const 1))
            (then (call $allocatorError (i32.const 2)) (unreachable)))`
}

/** Takes the first free chunk of an order and returns it; goes on when there is none. */
function popWat(order: number): string {
  return `(local.set $header (global.get $head${order}))
      (if (i32.ne (local.get $header) (i32.const ${NIL}))
        (then
          ${checkFreeWat(order)}
          (global.set $head${order} (i32.load (local.get $header)))
          (i64.store (local.get $header) (i64.const ${0x100000000 + order}))
          (return (i32.add (local.get $header) (i32.const 8)))))`
}

function bumpWat(): string {
  return `  (func $bump (param $order i32) (result i32)
    (local $end i64) (local $pages i32) (local $need i32) (local $target i32) (local $header i32)
    (local.set $header (global.get $bumper))
    (local.set $end (i64.add (i64.extend_i32_u (local.get $header))
      (i64.extend_i32_u (i32.add (i32.shl (i32.const 8) (local.get $order)) (i32.const 8)))))
    (local.set $pages (memory.size))
    (if (i64.gt_u (local.get $end) (i64.shl (i64.extend_i32_u (local.get $pages)) (i64.const 16)))
      (then
        (if (i64.ge_u (local.get $end) (i64.const 0x100000000)) (then (call $allocatorError (i32.const 3)) (unreachable)))
        (local.set $need (i32.wrap_i64 (i64.shr_u (i64.add (local.get $end) (i64.const 65535)) (i64.const 16))))
        (if (i32.or (i32.ge_u (local.get $pages) (global.get $maxPages)) (i32.gt_u (local.get $need) (global.get $maxPages)))
          (then (call $allocatorError (i32.const 3)) (unreachable)))
        (local.set $target (i32.shl (local.get $pages) (i32.const 1)))
        (if (i32.gt_u (local.get $target) (global.get $maxPages)) (then (local.set $target (global.get $maxPages))))
        (if (i32.lt_u (local.get $target) (local.get $need)) (then (local.set $target (local.get $need))))
        (if (i32.eq (memory.grow (i32.sub (local.get $target) (local.get $pages))) (i32.const -1))
          (then (call $allocatorError (i32.const 4)) (unreachable)))))
    (global.set $bumper (i32.wrap_i64 (local.get $end)))
    (local.get $header))`
}

function freeWat(): string {
  return `  (func (export "ext_allocator_free_version_1") (param $pointer i32)
    (local $header i32) (local $order i32)
    (local.set $header (i32.sub (local.get $pointer) (i32.const 8)))
    (if (i32.or (i32.lt_u (local.get $pointer) (i32.const 8))
          (i64.gt_u (i64.add (i64.extend_i32_u (local.get $header)) (i64.const 8))
            (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16))))
      (then (call $allocatorError (i32.const 5)) (unreachable)))
    (local.set $order (i32.load (local.get $header)))
    (if (i32.or (i32.eqz (i32.and (i32.load offset=4 (local.get $header)) (i32.const 1)))
          (i32.ge_u (local.get $order) (i32.const ${ORDERS})))
      (then (call $allocatorError (i32.const 5)) (unreachable)))
    ${branchOnOrder(pushWat)})`
}

/** Puts a chunk first on the list of its order. */
function pushWat(order: number): string {
  return `(i64.store (local.get $header) (i64.extend_i32_u (global.get $head${order})))
      (global.set $head${order} (local.get $header))
      (return)`
}
