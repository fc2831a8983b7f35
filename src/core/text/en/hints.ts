import type { ErrorCode } from "../../errors.ts";

/**
 * What the command line adds to the text of an error: the option or the command that helps, where
 * its details say enough.
 */
export const hints = {
  "answer-window-open": "On a local chain `holdfast dev skip` moves the clock.",
  "block-unprovable": "It is block {block} of {host}.",
  "bundle-malformed": "It is {file}.",
  "bundle-too-large": "It is {file}.",
  "bundle-version-unknown": "It is {file}.",
  "config-invalid": "`holdfast relayer --help` lists every setting.",
  "data-dir-locked": "It is {dir}; --data names another one.",
  "data-dir-unusable": "It is {dir}; --data names another one.",
  "database-refused": "The server says: {reason}.",
  "deal-unknown": "`holdfast deal register FILE --url URL` registers it; its id is {deal}.",
  "deployment-outdated": "Move {dataDir} away, or name another directory with --data.",
  "headers-malformed": "It is {file}.",
  "headers-too-large": "It is {file}.",
  "headers-version-unknown": "It is {file}.",
  "host-not-allowed": "`--url URL`, `--ciphertext FILE` and `--allow-host HOST` do that.",
  "key-file-exposed": "`chmod 600 {path}` does that.",
  "keystore-unreadable": "`holdfast keys new` makes one.",
  "native-not-relayed": "`holdfast deal call` prints the call.",
  "password-missing": "There is no terminal to ask on: --password-file FILE.",
  "port-taken": "It is the port of {listener}. {option} chooses another one, 0 any free one.",
  "recipient-invalid": "It is number {index}, counted from 0. `holdfast keys encryption` makes one.",
  "rpc-refused": "The node says of {method}: {reason}.",
  "rpc-unreachable": "It is {host}.",
  "terms-malformed": "What is wrong: {problem}.",
} as const satisfies Partial<Record<ErrorCode, string>>;

/** What was to listen on a port, by `listener` in the details of `port-taken`. */
export const listeners = {
  API: "the API",
  chain: "the chain",
  "chain-of-earlier-runs": "the chain, as in earlier runs",
} as const;

/** A command line that is wrong: the problem, and where its rules stand. */
export const usageText = "{problem} Help: {help} --help";
