type Saying = Readonly<{ onProgress: (line: string) => void; everyMs?: number }>;

const EVERY_MS = 5_000;

/** Says every few seconds for how many seconds a step has been at work, until it has ended. */
export async function sayElapsed<T>(
  lineOf: (seconds: number) => string,
  work: Promise<T>,
  { onProgress, everyMs = EVERY_MS }: Saying,
): Promise<T> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
  const timer = setInterval(() => onProgress(lineOf(seconds())), everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
