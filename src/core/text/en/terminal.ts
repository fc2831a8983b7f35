/** What a terminal shows while somebody waits or types. */
export const terminal = {
  passwordOf: (path: string) => `Password of ${path}`,
  newPassword: "New password",
  onceMore: "Once more",
  progress: (label: string, percent: number, total: string) => `${label}: ${percent} % of ${total}`,
} as const;
