/**
 * Checks that no dispute improves its opener's default, but for the share that the terms state for silence after delivery.
 * `npm run check:disputes`; `-- --short` walks fewer terms, in less than a minute. Exits 1 with the moves of each counterexample.
 *
 * The tribunal stays silent. Every set of terms is walked with its share for silence and with none, where every gain must be zero.
 * From every state that a deal can reach in core's model, disputed by either party or not:
 *
 * 1. **Values.** Backward induction over a finite game of perfect information. Buyer and seller act or pass just before, at and
 *    just after each clock; in each second they alternate until both pass. The opener maximises its money, with its disputes and without, and once without goods or money to perform with. It meets the other
 *    party at its worst (so that the value is what the opener can guarantee), at its own best (subgame perfect, ties against the
 *    opener), and silent. The attestor is for it, against it, silent, or delivers from a stated second. A seller may gain nothing, a
 *    buyer no more than the share. The same games with the other party as the player, at its best or silent, bound its loss.
 * 2. **Twin runs.** The same attempts of everybody at the same seconds in two runs, the opener's disputes in one only; what a run
 *    refuses changes nothing there. The largest difference of either party's money over all behaviours is at most the share, and
 *    zero for a seller as long as the buyer does not dispute. This needs no party to act at its best, and is the stronger claim.
 * 3. **Time.** The same twin runs with punctual strangers: how much later the money leaves (one backstop at most) and the coverage
 *    is free (two at most); where the goods come early in a dispute, both count from `deliverBy`. Where only the opener disputes,
 *    neither comes sooner.
 *
 * Left out: what the tribunal decides, settlements, gas, the worth of goods. A twin run leaves out what a party gives by its own
 * will (`confirm`, `refund`): the opener's where the run with the dispute refuses it, the other's where the run without does, and
 * every one where time is measured. Seconds between those of 1. are taken to change nothing.
 */
import { type Counterexample, checkShape, type Report } from "./disputes/check.ts";
import { sayTime } from "./disputes/say.ts";
import { type Shape, shapes } from "./disputes/shapes.ts";

const isShort = process.argv.includes("--short");
/** What is quick to walk. */
const isQuick = ({ name }: Shape) => /^paid at once, a fee|not covered|a long backstop/.test(name);

const show = ({ shape, states, share, findings }: Report, seconds: string) => {
  console.log(`\n${shape.name}: ${states} states, share for silence ${share} of ${shape.terms.price}, ${seconds} s`);
  for (const { opener, comparisons, money, delay } of findings) {
    console.log(`  ${opener}'s disputes, ${comparisons} comparisons`);
    for (const [figure, { most, place, play }] of Object.entries(money)) {
      const where = most === 0 ? "" : `, from ${place}: ${play[0]}`;
      console.log(`    ${figure.padEnd(20)} ${String(most).padStart(8)}${where}`);
    }
    for (const [figure, { most }] of Object.entries(delay)) console.log(`    ${figure.padEnd(20)} ${sayTime(most)}`);
  }
};

const tell = ({ shape, opener, what, most, allowed, place, way, play }: Counterexample) =>
  console.log(
    [
      `\nCounterexample on "${shape}", ${opener}'s dispute, ${what}: ${most}, allowed ${allowed}`,
      `  to ${place}: ${way.length === 0 ? "funded" : way.join(" > ")}`,
      ...play.map((line) => `  ${line}`),
    ].join("\n"),
  );

const startedAt = Date.now();
const reports: Report[] = [];
for (const shape of isShort ? shapes.filter(isQuick) : shapes) {
  const before = Date.now();
  const report = checkShape(shape, isShort ? "short" : "full");
  show(report, ((Date.now() - before) / 1000).toFixed(0));
  report.counterexamples.forEach(tell);
  reports.push(report);
}

const sum = (of: (report: Report) => number) => reports.reduce((total, report) => total + of(report), 0);
const counterexamples = sum((report) => report.counterexamples.length);
const comparisons = sum(({ findings }) => findings.reduce((total, finding) => total + finding.comparisons, 0));
// A proof that never saw the share paid would prove nothing.
const unreached = reports.filter(({ share, findings }) => findings[0]?.money["own gain"].most !== share);
for (const { shape } of unreached) console.log(`\nThe share for silence was never gained on "${shape.name}".`);
console.log(
  `\n${reports.length} terms, ${sum(({ states }) => states)} states, ${comparisons} comparisons, ${counterexamples} counterexamples, ${((Date.now() - startedAt) / 1000).toFixed(0)} s`,
);
if (counterexamples + unreached.length > 0) process.exitCode = 1;
