import type { evidenceOpen as english } from "../../en/commands/evidenceOpen.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const evidenceOpen = {
  summary: "获取并解密为您加密的文件",
  about: [
    "仲裁员、对方当事人或法院用自己的加密密钥打开证据。加密文件取自中继、证据包所载的",
    "存储位置，或一份副本。传递过程中的任何一方都无需信任，包括证据包的",
    "提供人：解密结果如同 `holdfast verify` 一样，与签署并上链的内容核对一致后，",
    "才以正式文件名写出。否则只打印结论，不写文件。证据包所载主机的运营者能看到谁在何时打开证据，",
    "而该主机可能由对方指定：只有经您同意，或用 --allow-host 指定后，才会向其请求文件。",
  ],
  examples: ["取自中继", "取自副本，无需联网", "取自证据包所载的主机"],
  options: {
    ...options.url,
    identity: "您的加密密钥（`holdfast keys encryption`）",
    out: "写出文件的位置；须不存在",
    ciphertext: "加密文件；指定后不再获取",
    "allow-host": "证据包所载、允许访问的主机，写作 host 或 host:port；可重复",
    rpc: "该链的节点；仅在由合约钱包签名时需要",
  },
  codes: {
    0: "完成：与签署并上链的文件一致",
    1: "不一致：不是该文件，或证据包有改动；未写文件",
    3: "无法核验：由合约钱包签名，须联网核验；未写文件",
  },
  hostsNamed: "加密文件须从证据包所载的主机获取：",
  hostSees: "主机的运营者能看到您的网络地址、您打开的是哪份证据以及何时打开。该主机可能由对方指定。",
  askHosts: "是否向这些主机请求该文件？",
  opened: (file: string, size: string) => `${file}：${size}，与签署的文件一致。`,
  checkAgain: (file: string, bundle: string) => `再次核验并查看时间：holdfast verify ${file} ${bundle}`,
} as const satisfies Translated<typeof english>;
