// The oldest Node that can run the installer; everything after it runs on the Node that package.json pins.
export const oldestNode = 18;

/**
 * Says why a Node version cannot run the installer, or null when it can.
 * @param {string} version as in `process.versions.node`
 * @returns {string | null} one line for stderr that begins with the code `node-too-old`
 */
export const nodeProblem = (version) => {
  const major = Number.parseInt(version, 10);
  if (major >= oldestNode) return null;
  return `node-too-old: Node ${version} found, ${oldestNode} or later needed. Nothing was changed. Install a newer Node, then run the same command again.`;
};
