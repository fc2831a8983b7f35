// Writes test/vectors/gas.json from what the gas suite measures now, and says what changed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gasSuite } from "../bench/gas.ts";

const path = join(import.meta.dirname, "../test/vectors/gas.json");
const before: Record<string, number> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
const { results } = await gasSuite();

for (const { name, gas } of results) {
  const old = before[name];
  if (old !== gas) console.log(`${name}: ${old ?? "new"} -> ${gas}${old === undefined ? "" : ` (${gas - old})`}`);
}
const snapshot = Object.fromEntries(results.map(({ name, gas }) => [name, gas]));
writeFileSync(path, `${JSON.stringify(snapshot, null, 2)}\n`);
