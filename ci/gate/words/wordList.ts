/** Words that our code, messages and documentation avoid, and what to write instead. docs/style.md says why. */
export interface AvoidedWords {
  /** As searched for, ignoring case; words may stand on two lines. */
  readonly pattern: RegExp
  /** What to write instead, in the message of the gate. */
  readonly instead: string
}

/** `text` is a regular expression in which a space stands for any blank between words, comment marks of the next line included. */
function avoid(text: string, instead: string): AvoidedWords {
  return {
    pattern: new RegExp(text.replaceAll(' ', String.raw`(?:[^\S\n]+|[^\S\n]*\n[\s*/>]*)`), 'gi'),
    instead,
  }
}

const PHRASES: readonly AvoidedWords[] = [
  avoid(String.raw`\b(?:come|comes|came|coming) about\b`, 'can be built, happens, succeeds'),
  avoid(String.raw`\bof (?:before|after)\b(?![.?!)\],[])`, 'from before the upgrade: keep the noun'),
  avoid(String.raw`\bhad been none\b`, 'was missing, failed before'),
  avoid(String.raw`\bdear(?:er|est)?\b`, 'costly, costlier, costliest'),
  avoid(String.raw`\bno longer what (?:it|they) (?:was|were)\b`, 'changed'),
  avoid(String.raw`\btak(?:e|es|en) (?:it|them) for\b`, 'reads as, expects'),
  avoid(String.raw`\bknow(?:s|n)?(?: the line)? for harmless\b`, 'lists as harmless'),
  avoid(
    String.raw`\b(?:encoded|signed|read|changed|measured|speaks?|comes? out|came out) otherwise\b`,
    'differently',
  ),
  avoid(String.raw`\bfor ever\b`, 'forever'),
  avoid(String.raw`\bsays? no (?:to|when|that)\b`, 'reports, fails when'),
  avoid(String.raw`\b(?:can't|cannot) be had\b`, 'cannot be read, is not available'),
  avoid(String.raw`\b(?:candidate|runtime|chain)['’]s doing\b`, 'that the candidate caused'),
  avoid(String.raw`\bnone of the item\b`, 'not a valid key of the item'),
  avoid(String.raw`\bran apart\b`, 'diverged'),
  avoid(String.raw`\btaken as read\b`, 'assumed to be valid'),
  avoid(String.raw`\bupgrade (?:that )?(?:goes|went|did not go|does not go) through\b`, 'succeeds, fails'),
  avoid(String.raw`\bmoving fronts?\b`, 'backfill, the rows that each block reaches'),
]

/** Code and documents are spelled as in Substrate, which is American. */
const SPELLINGS: readonly AvoidedWords[] = [
  avoid(
    String.raw`\b\w*(?:authori|finali|normali|optimi|recogni|symboli|seriali|initiali)s(?:e|ed|es|ing|ation)\b`,
    'z for s',
  ),
  avoid(String.raw`\b\w*(?:colo|neighbo|behavio|hono|favo|labo)ur(?:s|ed|ing|able)?\b`, 'or for our'),
  avoid(String.raw`\bcatalogues?\b`, 'catalog'),
  avoid(String.raw`\bmisspelt\b`, 'misspelled'),
  avoid(String.raw`\b(?:re)?labell(?:ed|ing)\b`, 'labeled, labeling'),
  avoid(String.raw`\bmodell(?:ed|ing)\b`, 'modeled, modeling'),
]

export const WORD_LIST: readonly AvoidedWords[] = [...PHRASES, ...SPELLINGS]
