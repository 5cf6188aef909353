const PLAIN_ARGUMENT = /^[A-Za-z0-9_\-./:=,@%+]+$/

/** A command line that can be pasted into a POSIX shell. */
export function toCommandLine(words: readonly string[]): string {
  return words.map(quoteArgument).join(' ')
}

function quoteArgument(word: string): string {
  return PLAIN_ARGUMENT.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
