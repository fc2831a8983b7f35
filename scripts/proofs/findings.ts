/** Something that a program points at; only what we read of Slither's JSON. */
export type Element = Readonly<{
  type: string;
  name: string;
  type_specific_fields?: Readonly<{ signature?: string; parent?: Element }>;
}>;

export type Finding = Readonly<{ check: string; elements: readonly Element[]; description: string }>;

/** Why a finding is none: `detector` at `where`, found `times` times (once, if not said). */
export type Answer = Readonly<{ detector: string; where: string; times?: number; reason: string }>;

/** The place of an element without line numbers, which move: `Escrow.lapse(PackedTerms)`, `Escrow.PERMIT2`. */
export function placeOf(element: Element): string {
  const { signature, parent } = element.type_specific_fields ?? {};
  const name = signature ?? element.name;
  return parent === undefined || parent.type === "file" ? name : `${placeOf(parent)}.${name}`;
}

const keyOf = (finding: Finding) => `${finding.check} at ${finding.elements[0] ? placeOf(finding.elements[0]) : "?"}`;

/** Findings that no answer covers, and answers whose finding is gone or came more or less often than they say. */
export function judgeFindings(findings: readonly Finding[], answers: readonly Answer[]) {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) found.set(keyOf(finding), [...(found.get(keyOf(finding)) ?? []), finding]);
  const answered = new Set(answers.map(({ detector, where }) => `${detector} at ${where}`));
  const wrong = answers.flatMap(({ detector, where, times = 1 }) => {
    const actual = found.get(`${detector} at ${where}`)?.length ?? 0;
    return actual === times ? [] : [`${detector} at ${where}: answered ${times} times, found ${actual} times`];
  });
  return {
    unanswered: [...found]
      .filter(([key]) => !answered.has(key))
      .flatMap(([key, all]) => all.map(({ description }) => `${key}\n${description}`)),
    wrong,
    unexplained: answers
      .filter(({ reason }) => reason.trim() === "")
      .map(({ detector, where }) => `${detector} ${where}`),
  };
}
