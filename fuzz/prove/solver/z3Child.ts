/**
 * The process in which z3-solver runs; inside a worker thread it never answers. Its rules, learned from its faults: text is
 * parsed by the synchronous `solver_from_string`, never by `eval_smtlib2_string`, whose text is freed before it is read;
 * after parsing the number of assertions must be the one that was sent; and whoever started the process kills it at the
 * deadline, because z3's own timeout is none.
 */
import { init } from 'z3-solver'
import type { Z3Reply, Z3Request } from './z3Solver.ts'

const say = (reply: Z3Reply) => process.send?.(reply)

const { Z3 } = await init()
type Z3Context = ReturnType<typeof Z3.mk_context>

async function check(request: Z3Request): Promise<Z3Reply> {
  const config = Z3.mk_config()
  const context = Z3.mk_context(config)
  try {
    return await checkIn(context, request)
  } finally {
    Z3.del_context(context)
    Z3.del_config(config)
  }
}

async function checkIn(context: Z3Context, { text, assertions }: Z3Request): Promise<Z3Reply> {
  const solver = Z3.mk_solver_for_logic(context, Z3.mk_string_symbol(context, 'QF_BV'))
  Z3.solver_inc_ref(context, solver)
  Z3.solver_from_string(context, solver, text)
  const parsed = Z3.ast_vector_size(context, Z3.solver_get_assertions(context, solver))
  if (parsed !== assertions)
    return { kind: 'unknown', reason: `z3 read ${parsed} of ${assertions} assertions` }
  const result = await Z3.solver_check(context, solver)
  if (result === -1) return { kind: 'unsat' }
  if (result === 1) {
    return { kind: 'sat', model: Z3.model_to_string(context, Z3.solver_get_model(context, solver)) }
  }
  return { kind: 'unknown', reason: Z3.solver_get_reason_unknown(context, solver) }
}

process.on('message', (request: Z3Request) => {
  check(request).then(say, (error: unknown) => say({ kind: 'unknown', reason: String(error) }))
})
// Whoever started this is gone: nobody reads the answer.
process.on('disconnect', () => process.exit())
say({ kind: 'ready' })
