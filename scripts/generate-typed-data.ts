// Writes docs/typed-data.md, or with --check says whether what is committed is what the code gives.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { typedDataPage } from "./typedDataPage.ts";

const path = "docs/typed-data.md";
const file = join(import.meta.dirname, "..", path);

if (!process.argv.includes("--check")) writeFileSync(file, typedDataPage());
else if (readFileSync(file, "utf8") !== typedDataPage()) {
  console.error(`${path} is not what the code gives. Run: node scripts/generate-typed-data.ts`);
  process.exitCode = 1;
}
