import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { expect } from "chai";

const program = join(import.meta.dirname, "..", "fixtures", "busyAtStop.ts");

const start = async (busyMs: number, endsAfterMs: number) => {
  const args = [program, String(busyMs), String(endsAfterMs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const says = async (line: string) => expect((await lines.next()).value).to.equal(line);
  await says("ready");
  return { child, ended, says };
};

describe("stopAtSignals", () => {
  it("takes a signal that came while the process was busy for the same Ctrl-C", async () => {
    const { child, ended, says } = await start(1_500, 100);
    child.kill("SIGINT");
    child.kill("SIGTERM");
    await says("stopping");
    expect(await ended).to.deep.equal([0, null]);
  });

  it("takes a signal that comes while the process already ends for the same Ctrl-C", async () => {
    const { child, ended, says } = await start(0, 0);
    child.kill("SIGINT");
    await says("stopping");
    // For as long as one Ctrl-C can take to come twice, at every moment of the end.
    const sentAt = performance.now();
    while (performance.now() < sentAt + 100) child.kill("SIGINT");
    expect(await ended).to.deep.equal([0, null]);
  });

  it("ends at once with 130 at a later Ctrl-C", async () => {
    const { child, ended, says } = await start(0, 60_000);
    child.kill("SIGINT");
    await says("stopping");
    const again = setInterval(() => child.kill("SIGINT"), 200);
    expect(await ended).to.deep.equal([130, null]);
    clearInterval(again);
  });
});
