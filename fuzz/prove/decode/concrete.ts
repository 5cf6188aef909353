/**
 * A concrete value, unsigned: a number up to 2^53 - 1, above that a bigint. So equal values are equal under `===`, and the
 * i64 values that occur in practice cost no bigint.
 */
export type Concrete = number | bigint

/** The largest number that counts exactly. */
export const MAX_EXACT = Number.MAX_SAFE_INTEGER

/** The concrete value of an unsigned bigint. */
export function compactBigint(value: bigint): Concrete {
  return value <= 9007199254740991n ? Number(value) : value
}
