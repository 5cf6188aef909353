import { InvalidArgumentError } from 'commander'

/** First and last height. */
export interface BlockSpan {
  readonly first: number
  readonly last: number
}

/** An option that takes `A..B` with A from 1 to B. */
export function blockSpanOption(text: string): BlockSpan {
  const match = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text)
  const [first, last] = [Number(match?.[1]), Number(match?.[2])]
  if (first >= 1 && first <= last) return { first, last }
  throw new InvalidArgumentError('Expected two heights such as 100..120, the first from 1.')
}
