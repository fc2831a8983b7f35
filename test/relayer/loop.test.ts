import { describe, it } from "node:test";
import { expect } from "chai";
import { ProtocolError } from "../../src/core/errors.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { startLoop } from "../../src/relayer/loop.ts";

const HOUR_MS = 3_600_000;

/** A loop whose steps the test waits for one by one. */
const observe = (step: (count: number) => boolean) => {
  const ending = new AbortController();
  let count = 0;
  let seen: () => void = () => {};
  const loop = startLoop({
    name: "test",
    intervalMs: HOUR_MS,
    signal: ending.signal,
    log: silentLog,
    step: async () => {
      count += 1;
      try {
        return step(count);
      } finally {
        seen();
      }
    },
  });
  const reach = async (target: number) => {
    while (count < target) {
      await new Promise<void>((resolve) => {
        seen = resolve;
      });
    }
  };
  return { loop, reach, end: () => ending.abort(), count: () => count };
};

describe("startLoop", () => {
  it("goes on at once while there is more, rests when there is not, and goes on when woken", async () => {
    const { loop, reach, end, count } = observe((n) => n < 5);
    await reach(5);
    loop.wake();
    await reach(6);
    end();
    await loop.done;
    expect(count()).equal(6);
  });

  it("names what stopped a step and forgets it when the step works again", async () => {
    const { loop, reach, end } = observe((n) => {
      if (n === 1) throw new ProtocolError("rpc-unreachable");
      return false;
    });
    await reach(1);
    await new Promise(setImmediate);
    expect(loop.blockedBy()).equal("rpc-unreachable");
    loop.wake();
    await reach(2);
    await new Promise(setImmediate);
    expect(loop.blockedBy()).equal(undefined);
    end();
    await loop.done;
  });

  it("survives a defect and calls it internal", async () => {
    const { loop, reach, end } = observe((n) => {
      if (n === 1) throw new TypeError("a bug");
      return false;
    });
    await reach(1);
    await new Promise(setImmediate);
    expect(loop.blockedBy()).equal("internal");
    end();
    await loop.done;
  });
});
