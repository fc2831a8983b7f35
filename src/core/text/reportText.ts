import type { CheckId, NotChecked } from "../evidence/verify/check.ts";
import type { Verdict } from "../evidence/verify/conclude.ts";

/** Languages of the court report. */
export const reportLanguages = ["en", "zh"] as const;
export type ReportLanguage = (typeof reportLanguages)[number];

/** Every word of the report in one language. */
export type ReportText = {
  readonly title: string;
  readonly verdict: Readonly<Record<Verdict["status"], string>>;
  readonly meaning: Readonly<Record<Verdict["status"], string>>;
  /** Verified, and the record is of a kind without a file. */
  readonly meaningWithoutFile: string;
  readonly recordWithoutFile: string;
  /** Refuted, and not for the file. */
  readonly fileNotBlamed: string;
  readonly result: Readonly<Record<"pass" | "fail" | "not-checked", string>>;
  readonly why: Readonly<Record<NotChecked, string>>;
  readonly check: Readonly<Record<CheckId, string>>;
  readonly section: Readonly<
    Record<
      | "report"
      | "file"
      | "carrier"
      | "data"
      | "content"
      | "times"
      | "custody"
      | "checks"
      | "limits"
      | "repeat"
      | "signature",
      string
    >
  >;
  readonly label: Readonly<Record<ReportLabel, string>>;
  readonly relativeTo: (blockHash: string) => string;
  readonly canonical: (blockHash: string) => string;
  readonly interval: (seconds: number) => string;
  readonly limits: readonly string[];
  readonly keeper: Readonly<Record<"registry" | "unknownRegistry" | "file", string>>;
  readonly custody: string;
  readonly repeat: readonly string[];
  readonly undisclosed: string;
  readonly unknown: string;
  readonly notRead: string;
};

/** Names of single facts in the report. */
export type ReportLabel =
  | "number"
  | "generated"
  | "tool"
  | "bundle"
  | "bundleSm3"
  | "evidence"
  | "kind"
  | "case"
  | "size"
  | "sha256"
  | "sm3"
  | "cid"
  | "encoding"
  | "chain"
  | "registry"
  | "block"
  | "blockHash"
  | "transactionIndex"
  | "anchoredBy"
  | "root"
  | "position"
  | "submitter"
  | "account"
  | "signature"
  | "signedAfter"
  | "signedAfterUnconfirmed"
  | "anchoredAt"
  | "deadline"
  | "expected"
  | "actual"
  | "name"
  | "type"
  | "capturedAt"
  | "device"
  | "method"
  | "place"
  | "collector"
  | "purpose"
  | "signedBy"
  | "signedOn";

