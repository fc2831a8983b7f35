import type { ErrorCode } from "../core/errors.ts";

/**
 * What the command line says better than `errorMessages` of core, because it knows the path, the option or the command that
 * helps. `{name}` stands for a detail of the error.
 */
export const errorSentences: Readonly<Partial<Record<ErrorCode, string>>> = {
  "amount-invalid":
    "{amount} is not an amount of this token. Write it as a plain decimal number, like 40000.50, with at most {decimals} decimals. Nothing was signed.",
  "answer-window-open":
    "The other side can still answer, so nothing is decided yet. No money moved. Send it again from {until} on; the signatures stay good. On a local chain `holdfast dev skip` moves the clock.",
  "config-invalid":
    "{variable} is missing or wrong. Nothing was started. `holdfast relayer --help` lists every setting.",
  "data-dir-locked":
    "Another holdfast is running on {dir}. Nothing was changed. Stop it, or use another directory with --data.",
  "data-dir-unusable": "{dir} cannot be written. Nothing was changed. Use another directory with --data.",
  "database-refused":
    "The database server refuses: {reason}. Nothing was started. Create the database and its account, or correct DATABASE_URL.",
  "deal-unknown":
    "The relayer does not know the deal {deal}. Nothing was sent. Send its terms first: `holdfast deal register FILE --url URL`.",
  "deployment-outdated":
    "{dataDir} holds a chain with other contracts than this checkout has, and contracts cannot change. Nothing was touched. Move that directory away, or use another one with --data.",
  "evidence-empty": "An empty file proves nothing. Nothing was filed.",
  "file-exists": "{path} is there already and is never overwritten. Nothing was written. Give another name.",
  "file-missing": "{path} is not there. Nothing was changed. Check the name.",
  "file-unreadable": "{path} cannot be read: {reason}. Nothing was changed.",
  "file-unwritable": "{path} cannot be written: {reason}.",
  "input-malformed": "{path} is not what it should be{at}: {problem}. Nothing was signed or sent.",
  internal:
    "A defect of this program; the lines below say where. No key and no money is touched by it. Please report it.",
  interrupted: "Stopped. Run the same command again to continue.",
  "key-file-exposed": "{path} can be read by others, so its key is not used. Make it yours alone: chmod 600 {path}",
  "key-wrong": "This is the key of {address}, but {expected} must sign. Nothing was signed.",
  "keystore-unreadable":
    "{path} is not a keystore file (Web3 Secret Storage, version 3). Nothing was signed. `holdfast keys new` makes one.",
  "native-not-relayed":
    "A relayer does not lay out native currency for others. Call the contract from your own wallet: `holdfast deal call` prints the call.",
  "password-missing": "A password is needed and there is no terminal to ask on. Give --password-file FILE.",
  "port-taken":
    "Port {port} ({listener}) is used by another program. Nothing was started. Choose another one with {option}, or 0 for any free one.",
  "recipient-invalid":
    "Recipient {index} is not an age public key (age1...). Nothing was filed. `holdfast keys encryption` makes one.",
  "rpc-refused": "The chain node refuses {method}: {reason}. Money in escrow is safe. Try again, or use another node.",
  "terms-malformed": "These are no terms of a deal{at}. Nothing was signed.",
  "terms-unsafe": "The escrow would refuse these terms: {fact}. Nothing was signed or sent. {remedy}",
  "usage-invalid": "{problem} Help: {help} --help",
};
