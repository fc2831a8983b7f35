import type { ErrorCode, ErrorDetails } from "../errors.ts";
import type { Language } from "./language.ts";

type Message = Readonly<Record<Language, string>>;

/**
 * What a person reads for each code: what happened, whether the money is safe, what to do. The first sentence holds no
 * values; `{name}` stands for a detail of the error, amounts in minor units and times in Unix seconds.
 */
export const errorMessages = {
  "action-refused": {
    en: "This is not possible in the deal's present state. No money moved; {action} is refused while it is {status} ({why}). Read the deal to see what is possible and until when.",
    zh: "该笔交易在当前状态下不能这样操作。资金未动；状态为 {status} 时不能执行 {action}（{why}）。请查看交易，了解现在可做什么、截止何时。",
  },
  "amount-invalid": {
    en: "This is not an amount. Nothing was signed or sent. Write it as a plain decimal number with no more decimals than the token has.",
    zh: "金额格式不正确。未签名、未发送。请填写普通小数，小数位数不得超过该代币的精度。",
  },
  "amounts-do-not-sum": {
    en: "The amounts do not add up to what is held. No money moved: they come to {sum}, {held} is held. Sign amounts that add up exactly.",
    zh: "各项金额之和与托管金额不符。资金未动：合计 {sum}，托管 {held}。请签署合计完全相等的金额。",
  },
  "anchor-not-found": {
    en: "The evidence is not anchored in a settled block yet. What was filed is safe and its receipt holds. Ask again in a minute.",
    zh: "该证据尚未在已确定的区块中上链。已提交的内容安全，收据有效。请一分钟后再查询。",
  },
  "answer-window-open": {
    en: "The other side can still answer. No money moved. Send the determination again from {until} (Unix seconds) on; its signatures stay good.",
    zh: "对方仍在答辩期内。资金未动。请在 {until}（Unix 秒）之后再次提交该裁定，已有签名继续有效。",
  },
  "balance-too-low": {
    en: "The account cannot pay for the transactions. Nothing more was sent, and what is there stays. {account} has {balance} and needs up to {needed}, in wei: send it the rest, and repeat the command.",
    zh: "该账户余额不足以支付交易费用。未再发送任何内容，已部署的保持不变。{account} 现有 {balance}，最多需 {needed}（单位 wei）：请补足后重新执行。",
  },
  "beacon-unknown": {
    en: "The chain does not know the block that the record was signed after. Nothing was filed. Sign the record again over a recent block; {block} is not one.",
    zh: "链上没有该记录所引用的区块。未提交任何内容。请引用最近的区块重新签署；{block} 无效。",
  },
  "block-damaged": {
    en: "A stored block is damaged. The anchor still holds and no money is concerned. Get the file from another store, or have its submitter send it again.",
    zh: "存储的数据块已损坏。链上记录仍有效，不涉及资金。请从其他存储点获取，或请提交方重新提供。",
  },
  "block-missing": {
    en: "A part of the file is not stored here. The anchor still holds; this does not mean tampering. Get the file from another store, or have its submitter send it again.",
    zh: "文件的一部分不在此处。链上记录仍有效，不等于被篡改。请从其他存储点获取，或请提交方重新提供。",
  },
  "block-unprovable": {
    en: "The node does not give what is needed to prove the anchor. What was filed is safe. Ask another node of the chain.",
    zh: "节点未提供证明上链所需的数据。已提交的内容安全。请改用该链的其他节点。",
  },
  "bundle-malformed": {
    en: "This is not a whole evidence bundle. That says nothing about the file. Get the bundle again from where it came; the field is {path}.",
    zh: "这不是完整的证据包。这不说明文件有问题。请从来源处重新获取；出错字段：{path}。",
  },
  "bundle-too-large": {
    en: "This is too large for an evidence bundle. Nothing was checked. Give the bundle, not the file.",
    zh: "内容过大，不是证据包。未作任何核验。请提供证据包，而不是文件本身。",
  },
  "bundle-version-unknown": {
    en: "The bundle's version is not supported. Nothing was checked, and nothing is wrong with the file for it. Use a newer verifier; the bundle says {format}.",
    zh: "不支持该证据包的版本。未作任何核验，也不说明文件有问题。请使用更新的校验工具；证据包版本：{format}。",
  },
  "call-reverted": {
    en: "The contract refuses this call. No money moved. Its reason is {error}; read the deal's state before you try again.",
    zh: "合约拒绝了此操作。资金未动。原因：{error}；重试前请查看交易状态。",
  },
  "car-invalid": {
    en: "This stream of blocks is not one whole file. Nothing was stored. Export it again and send it whole.",
    zh: "该数据流不是一个完整文件。未存储任何内容。请重新导出并完整发送。",
  },
  "case-mismatch": {
    en: "The record is not about this deal. Nothing was filed. Send the salt that belongs to the record, or leave the deal out.",
    zh: "该记录与此交易不符。未提交任何内容。请提供与记录对应的盐值，或不要指明交易。",
  },
  "chain-mismatch": {
    en: "The node serves another chain. Nothing was sent. Check the address of the node: {expected} was expected, {actual} answered.",
    zh: "该节点属于另一条链。未发送任何内容。请检查节点地址：应为 {expected}，实为 {actual}。",
  },
  "chain-not-started": {
    en: "The local chain did not start. Its data was left as it was. Look at the lines above for the cause.",
    zh: "本地链未能启动。数据保持原样。请查看上方输出了解原因。",
  },
  "cid-unsupported": {
    en: "This is not a content identifier that evidence is kept under. Nothing was changed. Use CIDv1 with sha2-256, raw or dag-pb.",
    zh: "不支持该内容标识。未作任何更改。请使用 CIDv1、sha2-256、raw 或 dag-pb。",
  },
  "cipher-altered": {
    en: "The encrypted file was changed. The anchor of the original still holds. Get the file again from where it is stored.",
    zh: "加密文件内容已被改动。原件的链上记录仍有效。请从存储处重新获取。",
  },
  "cipher-key-wrong": {
    en: "This key does not open the file. Nothing was changed. It was encrypted for other recipients, or the key is damaged.",
    zh: "该密钥无法打开文件。未作任何更改。文件可能是为其他收件人加密的，或密钥已损坏。",
  },
  "cipher-truncated": {
    en: "The end of the encrypted file is missing. This does not mean tampering. Get the file again from where it is stored.",
    zh: "加密文件结尾缺失。不等于被篡改。请从存储处重新获取。",
  },
  "config-invalid": {
    en: "A setting is missing or wrong. Nothing was started. Set {variable}.",
    zh: "配置缺失或有误。未启动任何服务。请设置 {variable}。",
  },
  "contract-code-differs": {
    en: "Another program stands at a contract's address. Nothing was sent. Do not use it; ask another node of the chain first: {contract} at {address}.",
    zh: "合约地址上的代码与本程序不符。未发送任何内容。请勿使用；请先改用该链的其他节点核对：{contract}，{address}。",
  },
  "contract-missing": {
    en: "There is no contract at the configured address. Nothing was sent. Check the chain and the deployment: {contract} at {address}.",
    zh: "配置的地址上没有合约。未发送任何内容。请检查链与部署：{contract}，{address}。",
  },
  "coverage-exceeds-bond": {
    en: "The seller's bond does not carry this deal, so it cannot be paid. No money moved. {coverage} is promised and {available} is free: ask the seller to add to the bond.",
    zh: "商家保证金不足以覆盖本单，暂不能付款。资金未动。需 {coverage}，可用 {available}：请联系商家补足。",
  },
  "dag-invalid": {
    en: "The stored file does not hang together. The anchor still holds. Get the file from another store.",
    zh: "存储的文件结构不完整。链上记录仍有效。请从其他存储点获取。",
  },
  "dag-too-large": {
    en: "The stored file is larger than allowed here. Nothing was changed. Fetch it with a higher limit.",
    zh: "存储的文件超过此处上限。未作任何更改。请提高上限后再获取。",
  },
  "data-dir-locked": {
    en: "Another process works on this data directory. Nothing was changed. Stop it, or use another directory.",
    zh: "另一个进程正在使用该数据目录。未作任何更改。请先停止该进程，或改用其他目录。",
  },
  "data-dir-unusable": {
    en: "The data directory cannot be written. Nothing was changed. Fix its permissions, or use another directory.",
    zh: "数据目录不可写。未作任何更改。请修正权限，或改用其他目录。",
  },
  "database-refused": {
    en: "The database server does not let the relayer in. Money in escrow is safe and no deadline changes. The operator must create the database and its account, or correct DATABASE_URL.",
    zh: "数据库服务器拒绝中继的连接。托管资金安全，期限不变。请运营方创建数据库与账户，或更正 DATABASE_URL。",
  },
  "database-unreachable": {
    en: "The database does not answer. Money in escrow is safe and no deadline changes. Try again in a minute.",
    zh: "数据库暂时没有响应。托管资金安全，期限不变。请一分钟后重试。",
  },
  "deal-unknown": {
    en: "No deal with this id is known here. No money moved. Register its terms first, or check the id.",
    zh: "此处没有该编号的交易。资金未动。请先登记交易条款，或核对编号。",
  },
  "deployment-failed": {
    en: "The contracts were not deployed. No money is concerned. Repeat it; the step was {step}.",
    zh: "合约未能部署。不涉及资金。请重试；失败步骤：{step}。",
  },
  "deployment-outdated": {
    en: "The chain carries other contracts than this program. Nothing was changed. Use a new data directory; deals in the old one stay where they are.",
    zh: "链上合约与本程序不一致。未作任何更改。请使用新的数据目录；旧目录中的交易保持不变。",
  },
  "evidence-empty": {
    en: "The file is empty. Nothing was stored. Choose the file again and upload it.",
    zh: "文件为空。未存储任何内容。请重新选择文件并上传。",
  },
  "evidence-not-stored": {
    en: "The file of this record is not stored here. Nothing was filed. Upload the ciphertext first, then the record.",
    zh: "该记录对应的文件尚未存储。未提交任何内容。请先上传密文，再提交记录。",
  },
  "evidence-record-invalid": {
    en: "The evidence record is not well formed. Nothing was filed. Correct the field {path} and sign again.",
    zh: "证据记录格式不正确。未提交任何内容。请更正字段 {path} 并重新签署。",
  },
  "evidence-too-large": {
    en: "The file is larger than this relayer takes. Nothing was stored. The limit is {limit} bytes: split the file, or store it elsewhere and file its record.",
    zh: "文件超过此处上限。未存储任何内容。上限为 {limit} 字节：请拆分文件，或存于别处后提交记录。",
  },
  "evidence-unknown": {
    en: "No evidence with this digest was filed here. That says nothing about the file. Check the digest, or file it.",
    zh: "此处没有该摘要的证据。这不说明文件有问题。请核对摘要，或提交证据。",
  },
  "file-exists": {
    en: "The file is there already. It was left as it is. Choose another name.",
    zh: "文件已存在。原文件保持不变。请换一个名称。",
  },
  "file-missing": {
    en: "The file is not there. Nothing was done. Check the path.",
    zh: "找不到该文件。未作任何操作。请检查路径。",
  },
  "file-name-unsafe": {
    en: "A file name must not hold a path. Nothing was stored. File names do not travel in clear: leave the name out, it belongs into the encrypted record.",
    zh: "文件名不得包含路径。未存储任何内容。文件名不以明文传输：请勿填写，名称应写入加密记录。",
  },
  "file-unreadable": {
    en: "The file cannot be read. Nothing was done. Check its permissions.",
    zh: "无法读取该文件。未作任何操作。请检查权限。",
  },
  "file-unwritable": {
    en: "The file cannot be written. Nothing was lost. Check permissions and space, or choose another place.",
    zh: "无法写入该文件。未丢失任何内容。请检查权限与空间，或更换位置。",
  },
  "idempotency-mismatch": {
    en: "This Idempotency-Key was used with another body. Nothing new was done; the first request stands. Use a new key for a new request.",
    zh: "该 Idempotency-Key 已用于另一请求。未执行新操作，首个请求仍有效。新请求请使用新的键。",
  },
  "index-incomplete": {
    en: "The chain's history is not complete here. Money in escrow is safe. The operator must rebuild the index: stop the relayer, then `holdfast relayer reindex --from 0`.",
    zh: "此处的链上历史不完整。托管资金安全。请运营方重建索引：先停止中继，再运行 `holdfast relayer reindex --from 0`。",
  },
  "input-invalid": {
    en: "The request is not as this route expects it. Nothing was stored or moved. Correct {path}: {problem}.",
    zh: "请求内容不符合要求。未存储，资金未动。请更正 {path}：{problem}。",
  },
  "input-malformed": {
    en: "The input is not well formed. Nothing was done. Correct it and repeat.",
    zh: "输入格式不正确。未作任何操作。请更正后重试。",
  },
  "intent-expired": {
    en: "What was signed has expired. No money moved. Its deadline was {deadline}: sign again with a later one.",
    zh: "签署的内容已过期。资金未动。截止时间为 {deadline}：请以更晚的期限重新签署。",
  },
  "intent-unknown": {
    en: "Nothing with this id was handed in here. No money moved by it. Check the id, or hand it in.",
    zh: "此处未收到该编号的请求。未因此动用资金。请核对编号，或重新提交。",
  },
  internal: {
    en: "Something went wrong on our side. Money in escrow is safe: only the contract moves it, and no deadline changes. Try again; if it stays, report the request id.",
    zh: "系统内部出错。托管资金安全：只有合约能动用资金，期限不变。请重试；若仍出错，请报告请求编号。",
  },
  interrupted: {
    en: "It was interrupted. What was accepted is kept. Repeat it to continue.",
    zh: "操作被中断。已受理的内容会保留。请重新执行以继续。",
  },
  "json-malformed": {
    en: "The body is not JSON. Nothing was stored or moved. Send one JSON object in UTF-8.",
    zh: "请求正文不是有效的 JSON。未存储，资金未动。请以 UTF-8 发送一个 JSON 对象。",
  },
  "key-file-exposed": {
    en: "Others can read the key file. The key was not used. Allow it to its owner only.",
    zh: "密钥文件可被他人读取。未使用该密钥。请仅允许所有者访问。",
  },
  "key-wrong": {
    en: "This is not the key of the account that must act. Nothing was signed or sent. Use the key of the right account.",
    zh: "该密钥不属于应操作的账户。未签名、未发送。请使用正确账户的密钥。",
  },
  "keystore-password-wrong": {
    en: "The password does not open the keystore. The key was not used. Try again.",
    zh: "密码无法打开密钥库。未使用该密钥。请重试。",
  },
  "keystore-unreadable": {
    en: "The keystore cannot be read. The key was not used. Check the path and the format.",
    zh: "无法读取密钥库。未使用该密钥。请检查路径与格式。",
  },
  "media-type-unsupported": {
    en: "The content type is not one that this route takes. Nothing was stored or moved. Send {expected}.",
    zh: "此接口不接受该内容类型。未存储，资金未动。请使用 {expected}。",
  },
  "method-not-allowed": {
    en: "This address does not take this method. Nothing was done. Use {allowed}.",
    zh: "该地址不支持此方法。未作任何操作。请使用 {allowed}。",
  },
  "native-not-relayed": {
    en: "Native currency is not relayed for others. No money moved. Pay from the buyer's own wallet, directly to the escrow.",
    zh: "不代为转送原生币。资金未动。请由买家钱包直接付入托管合约。",
  },
  "nonce-taken": {
    en: "Another transaction used the relayer's nonce. No money moved. It is sent again by itself.",
    zh: "中继的交易序号已被占用。资金未动。系统会自动重发。",
  },
  "not-acceptable": {
    en: "This is not served in the format that was asked for. Nothing was changed. Ask for raw blocks or a CAR.",
    zh: "不提供所要求的格式。未作任何更改。请请求原始数据块或 CAR。",
  },
  "not-found": {
    en: "There is nothing at this address. Nothing was done. See /v1/openapi.json for every route.",
    zh: "该地址不存在。未作任何操作。所有接口见 /v1/openapi.json。",
  },
  "panel-mismatch": {
    en: "This panel is not the one in the terms. No money moved. Send the panel whose hash the terms carry.",
    zh: "该仲裁组与条款不符。资金未动。请提供条款所载哈希对应的仲裁组。",
  },
  "password-missing": {
    en: "A password is needed. The key was not used. Give the file that holds it.",
    zh: "需要密码。未使用该密钥。请提供密码文件。",
  },
  "path-malformed": {
    en: "The inclusion path is not well formed. That says nothing about the file. Get the bundle again.",
    zh: "包含路径格式不正确。这不说明文件有问题。请重新获取证据包。",
  },
  "pin-damaged": {
    en: "A stored file's entry is damaged. The anchor still holds. Upload the same file again to repair it.",
    zh: "存储条目已损坏。链上记录仍有效。请重新上传同一文件以修复。",
  },
  "port-taken": {
    en: "Another program listens on this port. Nothing was started. Stop it, or choose another port than {port}.",
    zh: "端口已被占用。未启动任何服务。请停止占用程序，或改用 {port} 以外的端口。",
  },
  "range-invalid": {
    en: "The file has no such range of bytes. Nothing was changed. Ask for a range within the file.",
    zh: "文件没有该字节范围。未作任何更改。请请求文件范围内的字节。",
  },
  "rate-limited": {
    en: "Too many requests came from this address. Nothing was done with this one, and no deadline changes. Try again in {seconds} seconds.",
    zh: "该地址请求过于频繁。本次请求未处理，期限不变。请 {seconds} 秒后重试。",
  },
  "receipt-proof-invalid": {
    en: "The proof of the anchor does not hold. No money is concerned. Get the bundle again; if it stays, the anchor is not shown.",
    zh: "上链证明不成立。不涉及资金。请重新获取证据包；若仍如此，则不能证明已上链。",
  },
  "recipient-invalid": {
    en: "This is not a key that files can be encrypted for. Nothing was encrypted. Give an age X25519 recipient.",
    zh: "该密钥不能用于加密文件。未加密任何内容。请提供 age X25519 收件人。",
  },
  "relayer-answer-invalid": {
    en: "The answer is not one of a relayer. Whether the request arrived is not known; repeating it does nothing twice. Check the address, then try again.",
    zh: "返回内容不是中继的应答。无法确定请求是否送达；重复提交不会执行两次。请检查地址后重试。",
  },
  "relayer-balance-low": {
    en: "The relayer cannot pay for transactions now. Money in escrow is safe, and the request is kept. Wait, or submit it to the contract yourself before its deadline.",
    zh: "中继暂无足够手续费。托管资金安全，请求已保留。请等待，或在期限前自行提交到合约。",
  },
  "relayer-running": {
    en: "A relayer works on this database. Nothing was changed. Stop every relayer of it, wait 15 seconds if one was killed, and repeat.",
    zh: "有中继正在使用该数据库。未作任何更改。请停止其所有中继；若曾被强制终止，请等待 15 秒后重试。",
  },
  "relayer-unreachable": {
    en: "The relayer does not answer. Money in escrow is safe; repeating a request does nothing twice. Try again, or act on the contract directly before the deadline.",
    zh: "无法连接中继。托管资金安全；重复提交不会执行两次。请重试，或在期限前直接操作合约。",
  },
  "request-too-large": {
    en: "The request is too large. Nothing was stored or moved. Its limit is {limit} bytes; files go to /v1/blobs.",
    zh: "请求过大。未存储，资金未动。上限为 {limit} 字节；文件请上传至 /v1/blobs。",
  },
  "rpc-refused": {
    en: "The chain node refuses this. Money in escrow is safe. Try again; the operator sees the node's reason in the log.",
    zh: "区块链节点拒绝了请求。托管资金安全。请重试；运营方可在日志中查看原因。",
  },
  "rpc-unreachable": {
    en: "The chain node does not answer. Money in escrow is safe and no deadline changes. Try again in a minute, or use another node to act directly.",
    zh: "暂时无法连接区块链节点。托管资金安全，期限不变。请一分钟后重试，或改用其他节点直接操作。",
  },
  "signature-count-wrong": {
    en: "The number of signatures is not the panel's threshold. No money moved. {given} were given, {threshold} are needed, each of another arbitrator.",
    zh: "签名数与仲裁组要求不符。资金未动。已有 {given} 个，需要 {threshold} 个，且须来自不同仲裁员。",
  },
  "signature-invalid": {
    en: "The signature is not the one of the account that must sign. No money moved. {signer} must sign these very values, for this chain and this contract.",
    zh: "签名与应签账户不符。资金未动。须由 {signer} 针对本链、本合约签署完全相同的内容。",
  },
  "signer-not-on-panel": {
    en: "A signer is not on the panel of the terms. No money moved. Leave out the signature of {signer}.",
    zh: "有签名人不属于条款约定的仲裁组。资金未动。请去掉 {signer} 的签名。",
  },
  "store-announces": {
    en: "The IPFS node would announce the evidence to the public network. Nothing was stored. Switch its announcements off.",
    zh: "该 IPFS 节点会向公网公告证据。未存储任何内容。请关闭公告功能。",
  },
  "store-answer-invalid": {
    en: "The store's answer makes no sense. Nothing was lost. Try again, or check the store.",
    zh: "存储返回的内容无效。未丢失任何内容。请重试，或检查存储。",
  },
  "store-full": {
    en: "The disk is full. Nothing of this file was kept; what is filed is safe. The operator must make room, then upload again.",
    zh: "磁盘已满。本文件未保存，已提交的证据安全。请运营方清理空间后重新上传。",
  },
  "store-unreachable": {
    en: "The evidence store does not answer. What is filed is safe and no deadline changes. Try again in a minute.",
    zh: "证据存储暂时没有响应。已提交的证据安全，期限不变。请一分钟后重试。",
  },
  "terms-malformed": {
    en: "These bytes are not the terms of a deal. No money moved. Check where they come from.",
    zh: "这些数据不是交易条款。资金未动。请核对来源。",
  },
  "terms-unsafe": {
    en: "The escrow would refuse these terms. No money moved. Correct them before anyone signs: {fact}.",
    zh: "托管合约会拒绝这些条款。资金未动。请在签署前更正：{fact}。",
  },
  "tree-empty": {
    en: "There is nothing to put into a tree. Nothing was anchored. File at least one item.",
    zh: "没有可纳入哈希树的内容。未上链。请至少提交一项。",
  },
  "tree-index-outside": {
    en: "The tree has no leaf at this place. Nothing was changed. Check the index.",
    zh: "哈希树中没有该位置。未作任何更改。请核对序号。",
  },
  "tree-leaf-malformed": {
    en: "A leaf is not 32 bytes long. Nothing was anchored. Check what was handed in.",
    zh: "叶子长度不是 32 字节。未上链。请核对输入。",
  },
  "upload-interrupted": {
    en: "The upload broke off. Nothing of it was kept. Send the file again from its beginning.",
    zh: "上传中断。未保留任何部分。请从头重新上传该文件。",
  },
  "usage-invalid": {
    en: "The command is not well formed. Nothing was done. See its help.",
    zh: "命令格式不正确。未作任何操作。请查看帮助。",
  },
} as const satisfies Record<ErrorCode, Message>;

/** The first sentence: what happened, the same for every occurrence. */
export const titleOf = (code: ErrorCode, language: Language): string => {
  const text = errorMessages[code][language];
  return text.slice(0, text.search(language === "en" ? /\.(?= )/ : /。/));
};

/** The whole text with its details filled in; a value that is not known reads `?`. */
export const messageOf = (code: ErrorCode, details: ErrorDetails, language: Language): string =>
  errorMessages[code][language].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? "?"));
