/** An exact rational number; the denominator is positive. Not reduced: few operations are chained. */
export class Fraction {
  readonly numerator: bigint
  readonly denominator: bigint

  constructor(numerator: bigint | number, denominator: bigint | number = 1n) {
    const sign = BigInt(denominator) < 0n ? -1n : 1n
    this.numerator = sign * BigInt(numerator)
    this.denominator = sign * BigInt(denominator)
    if (this.denominator === 0n) throw new RangeError('a fraction has no denominator of 0')
  }

  plus(other: Fraction): Fraction {
    return new Fraction(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    )
  }

  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.numerator, other.denominator))
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.numerator * other.numerator, this.denominator * other.denominator)
  }

  over(other: Fraction): Fraction {
    return new Fraction(this.numerator * other.denominator, this.denominator * other.numerator)
  }

  atLeast(other: Fraction): boolean {
    return this.numerator * other.denominator >= other.numerator * this.denominator
  }

  get isZero(): boolean {
    return this.numerator === 0n
  }

  /** The largest whole number that is not above; for numbers that are not negative. */
  floor(): bigint {
    return this.numerator / this.denominator
  }
}

export const ZERO = new Fraction(0)

export function sum(values: readonly Fraction[]): Fraction {
  return values.reduce((total, value) => total.plus(value), ZERO)
}
