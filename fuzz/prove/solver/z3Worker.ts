/**
 * The thread in which z3-solver runs. Its rules, learned from its faults: text is parsed by the synchronous
 * `solver_from_string`, never by `eval_smtlib2_string`, whose text is freed before it is read; after parsing the number of
 * assertions must be the one that was sent; and whoever started the thread ends it at the deadline, because z3's own
 * timeout is none.
 */
import { parentPort } from 'node:worker_threads'
import { init } from 'z3-solver'
import type { Z3Reply, Z3Request } from './z3Solver.ts'

const port = parentPort
if (port === null) throw new Error('z3Worker runs as a worker thread only')

const { Z3 } = await init()

async function check({ text, assertions }: Z3Request): Promise<Z3Reply> {
  const config = Z3.mk_config()
  const context = Z3.mk_context(config)
  const solver = Z3.mk_solver_for_logic(context, Z3.mk_string_symbol(context, 'QF_BV'))
  Z3.solver_inc_ref(context, solver)
  Z3.solver_from_string(context, solver, text)
  const parsed = Z3.ast_vector_size(context, Z3.solver_get_assertions(context, solver))
  if (parsed !== assertions)
    return { kind: 'unknown', reason: `z3 read ${parsed} of ${assertions} assertions` }
  const result = await Z3.solver_check(context, solver)
  if (result === -1) return { kind: 'unsat' }
  if (result === 1)
    return { kind: 'sat', model: Z3.model_to_string(context, Z3.solver_get_model(context, solver)) }
  return { kind: 'unknown', reason: Z3.solver_get_reason_unknown(context, solver) }
}

port.on('message', (request: Z3Request) => {
  check(request).then(
    (reply) => port.postMessage(reply),
    (error: unknown) => port.postMessage({ kind: 'unknown', reason: String(error) } satisfies Z3Reply),
  )
})
port.postMessage({ kind: 'ready' } satisfies Z3Reply)
