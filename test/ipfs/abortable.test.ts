import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { orAborted, untilAborted } from "../../src/ipfs/abortable.ts";

const outcome = (work: Promise<unknown>) => work.catch((error: unknown) => error);

/** A rejection that nobody handles ends the process, and the test during which it comes. */
const settle = async () => {
  for (let turn = 0; turn < 3; turn++) await setImmediate();
};

describe("work that a signal may end", () => {
  const gone = new Error("the sender is gone");
  const late = new Error("aborted by the socket");

  it("leaves no failure unhandled that comes after the abortion", async () => {
    const { promise: work, reject } = Promise.withResolvers<never>();
    const leaving = new AbortController();
    const waiting = outcome(orAborted(work, leaving.signal));
    leaving.abort(gone);
    expect(await waiting).equal(gone);
    reject(late);
    await settle();
  });

  it("leaves no failure unhandled of work that was started after the abortion", async () => {
    expect(await outcome(orAborted(Promise.reject(late), AbortSignal.abort(gone)))).equal(gone);
    await settle();
  });

  it("ends a stream with the signal's reason although its source fails in the same turn", async () => {
    const leaving = new AbortController();
    async function* source() {
      yield new Uint8Array(1);
      leaving.abort(gone);
      throw late;
    }
    const read = async () => {
      for await (const _ of untilAborted(source(), leaving.signal)) leaving.abort(gone);
    };
    expect(await outcome(read())).equal(gone);
    await settle();
  });

  it("passes on what the work gives, and its failure, without an abortion", async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve(7), signal)).equal(7);
    expect(await outcome(orAborted(Promise.reject(late), signal))).equal(late);
    expect(await outcome(orAborted(Promise.reject(late), undefined))).equal(late);
  });
});
