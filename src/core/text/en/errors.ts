import type { ErrorCode } from "../../errors.ts";

/**
 * What a person reads for each code: what happened, whether the money is safe, what to do. The
 * first sentence holds no values; `{name}` stands for a detail of the error. Amounts are in minor
 * units.
 */
export const errors = {
  "action-refused":
    "This is not possible in the deal's present state. No money moved; {action} is refused while it is {status} ({why}). Read the deal to see what is possible and until when.",
  "amount-invalid":
    "This is not an amount of the token. Nothing was signed or sent. Write {amount} as a plain decimal number, like 40000.50, with at most {decimals} decimals.",
  "amounts-do-not-sum":
    "The amounts do not add up to what is held. No money moved: they come to {sum}, {held} is held. Sign amounts that add up exactly.",
  "anchor-not-found":
    "The evidence is not anchored in a settled block yet. What was filed is safe and its receipt holds. Ask again in a minute.",
  "answer-window-open":
    "The other side can still answer. No money moved. Send the determination again from {until} on; the signatures stay good.",
  "balance-differs":
    "The balance differs from the terms. No money moved: {due} is owed, and {amount} was signed. Sign exactly what is owed.",
  "balance-too-low":
    "The account cannot pay for the transactions. Nothing more was sent, and what is there stays. {account} has {balance} and needs up to {needed}, in wei: send it the rest, and repeat the command.",
  "beacon-unknown":
    "The chain does not know the block that the record was signed after. Nothing was filed. Sign the record again over a recent block; {block} is not one.",
  "block-damaged":
    "A stored block is damaged. The anchor still holds and no money is concerned. Get the file from another store, or have its submitter send it again.",
  "block-missing":
    "A part of the file is not stored here. The anchor still holds; this does not mean tampering. Get the file from another store, or have its submitter send it again.",
  "block-unprovable":
    "The node does not give what is needed to prove a block. What was filed is safe. Ask another node of the chain.",
  "block-unknown":
    "A node does not have a block. Nothing was written. Ask another node, or wait until this one has it; block {block} is missing on {hosts}.",
  "bundle-malformed":
    "This is not a whole evidence bundle. That says nothing about the file. Get the bundle again from where it came; the field is {path}.",
  "bundle-too-large": "This is too large for an evidence bundle. Nothing was checked. Give the bundle, not the file.",
  "bundle-version-unknown":
    "The bundle's version is not supported. Nothing was checked, and nothing is wrong with the file for it. Use a newer verifier; the bundle says {format}.",
  "call-reverted":
    "The contract refuses this call. No money moved. Its reason is {error}; read the deal's state before you try again.",
  "car-invalid": "This stream of blocks is not one whole file. Nothing was stored. Export it again and send it whole.",
  "case-mismatch":
    "The record is not about this deal. Nothing was filed. Send the salt that belongs to the record, or leave the deal out.",
  "chain-mismatch":
    "The node serves another chain. Nothing was sent. Check the address of the node: {expected} was expected, {actual} answered.",
  "chain-not-started":
    "The local chain did not start. Its data was left as it was. Look at the lines above for the cause.",
  "cid-unsupported":
    "This is not a content identifier that evidence is kept under. Nothing was changed. Use CIDv1 with sha2-256, raw or dag-pb.",
  "cipher-altered":
    "The encrypted file was changed. The anchor of the original still holds. Get the file again from where it is stored.",
  "cipher-key-wrong":
    "This key does not open the file. Nothing was changed. It was encrypted for other recipients, or the key is damaged.",
  "cipher-truncated":
    "The end of the encrypted file is missing. This does not mean tampering. Get the file again from where it is stored.",
  "config-invalid": "A setting is missing or wrong. Nothing was started. Set {variable}: {problem}.",
  "contract-code-differs":
    "Another program stands at a contract's address. Nothing was sent. Do not use it; ask another node of the chain first: {contract} at {address}.",
  "contract-missing":
    "There is no contract at the configured address. Nothing was sent. Check the chain and the deployment: {contract} at {address}.",
  "coverage-exceeds-bond":
    "The seller's bond does not carry this deal, so it cannot be paid. No money moved. {coverage} is promised and {available} is free: ask the seller to add to the bond.",
  "dag-invalid": "The stored file does not hang together. The anchor still holds. Get the file from another store.",
  "dag-too-large": "The stored file is larger than allowed here. Nothing was changed. Fetch it with a higher limit.",
  "data-dir-locked":
    "Another process works on this data directory. Nothing was changed. Stop it, or use another directory.",
  "data-dir-unusable":
    "The data directory cannot be written. Nothing was changed. Fix its permissions, or use another directory.",
  "database-refused":
    "The database server does not let the relayer in. Money in escrow is safe and no deadline changes. The operator must create the database and its account, or correct DATABASE_URL.",
  "database-unreachable":
    "The database does not answer. Money in escrow is safe and no deadline changes. Try again in a minute.",
  "deal-unknown": "No deal with this id is known here. No money moved. Register its terms first, or check the id.",
  "deployment-failed": "The contracts were not deployed. No money is concerned. Repeat it; the step was {step}.",
  "deployment-outdated":
    "The chain carries other contracts than this program. Nothing was changed. Use a new data directory; deals in the old one stay where they are.",
  "evidence-empty": "The file is empty. Nothing was stored. Choose the file again and upload it.",
  "evidence-not-stored":
    "The file of this record is not stored here. Nothing was filed. Upload the ciphertext first, then the record.",
  "evidence-record-invalid":
    "The evidence record is not well formed. Nothing was filed. Correct the field {path} and sign again.",
  "evidence-too-large":
    "The file is larger than this relayer takes. Nothing was stored. The limit is {limit} bytes: split the file, or store it elsewhere and file its record.",
  "evidence-unknown":
    "No evidence with this digest was filed here. That says nothing about the file. Check the digest, or file it.",
  "file-changed":
    "The file changed while it was read. Nothing was filed. Wait until no program writes to it any more, then file it again.",
  "file-exists": "The file exists already. It was left as it is. Choose another name than {path}.",
  "file-missing": "The file does not exist. Nothing was changed. Check the path: {path}.",
  "file-name-unsafe":
    "A file name must not hold a path. Nothing was stored. File names do not travel in clear: leave the name out, it belongs into the encrypted record.",
  "file-unreadable": "The file cannot be read. Nothing was changed. {path}: {problem}.",
  "file-unwritable": "The file cannot be written. Nothing was lost. {path}: {problem}.",
  "filer-not-allowed":
    "This relayer takes no evidence from this account about this deal. Nothing was filed, money in escrow is safe, and no deadline changes. Name the deal, and sign with the key of one of its parties or arbitrators; or ask the operator to allow {submitter}.",
  "headers-malformed":
    "This is not a whole file of headers. Nothing was checked. Get it again from whoever collected it, or collect it again; the field is {path}.",
  "headers-too-large":
    "This is too large for a file of headers. Nothing was checked or written. Collect fewer blocks at a time.",
  "headers-version-unknown":
    "The version of the file of headers is not supported. Nothing was checked. Use a newer program; the file says {format}.",
  "host-not-allowed":
    "The file lies with a host that only the bundle names, and that is not allowed. Nothing was sent to it, and nothing was written. Whoever runs that host would see who opens the evidence and when. Take the file from a relayer that you trust or from a copy, or allow the host: {hosts}.",
  "idempotency-mismatch":
    "This Idempotency-Key was used with another body. Nothing new was done; the first request stands. Use a new key for a new request.",
  "index-incomplete":
    "The chain's history is not complete here. Money in escrow is safe. The operator must rebuild the index: stop the relayer, then `holdfast relayer reindex --from 0`.",
  "input-invalid":
    "The request is not as this route expects it. Nothing was stored or moved. Correct {path}: {problem}.",
  "input-malformed": "The input is not as it should be. Nothing was signed or sent. Correct {path}{at}: {problem}.",
  "intent-expired":
    "What was signed has expired. No money moved. Its deadline was {deadline}: sign again with a later deadline.",
  "intent-unknown": "Nothing with this id was handed in here. No money moved by it. Check the id, or hand it in.",
  internal:
    "This is a defect of the program. Money in escrow is safe: only the contract moves it, and no deadline changes. Try again; if it stays, report it with its request id or the lines below.",
  interrupted: "It was interrupted. What was accepted is kept. Repeat it to continue.",
  "json-malformed": "The body is not JSON. Nothing was stored or moved. Send one JSON object in UTF-8.",
  "key-file-exposed": "Others can read the key file. The key was not used. Allow only its owner to read it.",
  "key-wrong":
    "This is not the key of the account that must act. Nothing was signed or sent. Use the key of {expected}; this one is of {address}.",
  "keystore-password-wrong": "The password does not open the keystore. The key was not used. Try again.",
  "keystore-unreadable":
    "The keystore cannot be read. The key was not used. It must be a Web3 Secret Storage file of version 3: {path}.",
  "media-type-unsupported":
    "The content type is not one that this route takes. Nothing was stored or moved. Send {expected}.",
  "method-not-allowed": "This address does not take this method. Nothing was done. Use {allowed}.",
  "native-not-relayed":
    "Native currency is not relayed for others. No money moved. Pay from the buyer's own wallet, directly to the escrow.",
  "nodes-disagree":
    "The nodes do not agree. Nothing was written. Find out which of them is wrong, and ask another one. They name the chains {chains}. For block {block} they answer {hashes}.",
  "nonce-taken": "Another transaction used the relayer's nonce. No money moved. It is sent again by itself.",
  "not-acceptable":
    "This is not served in the format that was asked for. Nothing was changed. Ask for raw blocks or a CAR.",
  "not-found": "There is nothing at this address. Nothing was done. See /v1/openapi.json for every route.",
  "panel-mismatch":
    "This panel is not the one in the terms. No money moved. Send the panel whose hash the terms carry.",
  "password-missing": "A password is needed. The key was not used. Give the file that holds it.",
  "path-malformed": "The inclusion path is not well formed. That says nothing about the file. Get the bundle again.",
  "pin-damaged": "A stored file's entry is damaged. The anchor still holds. Upload the same file again to repair it.",
  "port-taken":
    "Another program listens on this port. Nothing was started. Stop it, or choose another port than {port}.",
  "range-invalid": "The file has no such range of bytes. Nothing was changed. Ask for a range within the file.",
  "rate-limited":
    "Too many requests came at once. Nothing was done with this one, and no deadline changes. Try again in {seconds} seconds.",
  "receipt-proof-invalid":
    "The proof of the anchor does not hold. No money is concerned. Get the bundle again; if it stays, the anchor is not shown.",
  "recipient-invalid":
    "This is not a key that files can be encrypted for. Nothing was encrypted. Give an age X25519 recipient.",
  "relayer-answer-invalid":
    "The answer is not one of a relayer. Whether the request arrived is not known; repeating it does nothing twice. Check the address, then try again.",
  "relayer-balance-low":
    "The relayer cannot pay for transactions now. Money in escrow is safe, and the request is kept. Wait, or submit it to the contract yourself before its deadline.",
  "relayer-running":
    "A relayer works on this database. Nothing was changed. Stop every relayer of it, wait 15 seconds if one was killed, and repeat.",
  "relayer-unreachable":
    "The relayer does not answer. Money in escrow is safe; repeating a request does nothing twice. Try again, or act on the contract directly before the deadline.",
  "request-too-large":
    "The request is too large. Nothing was stored or moved. Its limit is {limit} bytes; files go to /v1/blobs.",
  "rpc-refused":
    "The chain node refuses this. Money in escrow is safe. Try again; the operator sees the node's reason in the log.",
  "rpc-unreachable":
    "The chain node does not answer. Money in escrow is safe and no deadline changes. Try again in a minute, or use another node to act directly.",
  "signature-count-wrong":
    "The number of signatures is not the panel's threshold. No money moved. {given} were given, {threshold} are needed, each of another arbitrator.",
  "signature-invalid":
    "The signature is not the one of the account that must sign. No money moved. {signer} must sign these very values, for this chain and this contract.",
  "signer-not-on-panel":
    "A signer is not on the panel of the terms. No money moved. Leave out the signature of {signer}.",
  "store-announces":
    "The IPFS node would announce the evidence to the public network. Nothing was stored. Switch its announcements off.",
  "store-answer-invalid": "The store's answer makes no sense. Nothing was lost. Try again, or check the store.",
  "store-full":
    "There is no room for the file. What is filed is safe. Try again in an hour; if it stays so, the operator must make room.",
  "store-unreachable":
    "The evidence store does not answer. What is filed is safe and no deadline changes. Try again in a minute.",
  "terms-malformed": "These bytes are not the terms of a deal. No money moved. Check where they come from.",
  "terms-unsafe": "The escrow would refuse these terms. No money moved. Correct them before anyone signs: {fact}.",
  "timestamp-data-malformed":
    "A certificate, revocation list or time stamp cannot be read. Nothing was concluded from it. Give certificates and lists in PEM or DER, as their issuer publishes them.",
  "tree-empty": "There is nothing to put into a tree. Nothing was anchored. File at least one item.",
  "tree-index-outside": "The tree has no leaf at this place. Nothing was changed. Check the index.",
  "tree-leaf-malformed": "A leaf is not 32 bytes long. Nothing was anchored. Check what was handed in.",
  "upload-expired":
    "The upload took longer than a relayer waits. Nothing was filed, and what was sent is gone. Send the file again from its beginning, over a faster connection: all must be there within {seconds} seconds.",
  "upload-interrupted":
    "The upload broke off. Nothing was filed, and the part that was sent is kept for an hour. Send the same file again: it goes on from there, or from its beginning if it was sent in one piece.",
  "upload-offset-mismatch":
    "The part does not begin where the upload stands. Nothing was appended, and what was sent is kept. Go on from byte {expected}; this part begins at {given}.",
  "upload-unknown":
    "No upload with this id is kept here. It expired, was given up, or never began; what is filed is safe. Send the file again from its beginning.",
  "usage-invalid": "The command is not well formed. Nothing was done. See its help.",
} as const satisfies Record<ErrorCode, string>;
