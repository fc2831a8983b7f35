// Makes node_modules match package-lock.json before any other command runs. Speaks on stderr only, so that `--json` stays clean.
import { nodeProblem } from "./nodeVersion.mjs";

const problem = nodeProblem(process.versions.node);
if (problem === null) {
  const { install } = await import("./install.mjs");
  process.exitCode = await install();
} else {
  console.error(problem);
  process.exitCode = 1;
}
