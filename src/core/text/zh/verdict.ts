import type { verdict as english } from "../en/verdict.ts";
import type { Translated } from "../language.ts";

export const verdict = {
  fileAltered: (file, since) => `文件“${file}”与上链记录不一致：自 ${since} 起内容有改动或不是同一文件。`,
  bundleAltered: (file, what) => `文件“${file}”的证据包有改动或不属于该文件；不一致的项目：${what}。`,
  fileIsAbout: (about) => `证据包所指为另一文件：${about}。`,
  bytesOf: (size) => `${size} 字节`,
  notOnThisChain: (file, what) =>
    `文件“${file}”的记录不在您信任的链或登记合约上；不一致的项目：${what}。不能据此认定文件被改动。`,
  anchorInFuture: (file, at, now) =>
    `文件“${file}”的证据包称其于 ${at} 上链，而本机时钟为 ${now}：二者必有一误。不能据此认定文件被改动。`,
  notGiven: (file) => `缺少文件“${file}”，不能得出结论（不等于被篡改）。`,
  blockNotConfirmed: (what) =>
    `时间未经确认：未与您信任的来源比对区块是否在主链上（未比对：${what}）；关于文件的结论不受影响。`,
  blockNotCompared: (what: string) => `时间已确认。未与您信任的来源比对：${what}。关于文件的结论不受影响。`,
  anchorBlock: "上链区块",
  beaconBlock: "签名所引的较早区块",
  identityNotVerified: "签名有效，但此处只核验密钥的使用，未核验签名人身份。",
  versionUnknown: (version) => `证据包版本不受支持（${version}）。请使用更新版本的校验工具。这不说明文件被篡改。`,
  bundleUnreadable: (file) => `文件“${file}”的证据包已损坏或不是证据包，不能得出结论（不等于文件被篡改）。`,
  signatureNeedsChain: (file) => `文件“${file}”由合约钱包签名，离线无法核验其签名，不能得出结论。`,
  itsAnchor: "上链",
  listSeparator: "、",
  bundle: "证据包",
  failed: "未核验",
  unpaired: "未核验，不影响结论：",
  why: {
    "without-bundle": "没有证据包",
    "bundle-without-file": "为证据包，但不知属于哪个文件：请一并指定文件与证据包",
    directory: "目录；如需核验请另行指定",
  },
} as const satisfies Translated<typeof english>;