const en: ReportText = {
  title: "REPORT ON THE VERIFICATION OF ELECTRONIC EVIDENCE",
  verdict: { verified: "verified", refuted: "refuted", missing: "missing", unverifiable: "unverifiable" },
  meaning: {
    verified: "The file is the one that the submitter signed, and it existed no later than the time of the anchor.",
    refuted: "At least one thing is not as it was signed or anchored. What differs is listed first among the checks.",
    missing: "The file itself was not given, so no conclusion is possible. This does not mean tampering.",
    unverifiable: "What was given cannot be checked with this tool or without the chain. This does not mean tampering.",
  },
  meaningWithoutFile:
    "The record is the one that the submitter signed, and it existed no later than the time of the anchor. It is about an earlier record and says nothing about any file.",
  recordWithoutFile:
    "The record is about an earlier record and says nothing about any file, so it cannot be used to check the file that was given. This does not mean tampering.",
  fileNotBlamed: "What differs is not, or not only, the file: this does not show that the file was altered.",
  result: { pass: "agrees", fail: "DIFFERS", "not-checked": "not checked" },
  why: {
    "file-missing": "the file was not given",
    "not-applicable": "does not apply to this record",
    "not-given": "nothing was given to check it with",
    "not-disclosed": "not disclosed in this bundle",
    "needs-chain": "needs a trusted source of the chain",
    "depends-on-failed": "rests on a check that failed",
  },
  check: {
    "file-digest": "SHA-256 of the file",
    "file-size": "length of the file",
    "file-sm3": "SM3 of the file",
    "file-commitment": "signed commitment to the file",
    cid: "content identifier of the encrypted file",
    decryption: "decryption of the encrypted file",
    "meta-root": "signed root of the stated facts",
    "meta-name": "stated name",
    "meta-size": "stated length",
    "meta-type": "stated type",
    "meta-capturedAt": "stated time of capture",
    "meta-device": "stated device",
    "meta-method": "stated method",
    "meta-place": "stated place",
    "meta-collector": "stated collector",
    "meta-sm3": "stated SM3",
    "meta-purpose": "stated purpose",
    case: "signed reference to the case",
    signature: "signature of the submitter over the record",
    path: "inclusion of record and signature under the anchored root",
    header: "header and hash of the block",
    receipt: "receipt of the transaction in the block",
    "anchored-log": "what the registry recorded",
    deployment: "chain and registry are the trusted ones",
    "block-canonical": "the block is on the chain",
    "beacon-order": "the signed earlier block precedes the anchor",
    "beacon-header": "header of the signed earlier block",
    "beacon-canonical": "the signed earlier block is on the chain",
    deadline: "anchored before the submitter's deadline",
    custody: "signatures, order and times of the custody log",
  },
  section: {
    report: "1. Report",
    file: "2. File",
    carrier: "3. Carrier: where the record is kept and by whom",
    data: "4. Data: how the file leads to the record",
    content: "5. Content: what the submitter states about the file",
    times: "6. Time",
    custody: "7. Custody log",
    checks: "8. Checks",
    limits: "9. What this does not prove",
    repeat: "10. How to repeat it",
    signature: "11. Signature",
  },
  label: {
    number: "Report number",
    generated: "Generated",
    tool: "Tool",
    bundle: "SHA-256 of the bundle",
    bundleSm3: "SM3 of the bundle",
    evidence: "Evidence number",
    kind: "Kind of record",
    case: "Case",
    size: "Length in bytes",
    sha256: "SHA-256",
    sm3: "SM3",
    cid: "Identifier of the ciphertext",
    encoding: "Encryption and storage",
    chain: "Chain id",
    registry: "Registry contract",
    block: "Block",
    blockHash: "Block hash",
    transactionIndex: "Transaction in the block",
    anchoredBy: "Anchored by",
    root: "Anchored root",
    position: "Position in the batch",
    submitter: "Submitter",
    account: "Kind of account, as stated",
    signature: "Signature",
    signedAfter: "Signed no earlier than",
    signedAfterUnconfirmed: "Signed no earlier than (as the submitter states, not confirmed by the chain)",
    anchoredAt: "Existed no later than",
    deadline: "Submitter's deadline",
    expected: "expected",
    actual: "found",
    name: "Name",
    type: "Type",
    capturedAt: "Captured",
    device: "Device",
    method: "Method",
    place: "Place",
    collector: "Collected by",
    purpose: "What it is to show",
    signedBy: "Name and office",
    signedOn: "Date and signature or seal",
  },
  relativeTo: (hash) =>
    `This holds for the block with the hash ${hash}. Whether that block is on the chain was not checked: compare the hash with a source you trust.`,
  canonical: (hash) => `The block ${hash} was confirmed by the trusted source that was given.`,
  interval: (seconds) => `If both blocks are on the chain, the signature was made within these ${seconds} seconds.`,
  limits: [
    "An anchor proves that these bytes existed, unchanged, since the time stated. It does not prove that what they show is true, who made them, or that a stated fact is correct.",
    "The signature proves the use of a key. Who held the key is for other evidence.",
    "Times are those of blocks and may be off by the seconds between blocks; a block's time is set by its producer.",
    "For courts of the PRC: Online Litigation Rules, arts. 16-18 (presumed unaltered after anchoring, authenticity before anchoring is examined on objection); Provisions on Evidence in Civil Procedure, arts. 93-94.",
    "Checks marked as not checked speak neither for nor against the evidence.",
  ],
  keeper: {
    registry: "The registry has no owner and no administrator: nobody can change or remove what it recorded.",
    unknownRegistry:
      "Whether this contract is the registry was not confirmed: compare chain and address with a source you trust.",
    file: "The record names the file in encrypted form, which opens only with its content key.",
  },
  custody: "Anyone can add a step that they sign, and steps after the last one shown may have been left out.",
  repeat: [
    "With the file and the bundle, without a network: holdfast verify <file> <bundle>",
    "The block hash can be asked of any node of the chain by the block's number.",
  ],
  undisclosed: "(not disclosed)",
  unknown: "(not stated)",
  notRead: "The bundle could not be read",
};

