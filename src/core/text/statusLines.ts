import type { LaterRecord, RecordStatus } from "../evidence/verify/recordStatus.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { ReportText } from "./reportContent.ts";

const stateAfter = { withdraw: "withdrawn", supersede: "superseded" } as const;

/**
 * What is known of a record's withdrawal or replacement, a line for each fact; the last says what
 * was not checked. Without a status nothing was compared. `at` writes a time in Unix seconds.
 */
export function statusLines(
  status: RecordStatus | undefined,
  text: ReportText,
  at: (seconds: number) => string,
): string[] {
  const { about, later = [] } = status ?? {};
  const laterLine = (record: LaterRecord) => {
    const { kind, name, digest, submitter, anchoredAt, force } = record;
    const when =
      anchoredAt === null
        ? ""
        : text.laterAnchored(at(anchoredAt.at), text.time[anchoredAt.isConfirmed ? "confirmed" : "stated"]);
    return text.later[force](force === "same-key" ? text.state[stateAfter[kind]] : text.laterKind[kind], {
      name: escapeInvisible(name),
      digest,
      submitter,
      when,
    });
  };
  return [
    ...later.filter(({ force }) => force === "same-key").map(laterLine),
    ...later.filter(({ force }) => force !== "same-key").map(laterLine),
    ...(about == null || (about.kind !== "supersede" && about.kind !== "withdraw")
      ? []
      : [
          text.earlier(
            text.earlierKind[about.kind],
            about.digest,
            about.name === null ? text.earlierNotGiven : escapeInvisible(about.name),
            about.isOwn === false ? text.earlierOfOther : "",
          ),
        ]),
    status === undefined || status.state === "not-checked" ? text.statusNotChecked : text.statusOthersNotChecked,
  ];
}
