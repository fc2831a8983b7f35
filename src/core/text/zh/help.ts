import type { help as english } from "../en/help.ts";
import type { Translated } from "../language.ts";

export const help = {
  title: "holdfast - 不依赖运营方也成立的托管、存证与在线纠纷解决",
  startHere: "从这里开始",
  dev: "在本机运行全部服务，并完整演示一个案件",
  verify: "这是不是当初上链的文件？无需联网",
  commandHelp: "用途、适用场合、示例与退出码",
  closing: "--json 在标准输出打印一行 JSON。进度信息输出到标准错误。只有退出码 0 表示“是”。",
  commands: "命令",
  eachByExample: (name: string) => `${name} COMMAND --help 以示例说明各命令。`,
  usage: "用法",
  examples: "示例",
  options: "选项",
  json: "在标准输出打印一行 JSON，成功与出错时均如此",
  lang: "输出语言；默认 en",
  help: "打印本帮助",
  codesTitle: "退出码",
  codes: {
    0: "完成",
    64: "命令输入有误",
    65: "输入内容有误",
    66: "输入文件缺失或无法读取",
    69: "无法连接中继、区块链节点或数据库",
    70: "本程序的缺陷",
    73: "输出无法写入，或已存在",
    75: "暂时不可：被占用、繁忙或尚未知晓；请重试",
    77: "不允许：密钥、签名或密码错误",
    130: "已按 Ctrl-C 停止",
  },
} as const satisfies Translated<typeof english>;
