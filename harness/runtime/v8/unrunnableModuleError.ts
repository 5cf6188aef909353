/** Why a module can't be run; its message is for people. */
export class UnrunnableModuleError extends Error {
  readonly memory: boolean

  constructor(message: string, memory = false) {
    super(message)
    this.name = 'UnrunnableModuleError'
    this.memory = memory
  }
}
