/** `47,718`. */
export function formatCount(count: number | bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** `1 check`, `3 checks`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

/** `0.42 ms`, `12.3 ms`, `1.35 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10) return `${durationMs.toFixed(2)} ms`
  if (durationMs < 1_000) return `${durationMs.toFixed(1)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(2)} s`
  const seconds = Math.round(durationMs / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `912 B`, `1.2 KiB`, `3.4 MiB`. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1_024) return `${sizeBytes} B`
  if (sizeBytes < 1_048_576) return `${(sizeBytes / 1_024).toFixed(1)} KiB`
  return `${(sizeBytes / 1_048_576).toFixed(1)} MiB`
}

/** Declared weight time as the time on reference hardware that it stands for. */
export function formatRefTime(refTimePs: bigint): string {
  return formatDuration(Number(refTimePs / 1_000n) / 1_000_000)
}

/** `2026-11-26 13:09 UTC` of an ISO 8601 time in UTC. */
export function formatTime(time: string | undefined): string {
  return time === undefined ? '' : `${time.slice(0, 16).replace('T', ' ')} UTC`
}