const zh: ReportText = {
  title: "电子证据核验报告",
  verdict: { verified: "一致", refuted: "不一致", missing: "缺失", unverifiable: "无法核验" },
  meaning: {
    verified: "文件与提交人签名的文件一致，且在上链时间之前已经存在。",
    refuted: "至少一项与签名或上链的内容不符。不符之处在核验项目中列明。",
    missing: "未提供文件本身，不能得出结论（不等于被篡改）。",
    unverifiable: "所提供的材料无法用本工具核验，或须联网核验（不等于被篡改）。",
  },
  meaningWithoutFile: "记录与提交人签名的记录一致，且在上链时间之前已经存在。该记录针对先前的记录，不涉及任何文件。",
  recordWithoutFile: "该记录针对先前的记录，不涉及任何文件，不能用于核验所提供的文件（不等于被篡改）。",
  fileNotBlamed: "不符之处不在或不仅在文件本身，不能据此认定文件被改动。",
  result: { pass: "一致", fail: "不一致", "not-checked": "未核验" },
  why: {
    "file-missing": "未提供文件",
    "not-applicable": "不适用于本记录",
    "not-given": "未提供核验所需材料",
    "not-disclosed": "本证据包未披露",
    "needs-chain": "需要可信的区块链数据来源",
    "depends-on-failed": "所依据的项目不一致",
  },
  check: {
    "file-digest": "文件的 SHA-256",
    "file-size": "文件长度",
    "file-sm3": "文件的 SM3",
    "file-commitment": "签名所承诺的文件",
    cid: "密文的内容标识",
    decryption: "密文的解密",
    "meta-root": "签名所承诺的陈述事项",
    "meta-name": "陈述的名称",
    "meta-size": "陈述的长度",
    "meta-type": "陈述的类型",
    "meta-capturedAt": "陈述的采集时间",
    "meta-device": "陈述的设备",
    "meta-method": "陈述的方法",
    "meta-place": "陈述的地点",
    "meta-collector": "陈述的采集人",
    "meta-sm3": "陈述的 SM3",
    "meta-purpose": "陈述的证明目的",
    case: "签名所指的案件",
    signature: "提交人对记录的签名",
    path: "记录与签名包含于上链根",
    header: "区块头与区块哈希",
    receipt: "交易回执包含于区块",
    "anchored-log": "登记合约的记录",
    deployment: "链与登记合约为可信者",
    "block-canonical": "区块在主链上",
    "beacon-order": "签名所引区块早于上链区块",
    "beacon-header": "签名所引区块的区块头",
    "beacon-canonical": "签名所引区块在主链上",
    deadline: "在提交人所定期限前上链",
    custody: "保管日志的签名、顺序与时间",
  },
  section: {
    report: "一、报告",
    file: "二、文件",
    carrier: "三、载体：记录保存于何处、由谁保存",
    data: "四、数据：文件如何对应记录",
    content: "五、内容：提交人的陈述",
    times: "六、时间",
    custody: "七、保管日志",
    checks: "八、核验项目",
    limits: "九、本报告不能证明的事项",
    repeat: "十、如何重复核验",
    signature: "十一、签章",
  },
  label: {
    number: "报告编号",
    generated: "生成时间",
    tool: "工具",
    bundle: "证据包 SHA-256",
    bundleSm3: "证据包 SM3",
    evidence: "证据编号",
    kind: "记录种类",
    case: "案件",
    size: "长度（字节）",
    sha256: "SHA-256",
    sm3: "SM3",
    cid: "密文标识",
    encoding: "加密与存储方式",
    chain: "链编号",
    registry: "登记合约",
    block: "区块",
    blockHash: "区块哈希",
    transactionIndex: "区块内交易序号",
    anchoredBy: "上链账户",
    root: "上链根",
    position: "批次内位置",
    submitter: "提交人",
    account: "账户种类（自述）",
    signature: "签名",
    signedAfter: "签名不早于",
    signedAfterUnconfirmed: "签名不早于（提交人所述，未经区块链确认）",
    anchoredAt: "存在不晚于",
    deadline: "提交人所定期限",
    expected: "应为",
    actual: "实为",
    name: "名称",
    type: "类型",
    capturedAt: "采集时间",
    device: "设备",
    method: "方法",
    place: "地点",
    collector: "采集人",
    purpose: "证明目的",
    signedBy: "姓名与职务",
    signedOn: "日期与签名或盖章",
  },
  relativeTo: (hash) => `本结论以区块哈希 ${hash} 为准。离线环境下未确认该区块在主链上：请与您信任的来源比对。`,
  canonical: (hash) => `区块 ${hash} 已由所提供的可信来源确认。`,
  interval: (seconds) => `如两个区块均在主链上，签名作成于上述 ${seconds} 秒之内。`,
  limits: [
    "上链证明这些数据自所载时间起存在且未经改动，不证明其内容真实、由何人制作，也不证明所陈述事项正确。",
    "签名证明密钥被使用；密钥由何人持有，须以其他证据证明。",
    "时间为区块时间，可能有出块间隔的误差，由出块者设定。",
    "参见《人民法院在线诉讼规则》第十六条至第十八条（上链后推定未经篡改，上链前的真实性另行审查）、《关于民事诉讼证据的若干规定》第九十三条、第九十四条。",
    "标明未核验的项目，对证据既非有利也非不利。",
  ],
  keeper: {
    registry: "登记合约没有所有者和管理员：任何人都不能更改或删除其记录。",
    unknownRegistry: "未确认该合约为登记合约：请将链与地址同您信任的来源比对。",
    file: "记录所指为加密后的文件，仅凭其内容密钥可以打开。",
  },
  custody: "任何人均可添加由其签名的步骤；所列最后一步之后的步骤可能未列入。",
  repeat: ["凭文件与证据包，断网运行：holdfast verify <文件> <证据包>", "区块哈希可凭区块号向该链任一节点查询。"],
  undisclosed: "（未披露）",
  unknown: "（未陈述）",
  notRead: "证据包无法读取",
};

/** The words of the report by language. */
export const reportText = { en, zh } as const satisfies Record<ReportLanguage, ReportText>;
