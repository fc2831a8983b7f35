/**
 * Keeps a sweep from removing a file that an upload has just decided to rely on. An upload holds a
 * path before it looks whether the file is there; a sweep removes only paths that nobody has held
 * since it began, checked and removed in one tick.
 */
export type Retention = {
  hold(path: string): void;
  release(path: string): void;
  /**
   * Runs `spare` to take out of `candidates` what is needed, then calls `remove` for what is left.
   */
  sweep(candidates: Set<string>, spare: () => Promise<void>, remove: (path: string) => void): Promise<void>;
};

/** Remembers which blocks are in use, so that no sweep removes them. */
export function createRetention(): Retention {
  const holders = new Map<string, number>();
  const sweeps = new Set<Set<string>>();
  return {
    hold(path) {
      holders.set(path, (holders.get(path) ?? 0) + 1);
      for (const candidates of sweeps) candidates.delete(path);
    },
    release(path) {
      const left = (holders.get(path) ?? 0) - 1;
      if (left > 0) holders.set(path, left);
      else holders.delete(path);
    },
    async sweep(candidates, spare, remove) {
      for (const path of candidates) if (holders.has(path)) candidates.delete(path);
      sweeps.add(candidates);
      try {
        await spare();
        for (const path of candidates) remove(path);
      } finally {
        sweeps.delete(candidates);
      }
    },
  };
}
