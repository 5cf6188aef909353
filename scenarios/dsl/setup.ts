/** Loaded before each scenario file: makes the matchers known to vitest. */
import { expect } from 'vitest'
import { toEmit, toFailWith, toStayWithin, toSucceed } from './matchers.ts'

expect.extend({ toEmit, toFailWith, toStayWithin, toSucceed })
