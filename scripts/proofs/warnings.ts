// Warnings of the compiler are errors. What stays is listed here by name; what is listed and gone fails too.
import { type CompilerMessage, isDeployed, pathOfSource, readCompilations } from "./compiled.ts";
import { exitCodeOf } from "./outcome.ts";

type KnownWarning = Readonly<{ file: string; code: string; why: string }>;

const known: readonly KnownWarning[] = [
  {
    file: "node_modules/@openzeppelin/contracts/utils/TransientSlot.sol",
    code: "2394",
    why: "transient storage: used by the reentrancy guard alone, which clears it when the call ends",
  },
];

/** Sizes that only the chain limits; tests run on a chain without the limit. */
const sizeCodes = ["5574", "3860"];

const nameOf = ({ sourceLocation, errorCode, message }: CompilerMessage) =>
  `${pathOfSource(sourceLocation?.file ?? "")} ${errorCode ?? ""}: ${message.split("\n")[0]}`;

/** What the compiler said that nobody answered, and the answers to what it no longer says. */
export function judgeWarnings(messages: readonly CompilerMessage[], answers: readonly KnownWarning[] = known) {
  const is = (answer: KnownWarning, { sourceLocation, errorCode }: CompilerMessage) =>
    answer.code === errorCode && answer.file === pathOfSource(sourceLocation?.file ?? "");
  const isTestSize = ({ sourceLocation, errorCode }: CompilerMessage) =>
    sizeCodes.includes(errorCode ?? "") && !isDeployed(pathOfSource(sourceLocation?.file ?? ""));
  return {
    unanswered: messages.filter((m) => !isTestSize(m) && !answers.some((answer) => is(answer, m))).map(nameOf),
    idle: answers.filter((answer) => !messages.some((m) => is(answer, m))).map(({ file, code }) => `${file} ${code}`),
  };
}

if (import.meta.main) {
  const root = new URL("../..", import.meta.url).pathname;
  const compilations = readCompilations(root);
  const { unanswered, idle } = judgeWarnings(compilations.flatMap(({ messages }) => messages));
  for (const line of unanswered) console.log(`warning: ${line}`);
  for (const line of idle) console.log(`listed, but the compiler no longer says it: ${line}`);
  const count = new Set(compilations.flatMap(({ sources }) => Object.keys(sources))).size;
  console.log(`${count} sources compiled; ${unanswered.length} warnings without an answer, ${known.length} with one`);
  const holds = count > 0 && unanswered.length + idle.length === 0;
  process.exitCode = exitCodeOf[holds ? "holds" : "fails"];
}
