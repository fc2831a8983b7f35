// Measures what the README claims: `npm run bench -- gas`, `npm run --silent bench -- evidence --json`.
import { parseArgs } from "node:util";
import { type BenchResult, benchTable } from "./table.ts";

type Suite = () => Promise<{ suite: string; results: readonly BenchResult[] }>;

// Loaded on demand: the gas suite starts a chain as soon as it is imported.
const suites: Record<string, () => Promise<Suite>> = {
  gas: async () => (await import("./gas.ts")).gasSuite,
  evidence: async () => (await import("./evidence.ts")).evidenceSuite,
  page: async () => (await import("./page.ts")).pageSuite,
};

const usage = `usage: npm run bench -- <${Object.keys(suites).join("|")}> [--json]`;

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
    return { isJson: values.json === true, load: positionals.length === 1 ? suites[positionals[0] ?? ""] : undefined };
  } catch {
    return { isJson: false, load: undefined };
  }
};

const { isJson, load } = readArguments();
if (load === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const measure = await load();
  const measured = await measure();
  console.log(isJson ? JSON.stringify(measured) : benchTable(measured.suite, measured.results));
}
