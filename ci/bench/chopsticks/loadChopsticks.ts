/** The package, quiet: it reads its log level from the environment once, when it is first loaded. */
export async function loadChopsticks() {
  process.env['LOG_LEVEL'] ??= 'fatal'
  return import('@acala-network/chopsticks')
}

/**
 * Ends the one executor thread that all of the package's chains share; the next call starts another. Does not throw: a
 * package that cannot be loaded has no thread, and its cases have said why.
 */
export async function closeChopsticks(): Promise<void> {
  const chopsticks = await loadChopsticks().catch(() => null)
  await chopsticks?.destroyWorker()
}
